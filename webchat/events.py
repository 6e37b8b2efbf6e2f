"""What was said, in order, for pages without a socket; everybody keeps a cursor of its own.

GET  /api/v1/conversations/<id>/events?after=N            -> {events: [{seq, at, kind, id, body}], last, state}
     ...&wait=1..25                                          the same; waits so many seconds until there is something, or the state changes
     Accept: text/event-stream                               a stream: `event: entry` with `id: <seq>`, `event: state`; Last-Event-ID counts
POST /api/v1/conversations/<id>/seen {seq}                -> 204  the customer has seen up to seq
"""

import json
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, jsonify, request
from gevent.event import Event
from gevent.queue import Empty, Queue

from core.clock import Clock
from core.problems import Problem
from customers.conversation import Conversation
from customers.presence import Presence
from customers.tokens import TokenClaims
from customers.transcript import READ_MOST, Entry, Transcript
from webchat.access import Access, bearer
from webchat.live import Live
from webchat.quotas import Quotas
from webchat.reading import read_json

WAIT_MOST = 25  # seconds; proxies give up on a silent request after 30 or 60
WAITING_MOST = 8  # requests of one conversation that wait in one process
BEAT_SECONDS = 15.0  # a stream says at least this often that it is there
STREAM_SECONDS = 240.0  # then it ends and the page connects again, so that nobody hangs on to a process for ever
BATCHES_MOST = 4  # that a stream has not sent off yet


class Waiter:
    """One waiting request; a webchat.live.Listener. It is over as soon as it was told anything."""

    most = WAITING_MOST

    def __init__(self, after: int, claims: TokenClaims, state: dict[str, Any]) -> None:
        self.cursor = after
        self.claims = claims
        self.entries: list[Entry] = []
        self._state = state
        self._told = Event()

    @property
    def is_full(self) -> bool:
        return bool(self._told.is_set())

    def hand(self, entries: list[Entry]) -> None:
        self.entries = entries
        self._told.set()

    def tell(self, state: dict[str, Any]) -> None:
        if state != self._state:
            self._told.set()

    def end(self) -> None:
        self._told.set()

    def wait(self, seconds: float) -> None:
        self._told.wait(seconds)


class Stream:
    """One open event stream; a webchat.live.Listener."""

    most = WAITING_MOST

    def __init__(self, after: int, claims: TokenClaims) -> None:
        self.cursor = after
        self.claims = claims
        self._pieces: Queue[str | None] = Queue()
        self._state: dict[str, Any] | None = None

    @property
    def is_full(self) -> bool:
        return bool(self._pieces.qsize() >= BATCHES_MOST)

    def hand(self, entries: list[Entry]) -> None:
        self._pieces.put("".join(f"id: {entry.seq}\nevent: entry\ndata: {_json(as_json(entry))}\n\n" for entry in entries))

    def tell(self, state: dict[str, Any]) -> None:
        if state != self._state:
            self._state = state
            self._pieces.put(f"event: state\ndata: {_json(state)}\n\n")

    def end(self) -> None:
        self._pieces.put(None)

    def text(self, clock: Clock) -> Iterator[str]:
        """The stream until it ends."""
        yield "retry: 1000\n\n"
        ends = clock.monotonic() + STREAM_SECONDS
        while (left := ends - clock.monotonic()) > 0:
            try:
                piece = self._pieces.get(timeout=min(BEAT_SECONDS, left))
            except Empty:
                piece = ": still here\n\n"
            if piece is None:
                return
            yield piece


def blueprint(
    access: Access,
    transcript: Transcript,
    presence: Presence,
    quotas: Quotas,
    live: Live,
    clock: Clock,
) -> Blueprint:
    events = Blueprint("events", __name__)
    access.guards(events)

    @events.get("/api/v1/conversations/<conversation_id>/events")
    def after(conversation_id: str) -> Response:
        conversation = access.opened(conversation_id, request)
        quotas.take("read", conversation.id)
        seq = sequence_number(request.args.get("after", "0"), "after")
        seconds = _seconds(request.args.get("wait"))
        if "text/event-stream" in request.headers.get("Accept", ""):
            return stream(conversation, max(seq, sequence_number(request.headers.get("Last-Event-ID", "0"), "Last-Event-ID")))
        entries, state = transcript.after(conversation.id, seq, READ_MOST), presence.state(conversation.id)
        if seconds and not entries:
            entries = news(conversation, Waiter(seq, access.claims(bearer(request)), state), seconds)
            state = presence.state(conversation.id)
        rows = [as_json(entry) for entry in entries]
        return jsonify({"events": rows, "last": rows[-1]["seq"] if rows else seq, "state": state})

    @events.post("/api/v1/conversations/<conversation_id>/seen")
    def seen(conversation_id: str) -> tuple[str, int]:
        conversation = access.opened(conversation_id, request)
        quotas.take("signal", conversation.id)
        presence.seen(conversation.id, sequence_number(str(read_json(request).get("seq")), "seq"))
        return "", 204

    def news(conversation: Conversation, waiter: Waiter, seconds: int) -> list[Entry]:
        live.join(conversation.id, waiter)
        try:
            waiter.wait(seconds)
        finally:
            live.leave(conversation.id, waiter)
        return waiter.entries

    def stream(conversation: Conversation, seq: int) -> Response:
        listener = Stream(seq, access.claims(bearer(request)))
        live.join(conversation.id, listener)
        answer = Response(listener.text(clock), content_type="text/event-stream; charset=utf-8")
        answer.call_on_close(lambda: live.leave(conversation.id, listener))
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["X-Accel-Buffering"] = "no"  # nginx would keep the news to itself
        return answer

    return events


def as_json(entry: Entry) -> dict[str, Any]:
    """One entry as pages get it, over HTTP and over the socket."""
    return {"seq": entry.seq, "at": entry.at.isoformat(), "kind": entry.kind, "id": entry.client_id, "body": entry.body}


def sequence_number(text: str, name: str) -> int:
    """A place in the transcript. Raises Problem."""
    if not text.isascii() or not text.isdigit() or len(text) > 12:
        raise Problem(400, "bad_field", f"'{name}' is a sequence number.")
    return int(text)


def _seconds(text: str | None) -> int:
    if text is None:
        return 0
    if not text.isascii() or not text.isdigit() or len(text) > 2 or not 1 <= int(text) <= WAIT_MOST:
        raise Problem(400, "bad_field", f"'wait' is a number of seconds, 1 to {WAIT_MOST}.")
    return int(text)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
