// Plays one voice message through WebAudio: pages with a strict content policy allow neither media elements nor blob: addresses.

const TICK_MS = 200;

let context = null; // one for the page; browsers bound how many there may be
let playing = null; // only one is heard at a time

export class Player {
  #load;
  #changed;
  #isInSight;
  #sound = null; // AudioBuffer
  #source = null;
  #offset = 0; // seconds
  #startedAt = 0;
  #timer = 0;
  state = "idle"; // "loading", "playing", "failed"

  /** `load()` promises a Blob; `changed()` is called when state, at or length is another; out of sight it falls silent. */
  constructor({ load, changed, isInSight }) {
    this.#load = load;
    this.#changed = changed;
    this.#isInSight = isInSight;
  }

  /** Seconds; null until the message was decoded. */
  get length() {
    return this.#sound?.duration ?? null;
  }

  get at() {
    const since = this.#source ? context.currentTime - this.#startedAt : 0;
    return Math.min(this.#offset + since, this.#sound?.duration ?? 0);
  }

  async toggle() {
    if (this.state === "loading") return;
    if (this.state === "playing") return this.pause();
    this.#become("loading");
    try {
      context ??= new AudioContext();
      await context.resume();
      this.#sound ??= await context.decodeAudioData(await (await this.#load()).arrayBuffer());
    } catch (error) {
      this.error = error;
      return this.#become("failed");
    }
    if (this.state === "loading") this.#start();
  }

  pause() {
    if (this.state === "loading") return this.#become("idle");
    if (!this.#source) return;
    this.#offset = this.at;
    this.#silence();
  }

  #start() {
    playing?.pause();
    playing = this;
    if (this.#offset >= this.#sound.duration) this.#offset = 0;
    this.#source = context.createBufferSource();
    this.#source.buffer = this.#sound;
    this.#source.connect(context.destination);
    this.#source.addEventListener("ended", () => this.#end());
    this.#startedAt = context.currentTime;
    this.#source.start(0, this.#offset);
    this.#timer = setInterval(() => (this.#isInSight() ? this.#changed() : this.pause()), TICK_MS);
    this.#become("playing");
  }

  #end() {
    if (!this.#source) return; // paused: that ends the source too
    this.#offset = 0;
    this.#silence();
  }

  #silence() {
    clearInterval(this.#timer);
    const source = this.#source;
    this.#source = null;
    source.stop();
    if (playing === this) playing = null;
    this.#become("idle");
  }

  #become(state) {
    this.state = state;
    this.#changed();
  }
}
