// As much of Engine.IO 4 and Socket.IO 5 as we need, over WebSocket only: connect with a token, hear and tell events, answer pings.

const OPEN_MS = 8_000; // from dialling until the gateway has let us in

/** One connection. `up` resolves when we are let in and rejects when we are not (an Error; `.isGone` when the conversation is over);
 * `ended` resolves when it is over. */
export class Socket {
  #line;
  #quiet = 0; // timer: the gateway has not been heard for too long
  #patience = OPEN_MS;
  #settle;

  /** `auth`: what we tell when we connect; `hear(name, data)` gets every event. */
  constructor(address, auth, hear) {
    const url = new URL("socket.io/?EIO=4&transport=websocket", address);
    url.protocol = url.protocol.replace("http", "ws");
    this.up = new Promise((letIn, refused) => (this.#settle = { letIn, refused }));
    this.up.catch(() => {});
    this.#line = new WebSocket(url);
    this.ended = new Promise((done) => {
      this.#line.onclose = () => {
        clearTimeout(this.#quiet);
        this.#settle.refused(new Error("closed"));
        done();
      };
    });
    this.#line.onmessage = ({ data }) => this.#read(String(data), auth, hear);
    this.#wait();
  }

  /** Tells an event; false when the line is not open. */
  emit(name, data) {
    if (this.#line.readyState !== WebSocket.OPEN) return false;
    this.#line.send(`42${JSON.stringify([name, data])}`);
    return true;
  }

  close() {
    clearTimeout(this.#quiet);
    this.#line.onmessage = null;
    this.#line.onclose?.(); // a dead line would close only after a minute
    this.#line.onclose = null;
    this.#line.close();
  }

  #wait() {
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => this.close(), this.#patience);
  }

  #read(packet, auth, hear) {
    const body = (start) => JSON.parse(packet.slice(start) || "null");
    try {
      if (packet[0] === "0") {
        const { pingInterval, pingTimeout } = body(1);
        this.#patience = pingInterval + pingTimeout;
        this.#line.send(`40${JSON.stringify(auth)}`);
        return; // still within the time to let us in
      }
      if (packet === "2") this.#line.send("3");
      else if (packet.startsWith("42")) hear(...body(2));
      else if (packet.startsWith("40")) this.#settle.letIn();
      else if (packet.startsWith("44")) {
        this.#settle.refused(Object.assign(new Error("refused"), { isGone: body(2)?.message === "gone" }));
        return this.close();
      } else if (packet === "1" || packet === "41") return this.close();
      this.#wait();
    } catch {
      this.close(); // whatever it speaks, it is not what we speak
    }
  }
}
