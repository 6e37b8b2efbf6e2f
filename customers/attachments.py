"""Files in conversations: checked, made harmless, sealed with the conversation's key, and on disk before anybody is told.

var/attachments/<conversation>/<attachment id>: a sealed record of its description (JSON, its length in four bytes before it) and
its bytes. The id follows from the conversation and the sender's own id of the message under our key: nobody guesses it, and
the same message again is the same file. Without the conversation's key a file cannot be read; `sweep` deletes it.
"""

from __future__ import annotations

import base64
import json
import os
import re
import secrets
import shutil
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from core.clock import Clock
from core.errors import SealBroken, StoreDown
from core.keys import Keys
from core.records import Run, directly
from core.seal import Sealer
from core.store import Store
from core.vault import Vault
from customers.allowances import Allowance, Allowances
from customers.conversation import Conversation
from customers.errors import AttachmentTooLarge, NotStored
from customers.file_names import file_name
from customers.file_types import FileType, Kind, file_type
from customers.pictures import Picture, made_anew

ID = re.compile(r"a\.[A-Za-z0-9_-]{22}")
OF_AN_ADDRESS = 10  # times the allowance of one conversation: a shop or an office behind one address
VOICE_SECONDS_MOST = 300  # of one voice message; nobody listens longer
PICTURES_AT_ONCE = 2  # of one process: each takes a processor, and up to 200 MB for a moment
PICTURE_WAIT_SECONDS = 20.0  # for a free one
FREE_LEFT = 512 * 1024 * 1024  # bytes of the disk that files must leave to Redis and the journal
LEFT_OVER_SECONDS = 3600  # a file being written for longer has lost its writer
_CONVERSATION = re.compile(r"[A-Za-z0-9_-]{1,100}")


@dataclass(frozen=True)
class Attachment:
    """What pages and desks are told of a file. `size` in bytes as it is served, `seconds` as the sender says."""

    id: str
    name: str
    type: str
    size: int
    kind: Kind
    width: int | None = None
    height: int | None = None
    seconds: int | None = None

    def to_dict(self) -> dict[str, str | int]:
        return {name: value for name, value in asdict(self).items() if value is not None}


@dataclass(frozen=True)
class Given:
    """A file as it came: the sender's own id of its message, the media type and the name it was given, its bytes."""

    client_id: str
    type: str
    name: str
    data: bytes
    seconds: int | None = None


@dataclass(frozen=True)
class Limits:
    """Bytes of one file; files and bytes of one conversation in 24 hours."""

    most_bytes: int
    a_day: int
    a_day_bytes: int


