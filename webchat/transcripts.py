"""What was said, to keep.

GET  /api/v1/conversations/<id>/transcript?language=zh|en -> text/plain, to be saved
POST /api/v1/conversations/<id>/transcript/mail {to, language?: zh|en} -> 202: the clerk sends it; asking again before anything more
     was said, or under the same X-Message-Id, sends nothing more
"""

from collections.abc import Iterator

from flask import Blueprint, Request, Response, request

from core.clock import Clock
from core.problems import Problem
from customers.conversation import Conversation
from customers.errors import AllowanceSpent
from customers.mails import LONGEST_ADDRESS, Mail, OwedMails, mailbox
from customers.transcript import Entry, Transcript
from webchat.access import Access
from webchat.attachments import disposition
from webchat.quotas import Quotas
from webchat.reading import ID_MOST, optional_text, read_json, text_field
from webchat.transcript_text import Language, as_text, title


def blueprint(access: Access, transcript: Transcript, owed: OwedMails, quotas: Quotas, clock: Clock) -> Blueprint:
    kept = Blueprint("transcripts", __name__)
    access.guards(kept)

    def written(conversation: Conversation, language: Language) -> str:
        return as_text(_all(transcript, conversation.id), conversation.created_at, clock.now(), language)

    @kept.get("/api/v1/conversations/<conversation_id>/transcript")
    def download(conversation_id: str) -> Response:
        conversation = access.opened(conversation_id, request)
        language = _language(request.args.get("language"), conversation)
        quotas.take("transcript", conversation_id)
        answer = Response(written(conversation, language), content_type="text/plain; charset=utf-8")
        answer.headers["Content-Disposition"] = disposition(f"{title(language)}.txt")
        answer.headers["Cache-Control"] = "private, no-store"
        return answer

    @kept.post("/api/v1/conversations/<conversation_id>/transcript/mail")
    def mail(conversation_id: str) -> tuple[Response, int]:
        conversation = access.opened(conversation_id, request)
        body = read_json(request)
        quotas.take("transcript", conversation_id)
        to = mailbox(text_field(body, "to", most=2 * LONGEST_ADDRESS))
        if to is None:
            raise Problem(400, "bad_field", "'to' is not one mail address.")
        language = _language(optional_text(body, "language"), conversation)
        newest = transcript.last_seq(conversation.id)
        asked = _request_id(request) or f"{newest}|{language}|{to}"
        try:
            owed.owe(conversation, asked, Mail(to, title(language), written(conversation, language)))
        except AllowanceSpent as spent:
            raise Problem(429, "too_many", "No more mails for today.", retry_after=spent.seconds) from None
        return Response(status=202), 202

    return kept


def _all(transcript: Transcript, conversation_id: str) -> Iterator[Entry]:
    """Every entry in order, read piece by piece."""
    seq = 0
    while found := transcript.after(conversation_id, seq):
        yield from found
        seq = found[-1].seq


def _language(asked: str | None, conversation: Conversation) -> Language:
    """The one asked for, else the conversation's. Raises Problem."""
    match asked or conversation.language or "zh":
        case "zh":
            return "zh"
        case "en":
            return "en"
        case _:
            raise Problem(400, "bad_field", "'language' is zh or en.")


def _request_id(asked: Request) -> str:
    found = asked.headers.get("X-Message-Id", "").strip()
    if len(found.encode()) > ID_MOST:
        raise Problem(400, "bad_field", f"The header X-Message-Id may hold {ID_MOST} bytes.")
    return f"id|{found}" if found else ""
