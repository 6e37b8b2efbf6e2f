"""Files: what is taken and what is not, what is left of a picture, names, allowances, and what a full disk leaves."""

import errno
import io
import os
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from core.keys import Keys
from core.seal import Sealer
from core.store import Store
from customers.attachments import ID, OF_AN_ADDRESS, Attachments, Given, Limits
from customers.conversation import Conversation, Conversations
from customers.errors import AllowanceSpent, AttachmentRefused, AttachmentTooLarge, NotStored
from customers.file_names import LONGEST_NAME, file_name
from customers.file_types import BY_MIME
from customers.pictures import LONG_SIDE, made_anew
from tests.customers import files
from tests.fakes import ManualClock

MEGABYTE = 1024 * 1024
MIMES = {
    "image/jpeg": files.picture("JPEG"),
    "image/png": files.picture("PNG"),
    "image/webp": files.picture("WEBP"),
    "image/gif": files.picture("GIF"),
    "application/pdf": files.PDF,
    "audio/webm": files.WEBM,
    "audio/ogg": files.OGG,
    "audio/mp4": files.M4A,
    "audio/mpeg": files.MP3,
    "audio/wav": files.WAV,
}


@pytest.fixture
def conversations(store: Store, sealer: Sealer, clock: ManualClock) -> Conversations:
    return Conversations(store, sealer, clock)


@pytest.fixture
def conversation(conversations: Conversations) -> Conversation:
    return conversations.mint("web", "web", address="198.51.100.7")


Make = Callable[..., Attachments]


@pytest.fixture
def make(tmp_path: Path, store: Store, sealer: Sealer, clock: ManualClock) -> Make:
    def one(most: int = 8 * MEGABYTE, a_day: int = 20, a_day_bytes: int = 40 * MEGABYTE) -> Attachments:
        return Attachments(tmp_path / "attachments", store, sealer, clock, Limits(most, a_day, a_day_bytes))

    return one


@pytest.fixture
def attachments(make: Make) -> Attachments:
    return make()


def given(data: bytes, mime: str, client_id: str = "m1", name: str = "文件", **more: Any) -> Given:
    return Given(client_id, mime, name, data, **more)