class Attachments:
    """Every method may raise StoreDown. `run` says where disk and processor work goes (the gateway: its thread pool)."""

    def __init__(self, folder: Path, store: Store, sealer: Sealer, clock: Clock, limits: Limits, run: Run = directly) -> None:
        self._folder = folder
        self._store = store
        self._vault = Vault(store, sealer)
        self._sealer = sealer
        self._allowances = Allowances(store, clock)
        self._pictures = threading.BoundedSemaphore(PICTURES_AT_ONCE)
        self.limits = limits
        self._run = run

    def keep(self, conversation: Conversation, given: Given) -> Attachment:
        """Store a file of this conversation; on disk when it returns. The same message again: the first file.

        Raises AttachmentRefused, AttachmentTooLarge, AllowanceSpent, NotStored.
        """
        attachment_id = self._id_of(conversation.id, given.client_id)
        first = self.open(conversation.id, attachment_id)
        if first is not None:
            return first[0]
        if len(given.data) > self.limits.most_bytes:
            raise AttachmentTooLarge(f"more than {self.limits.most_bytes} bytes")
        known = self._run(lambda: file_type(given.type, given.data))
        allowances, size = self._allowances_of(conversation), len(given.data)
        self._allowances.take(allowances, attachment_id, size)  # before the picture: those that cannot be read cost us as much
        attachment, data = self._prepared(attachment_id, known, given)
        try:
            return self._stored(conversation.id, attachment, data)
        except (NotStored, StoreDown):
            self._allowances.give_back(allowances, attachment_id, size)
            raise

    def open(self, conversation_id: str, attachment_id: str) -> tuple[Attachment, bytes] | None:
        """A file and its description; None where there is none in this conversation, or its key is gone."""
        place = self._place(conversation_id, attachment_id)
        sealed = None if place is None else self._run(lambda: _read(place))
        if sealed is None:
            return None
        try:
            plain = self._vault.open(conversation_id, attachment_id, sealed)
        except SealBroken:
            return None
        length = int.from_bytes(plain[:4])
        return Attachment(**json.loads(plain[4 : 4 + length])), plain[4 + length :]

    def sweep(self) -> int:
        """Delete the files of conversations that are forgotten, and what was never finished; how many folders and files went."""
        gone = 0
        for folder in _folders(self._folder):
            with self._store.guard() as client:
                known = bool(client.exists(Keys.dek(folder.name)))
            if not known:
                shutil.rmtree(folder, ignore_errors=True)
                gone += 1
            else:
                gone += _without_left_overs(folder)
        return gone

    def _id_of(self, conversation_id: str, client_id: str) -> str:
        digest = bytes.fromhex(self._sealer.digest("attachment", f"{conversation_id}|{client_id}"))
        return "a." + base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def _place(self, conversation_id: str, attachment_id: str) -> Path | None:
        if not _CONVERSATION.fullmatch(conversation_id) or not ID.fullmatch(attachment_id):
            return None
        return self._folder / conversation_id / attachment_id

    def _allowances_of(self, conversation: Conversation) -> Sequence[Allowance]:
        limits = self.limits
        own = Allowance(Keys.sent_files(self._sealer.digest("conversation", conversation.id)), limits.a_day, limits.a_day_bytes)
        if conversation.source is None:
            return (own,)
        shared = Keys.sent_files(conversation.source)
        return own, Allowance(shared, OF_AN_ADDRESS * limits.a_day, OF_AN_ADDRESS * limits.a_day_bytes)

    def _prepared(self, attachment_id: str, known: FileType, given: Given) -> tuple[Attachment, bytes]:
        """Its description, and the bytes that are kept. Raises AttachmentRefused, AttachmentTooLarge, NotStored."""
        if known.kind != "image":
            seconds = given.seconds if known.kind == "voice" else None
            name = file_name(given.name, known)
            return Attachment(attachment_id, name, known.mime, len(given.data), known.kind, seconds=seconds), given.data
        picture = self._picture(known, given.data)
        name = file_name(given.name, _type_of(picture))
        size = len(picture.data)
        return Attachment(attachment_id, name, picture.mime, size, "image", picture.width, picture.height), picture.data

    def _picture(self, known: FileType, data: bytes) -> Picture:
        if not self._pictures.acquire(timeout=PICTURE_WAIT_SECONDS):
            raise NotStored("too many pictures at once")
        try:
            return self._run(lambda: made_anew(known.mime, data, self.limits.most_bytes))
        finally:
            self._pictures.release()

    def _stored(self, conversation_id: str, attachment: Attachment, data: bytes) -> Attachment:
        description = json.dumps(attachment.to_dict(), ensure_ascii=False).encode()
        plain = len(description).to_bytes(4) + description + data
        sealed = self._vault.seal(conversation_id, attachment.id, plain)
        place = self._place(conversation_id, attachment.id)
        if place is None:
            raise NotStored("not a conversation that has files")
        if not self._run(lambda: _write(place, sealed)):  # the same message came twice at once, and the other was first
            found = self.open(conversation_id, attachment.id)
            return attachment if found is None else found[0]
        return attachment


def _type_of(picture: Picture) -> FileType:
    return file_type(picture.mime, picture.data)


def _read(place: Path) -> bytes | None:
    try:
        return place.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _write(place: Path, sealed: bytes) -> bool:
    """The whole file under its name, synced to disk, or nothing. False when it stands already. Raises NotStored."""
    unfinished = place.with_name(f".{secrets.token_hex(8)}")
    try:
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if shutil.disk_usage(place.parent).free < FREE_LEFT + len(sealed):
            raise NotStored("the disk is nearly full")
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        os.link(unfinished, place)
        _sync(place.parent)
    except FileExistsError:
        return False
    except OSError as error:
        raise NotStored(f"the file could not be written: {error.strerror}") from error
    finally:
        with suppress(OSError):
            unfinished.unlink()
    return True


def _sync(folder: Path) -> None:
    """A new name is on disk only when its folder is."""
    for one in (folder, folder.parent):
        descriptor = os.open(one, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _folders(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if _CONVERSATION.fullmatch(path.name) and path.is_dir()]
    except FileNotFoundError:
        return []


def _without_left_overs(folder: Path) -> int:
    old = time.time() - LEFT_OVER_SECONDS
    gone = 0
    for unfinished in folder.glob(".*"):
        with suppress(OSError):
            if unfinished.stat().st_mtime < old:
                unfinished.unlink()
                gone += 1
    return gone
