"""Files in a conversation.

POST /api/v1/conversations/<id>/attachments -> 201 {attachment, told, replies}
     the file as the body; Content-Type: its type; X-Message-Id: the client's own id of this message, the same again is the same file;
     X-File-Name: its name, percent-encoded UTF-8; X-Seconds: how long a voice message is
GET  /api/v1/conversations/<id>/attachments/<attachment id> -> the bytes, to be saved and never to be shown as a page
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import quote, unquote_to_bytes

from flask import Blueprint, Request, Response, jsonify, request

from core.problems import Problem, not_found
from core.settings import Settings
from customers.attachments import VOICE_SECONDS_MOST, Attachment, Attachments, Given
from customers.conversation import Conversation
from customers.errors import AllowanceSpent, AttachmentRefused, AttachmentTooLarge, NotStored
from dialogue.turn import Told, Turns, Utterance
from webchat.access import Access
from webchat.quotas import Quotas
from webchat.reading import ID_MOST

UPLOAD = "attachments.upload"  # the endpoint that reads its body itself, once it knows who sends it
NAME_MOST = 2048  # bytes of a percent-encoded name
AT_ONCE = 24  # uploads of one process: what they hold in memory
OF_AN_ADDRESS = 8  # of these, so that one address cannot take all
KEPT = {
    "Cache-Control": "private, no-store",  # a shared computer's browser keeps nothing
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}

ReadBody = Callable[[Request, int], bytes]
"""Reads a body of at most so many bytes, with a deadline. Raises Problem."""


def blueprint(
    settings: Settings, access: Access, attachments: Attachments, turns: Turns, quotas: Quotas, read_body: ReadBody
) -> Blueprint:
    files = Blueprint("attachments", __name__)
    access.guards(files)
    slots = Slots()

    @files.post("/api/v1/conversations/<conversation_id>/attachments")
    def upload(conversation_id: str) -> tuple[Response, int]:
        conversation = access.opened(conversation_id, request)
        address = request.remote_addr or "unknown"
        quotas.take("attachment", conversation_id)
        quotas.take("attachment_address", address)
        with slots.one(address):
            given = _given(request, attachments.limits.most_bytes, read_body)
            attachment = _kept(attachments, conversation, given)
        utterance = Utterance(given.client_id, "", attachment=attachment.to_dict())
        result = turns.take_turn(conversation, utterance, settings.word_within_seconds)
        if result.told is Told.TOO_MANY:
            raise Problem(429, "too_many", result.replies[0].text, retry_after=2)
        replies = [reply.to_dict() for reply in result.replies]
        return jsonify({"attachment": attachment.to_dict(), "told": result.told.value, "replies": replies}), 201

    @files.get("/api/v1/conversations/<conversation_id>/attachments/<attachment_id>")
    def download(conversation_id: str, attachment_id: str) -> Response:
        conversation = access.opened(conversation_id, request)
        quotas.take("attachment_read", conversation_id)
        found = attachments.open(conversation.id, attachment_id)
        if found is None:
            raise not_found()
        attachment, data = found
        answer = Response(data, mimetype=attachment.type, headers=KEPT)
        answer.headers["Content-Disposition"] = disposition(attachment.name)
        return answer

    return files


class Slots:
    """Uploads under way in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_address: Counter[str] = Counter()

    @contextmanager
    def one(self, address: str) -> Iterator[None]:
        """Raises Problem 429 when there are too many."""
        with self._lock:
            if self._by_address.total() >= AT_ONCE or self._by_address[address] >= OF_AN_ADDRESS:
                raise Problem(429, "too_many", "Too many files at once; send it again shortly.", retry_after=5)
            self._by_address[address] += 1
        try:
            yield
        finally:
            with self._lock:
                self._by_address[address] -= 1
                self._by_address += Counter()  # drops who has none


def disposition(name: str) -> str:
    """To be saved under this name (RFC 6266): once for all browsers in ASCII, once as it is."""
    plain = "".join(char if char.isascii() and char.isprintable() and char not in '"\\%' else "_" for char in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _given(asked: Request, most_bytes: int, read_body: ReadBody) -> Given:
    """The head first: who gets it wrong need not send the rest. Raises Problem."""
    client_id = asked.headers.get("X-Message-Id", "").strip()
    if not client_id or len(client_id.encode()) > ID_MOST:
        raise Problem(400, "bad_field", f"The header X-Message-Id must hold 1 to {ID_MOST} bytes.")
    name = _name(asked.headers.get("X-File-Name", ""))
    seconds = _seconds(asked.headers.get("X-Seconds"))
    data = read_body(asked, most_bytes)
    if not data:
        raise Problem(400, "bad_field", "The body is empty; it must be the file.")
    return Given(client_id, asked.mimetype, name, data, seconds)


def _name(encoded: str) -> str:
    if len(encoded) > NAME_MOST:
        raise Problem(413, "too_long", f"X-File-Name is longer than {NAME_MOST} bytes.")
    try:
        return unquote_to_bytes(encoded).decode()
    except ValueError:
        raise Problem(400, "bad_field", "X-File-Name must be percent-encoded UTF-8.") from None


def _seconds(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 4 or not 1 <= int(text) <= VOICE_SECONDS_MOST:
        raise Problem(400, "bad_field", f"X-Seconds is a whole number from 1 to {VOICE_SECONDS_MOST}.")
    return int(text)


def _kept(attachments: Attachments, conversation: Conversation, given: Given) -> Attachment:
    try:
        return attachments.keep(conversation, given)
    except AttachmentRefused:
        taken = "Pictures (JPEG, PNG, WebP, GIF), PDF and voice (WebM, Ogg, M4A, MP3, WAV) are taken, with the type they have."
        raise Problem(415, "bad_type", taken) from None
    except AttachmentTooLarge as error:
        raise Problem(413, "too_long", f"This file is too large: {error}.") from None
    except AllowanceSpent as spent:
        raise Problem(429, "too_many", "No more files for today.", retry_after=spent.seconds) from None
    except NotStored:
        raise Problem(503, "not_stored", "The file could not be stored; please send it again later.", retry_after=30) from None