def on_disk(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


# what is taken
@pytest.mark.parametrize("mime", MIMES)
def test_a_file_of_each_type_is_kept_and_given_back(mime: str, attachments: Attachments, conversation: Conversation) -> None:
    kept = attachments.keep(conversation, given(MIMES[mime], mime, seconds=7))
    assert ID.fullmatch(kept.id)
    assert kept.kind == BY_MIME[mime].kind
    assert kept.type == ("image/png" if mime == "image/gif" else mime)
    assert kept.name == "文件" + BY_MIME[kept.type].endings[0]
    assert kept.seconds == (7 if kept.kind == "voice" else None)
    found = attachments.open(conversation.id, kept.id)
    assert found is not None
    assert found[0] == kept
    assert len(found[1]) == kept.size
    if kept.kind == "image":
        assert (kept.width, kept.height) == Image.open(io.BytesIO(found[1])).size == (64, 48)
    else:
        assert found[1] == MIMES[mime]


@pytest.mark.parametrize("said", MIMES)
@pytest.mark.parametrize("mime", MIMES)
def test_a_type_that_the_bytes_do_not_have_is_refused(
    said: str, mime: str, attachments: Attachments, conversation: Conversation
) -> None:
    if said == mime:
        return
    with pytest.raises(AttachmentRefused):
        attachments.keep(conversation, given(MIMES[mime], said))


DISHONEST = {
    "a page as a picture": ("image/png", files.HTML),
    "a drawing as a picture": ("image/png", files.SVG),
    "a drawing as what it is": ("image/svg+xml", files.SVG),
    "a page as what it is": ("text/html", files.HTML),
    "no type": ("", files.PDF),
    "any type": ("application/octet-stream", files.PDF),
    "a program": ("application/pdf", b"MZ\x90\0" + files.PDF),
    "a page in a document's first lines": ("application/pdf", b"%PDF-1.4\n" + files.HTML + b"\n%%EOF\n"),
    "a page after a document": ("application/pdf", files.PDF + files.HTML),
    "an archive after a document": ("application/pdf", files.PDF + b"PK\x03\x04" + b"\0" * 60 + b"PK\x05\x06" + b"\0" * 18),
    "an archive inside a document": ("application/pdf", files.PDF[:-6] + b"PK\x05\x06" + b"\0" * 18 + b"\n%%EOF\n"),
    "a document that acts": (
        "application/pdf",
        files.PDF.replace(b"/Type/Catalog", b"/Type/Catalog/OpenAction<</S/JavaScript>>"),
    ),
    "a document cut short": ("application/pdf", files.PDF[:-8]),
    "a page in a voice's head": ("audio/mpeg", b"ID3\x04\0\0\0\0\0\0" + files.HTML),
    "a document in a voice's head": ("audio/wav", files.WAV[:60] + files.PDF),
    "a film": ("audio/mp4", files.M4A.replace(b"M4A ", b"qt  ")),
    "a picture's head only": ("image/png", files.MAGIC),
    "a picture cut short": ("image/jpeg", files.picture("JPEG")[:200]),
    "a picture of nothing": ("image/png", files.png_of_size(10, 10)),
}


@pytest.mark.parametrize("name", DISHONEST)
def test_a_file_that_is_not_what_it_says_is_refused(
    name: str, attachments: Attachments, conversation: Conversation, tmp_path: Path
) -> None:
    mime, data = DISHONEST[name]
    with pytest.raises(AttachmentRefused):
        attachments.keep(conversation, given(data, mime))
    assert on_disk(tmp_path) == []


def test_browsers_other_names_for_a_type_are_understood(attachments: Attachments, conversation: Conversation) -> None:
    assert attachments.keep(conversation, given(files.M4A, "audio/x-m4a", "1")).type == "audio/mp4"
    assert attachments.keep(conversation, given(files.WAV, "Audio/X-WAV", "2")).type == "audio/wav"


# pictures
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_nothing_but_pixels_is_left_of_a_picture(format: str) -> None:
    photo = files.photo_with_secrets(format)
    assert photo.count(b"SECRET") >= 2, "or there would be nothing to strip"
    clean = made_anew(f"image/{format.lower()}", photo, MEGABYTE)
    assert b"SECRET" not in clean.data
    read = Image.open(io.BytesIO(clean.data))
    read.load()
    assert dict(read.getexif()) == {}
    assert not {"exif", "xmp", "icc_profile", "comment", "Comment", "XML:com.adobe.xmp"} & set(read.info)


@pytest.mark.parametrize(("orientation", "red_is_at"), [(1, "top"), (3, "bottom"), (6, "right"), (8, "left")])
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_a_picture_stands_upright(format: str, orientation: int, red_is_at: str) -> None:
    clean = made_anew(f"image/{format.lower()}", files.photo_with_secrets(format, orientation), MEGABYTE)
    read = Image.open(io.BytesIO(clean.data)).convert("RGB")
    width, height = read.size
    assert (width, height) == ((64, 48) if red_is_at in ("top", "bottom") else (48, 64)) == (clean.width, clean.height)
    edges = {
        "top": (width // 2, 2),
        "bottom": (width // 2, height - 3),
        "left": (2, height // 2),
        "right": (width - 3, height // 2),
    }
    red = {edge for edge, place in edges.items() if read.getpixel(place)[0] > 200}  # type: ignore[index]
    assert red_is_at in red
    assert {"top": "bottom", "bottom": "top", "left": "right", "right": "left"}[red_is_at] not in red


def test_a_large_picture_is_made_smaller_and_one_with_too_many_pixels_is_refused() -> None:
    clean = made_anew("image/jpeg", files.picture("JPEG", (5000, 2500)), 8 * MEGABYTE)
    assert (clean.width, clean.height) == (LONG_SIDE, LONG_SIDE // 2)
    for bomb in (files.pixels_bomb(), files.png_of_size(2**31 - 1, 2**31 - 1), files.png_of_size(40_001, 1000)):
        with pytest.raises(AttachmentTooLarge):
            made_anew("image/png", bomb, 8 * MEGABYTE)


def test_words_packed_into_a_picture_are_not_unpacked() -> None:
    bomb = files.words_bomb()
    assert len(bomb) < MEGABYTE
    with pytest.raises(AttachmentRefused):
        made_anew("image/png", bomb, 8 * MEGABYTE)


def test_a_picture_that_would_grow_too_large_becomes_a_jpeg_on_white() -> None:
    noise = Image.frombytes("RGB", (500, 500), os.urandom(750_000))
    noise.putalpha(128)
    out = io.BytesIO()
    noise.save(out, "PNG")
    clean = made_anew("image/png", out.getvalue(), 400_000)
    assert (clean.mime, clean.data[:3]) == ("image/jpeg", b"\xff\xd8\xff")
    assert len(clean.data) <= 400_000


def test_the_first_picture_of_an_animation_is_kept() -> None:
    frames = [Image.new("RGB", (30, 30), color) for color in ("red", "green", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    read = Image.open(io.BytesIO(made_anew("image/gif", out.getvalue(), MEGABYTE).data))
    assert getattr(read, "n_frames", 1) == 1
    assert read.convert("RGB").getpixel((5, 5)) == (255, 0, 0)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_pictures_of_all_colours_are_read(mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (20, 10)).save(out, "PNG")
    assert made_anew("image/png", out.getvalue(), MEGABYTE).width == 20


# names
NAMES = {
    "../../etc/passwd": "passwd.png",
    "..\\..\\windows\\win.ini": "win.ini.png",
    "/": "picture.png",
    "": "picture.png",
    "...": "picture.png",
    ".htaccess": "htaccess.png",
    "a\r\nSet-Cookie: x=1": "aSet-Cookie_ x=1.png",
    "a\0b.png": "ab.png",
    "photo\u202egnp.exe": "photognp.exe.png",
    "\u200bf\u2066\u2069oto.PNG": "foto.png",
    "bill.jpg": "bill.png",
    "page.html": "page.html.png",
    '"><img src=x>.png': "___img src=x_.png",
    "e\u0301te\u0301.png": "\u00e9t\u00e9.png",
    "账单 2026 年.png": "账单 2026 年.png",
    "x" * 500: "x" * (LONGEST_NAME - 4) + ".png",
}


@pytest.mark.parametrize("said", NAMES)
def test_a_name_is_a_name_and_nothing_else(said: str) -> None:
    made = file_name(said, BY_MIME["image/png"])
    assert made == NAMES[said]
    assert len(made) <= LONGEST_NAME


# once, and only in its own conversation
def test_the_same_message_again_is_the_same_file(attachments: Attachments, conversation: Conversation, tmp_path: Path) -> None:
    first = attachments.keep(conversation, given(files.PDF, "application/pdf", name="a.pdf"))
    again = attachments.keep(conversation, given(MIMES["image/png"], "image/png", name="b.png"))
    assert again == first
    assert len(on_disk(tmp_path)) == 1


def test_many_at_once_under_one_message_are_one_file(
    attachments: Attachments, conversation: Conversation, tmp_path: Path, at_once: Any
) -> None:
    kept = at_once(12, lambda n: attachments.keep(conversation, given(files.PDF, "application/pdf", name=f"{n}.pdf")))
    assert len({one.name for one in kept}) == 1
    assert len(on_disk(tmp_path)) == 1


def test_a_file_opens_in_its_own_conversation_only(
    attachments: Attachments, conversation: Conversation, conversations: Conversations, tmp_path: Path
) -> None:
    kept = attachments.keep(conversation, given(files.PDF, "application/pdf"))
    other = conversations.mint("web", "web")
    assert attachments.open(other.id, kept.id) is None
    moved = tmp_path / "attachments" / other.id
    moved.mkdir()
    os.link(tmp_path / "attachments" / conversation.id / kept.id, moved / kept.id)
    assert attachments.open(other.id, kept.id) is None, "sealed for its place"


@pytest.mark.parametrize("odd", ["../x", "a.", "a." + "x" * 21, "a." + "x" * 23, "a." + "/" * 22, "a.\0" + "x" * 21, "", "."])
def test_an_odd_id_finds_nothing(odd: str, attachments: Attachments, conversation: Conversation) -> None:
    assert attachments.open(conversation.id, odd) is None
    assert attachments.open("../" + conversation.id, "a." + "x" * 22) is None


def test_what_is_on_disk_tells_nothing_and_is_ours_alone(
    attachments: Attachments, conversation: Conversation, tmp_path: Path
) -> None:
    attachments.keep(conversation, given(files.PDF, "application/pdf", name="身份证.pdf"))
    (path,) = on_disk(tmp_path)
    assert b"PDF" not in path.read_bytes()
    assert "身份证".encode() not in path.read_bytes()
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_a_forgotten_conversations_files_cannot_be_read_and_are_swept(
    attachments: Attachments, conversation: Conversation, conversations: Conversations, tmp_path: Path
) -> None:
    other = conversations.mint("web", "web")
    kept, stays = (attachments.keep(one, given(files.PDF, "application/pdf")) for one in (conversation, other))
    conversations.forget(conversation.id)
    assert attachments.open(conversation.id, kept.id) is None
    assert attachments.sweep() == 1
    assert [path.name for path in on_disk(tmp_path)] == [stays.id]


def test_what_was_never_finished_is_swept_when_its_writer_must_be_dead(
    attachments: Attachments, conversation: Conversation, tmp_path: Path
) -> None:
    kept = attachments.keep(conversation, given(files.PDF, "application/pdf"))
    folder = tmp_path / "attachments" / conversation.id
    for name in (".old", ".new"):
        (folder / name).write_bytes(b"half")
    os.utime(folder / ".old", (0, 0))
    assert attachments.sweep() == 1
    assert sorted(path.name for path in on_disk(tmp_path)) == [".new", kept.id]


# allowances
def test_a_conversation_has_so_many_files_a_day(make: Make, conversation: Conversation, clock: ManualClock) -> None:
    attachments = make(a_day=3)
    for n in range(3):
        clock.advance(hours=1)
        attachments.keep(conversation, given(files.PDF, "application/pdf", f"m{n}"))
    with pytest.raises(AllowanceSpent) as spent:
        attachments.keep(conversation, given(files.PDF, "application/pdf", "m3"))
    assert spent.value.seconds == 22 * 3600
    assert attachments.keep(conversation, given(files.PDF, "application/pdf", "m0")), "the first again takes no room"
    clock.advance(hours=22, seconds=1)
    attachments.keep(conversation, given(files.PDF, "application/pdf", "m3"))


def test_a_conversation_has_so_many_bytes_a_day(make: Make, conversation: Conversation) -> None:
    attachments = make(a_day_bytes=2 * len(files.WAV) + 10)
    for n in range(2):
        attachments.keep(conversation, given(files.WAV, "audio/wav", f"m{n}"))
    with pytest.raises(AllowanceSpent):
        attachments.keep(conversation, given(files.WAV, "audio/wav", "m2"))


def test_an_address_has_ten_times_that_over_its_conversations(make: Make, conversations: Conversations) -> None:
    attachments = make(a_day=1)
    for n in range(OF_AN_ADDRESS):
        attachments.keep(conversations.mint("web", "web", address="198.51.100.7"), given(files.PDF, "application/pdf", f"m{n}"))
    one_more = conversations.mint("web", "web", address="198.51.100.7")
    with pytest.raises(AllowanceSpent):
        attachments.keep(one_more, given(files.PDF, "application/pdf"))
    attachments.keep(conversations.mint("web", "web", address="198.51.100.8"), given(files.PDF, "application/pdf"))


def test_a_file_that_is_too_large_is_refused(make: Make, conversation: Conversation) -> None:
    with pytest.raises(AttachmentTooLarge):
        make(most=100).keep(conversation, given(files.WAV, "audio/wav"))


# the disk
@contextmanager
def no_file_longer_than(most: int) -> Iterator[None]:
    """The kernel refuses to write more than that into any file of this process, in the middle of it, as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_leaves_nothing_half_written(
    make: Make, conversation: Conversation, tmp_path: Path, store: Store, sealer: Sealer
) -> None:
    attachments = make(a_day=1)
    large = files.WAV + b"\0" * 100_000
    with no_file_longer_than(20_000), pytest.raises(NotStored, match=os.strerror(errno.EFBIG)):
        attachments.keep(conversation, given(large, "audio/wav"))
    assert on_disk(tmp_path) == []
    with store.guard() as client:
        assert client.zcard(Keys.sent_files(sealer.digest("conversation", conversation.id))) == 0, "its room is free again"
    kept = attachments.keep(conversation, given(large, "audio/wav"))
    assert attachments.open(conversation.id, kept.id)
