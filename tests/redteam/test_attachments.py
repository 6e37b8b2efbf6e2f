"""Files and mails as weapons (WEB-08, WEB-09, WEB-12, CL-13 to CL-21): into other conversations, out of the folder, into browsers, disks and mailboxes."""

import re
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest

from customers.mails import OF_A_CONVERSATION, TO_A_MAILBOX
from tests.customers import files
from tests.redteam.door import Visitor, connection, is_shaped, raw, read_answer
from tests.stack import Stack
from tests.webchat.door import Web, mailed, until

pytestmark = pytest.mark.stack

Visitors = Callable[..., Visitor]
SECRET = "SECRET-OF-THE-VICTIM"
VOICE = files.WAV + SECRET.encode()


@pytest.fixture
def web(stack: Stack) -> Web:
    return Web(stack)


def kept(web: Web) -> list[Path]:
    return [path for path in (web.stack.folder / "attachments").rglob("*") if path.is_file()]


def victim_with_file(stack: Stack) -> tuple[Web, str]:
    victim = Web(stack)
    file_id: str = victim.upload(VOICE, "audio/wav", "secret.wav").json()["attachment"]["id"]
    return victim, file_id


# WEB-08, WEB-09: somebody else's
def test_web_08_a_file_of_another_conversation_looks_like_none_at_all(stack: Stack, web: Web) -> None:
    victim, file_id = victim_with_file(stack)
    seen = set()
    for place in (
        f"{victim.address}/attachments/{file_id}",
        f"{victim.address}/attachments/a.{'x' * 22}",
        f"{web.address}/attachments/{file_id}",
        f"{web.address}/attachments/a.{'x' * 22}",
        f"{web.address}/../{victim.id}/attachments/{file_id}",
    ):
        answer = stack.http.get(place, headers=web.bearer)
        assert SECRET not in answer.text
        seen.add((answer.status_code, answer.json()["error"], answer.json()["message"], len(answer.content)))
    assert len(seen) == 1
    assert seen.pop()[:2] == (404, "not_found")


ODD_IDS = (
    "..", "../..", "..%2f..", "%2e%2e/%2e%2e/careline.sqlite3", "..%5c..", "a.", "a.%00", f"a.{'x' * 21}%00", f"a.{'x' * 21}%2f", ".", "*", "a.*",
    "%ff", "a." + "x" * 3000, "../../../../../../etc/passwd", "/etc/passwd", "a.{}", "'", "a.０１２３４５６７８９０１２３４５６７８９０１",
)  # fmt: skip


def test_web_08_odd_ids_of_files_find_nothing(web: Web) -> None:
    for odd in ODD_IDS:
        answer = web.ask("GET", f"/attachments/{odd}")
        assert answer.status_code in (400, 404, 405, 308), (odd, answer.status_code)
        assert "root:" not in answer.text
        assert b"SQLite" not in answer.content


def test_web_09_nothing_is_done_in_another_conversation(stack: Stack, web: Web) -> None:
    victim, _ = victim_with_file(stack)
    before = victim.events()
    about = {**web.bearer, "Content-Type": "application/pdf", "X-Message-Id": "1"}
    for act in (
        lambda: stack.http.post(f"{victim.address}/attachments", content=files.PDF, headers=about),
        lambda: stack.http.get(f"{victim.address}/transcript", headers=web.bearer),
        lambda: stack.http.post(f"{victim.address}/transcript/mail", json={"to": "thief@example.com"}, headers=web.bearer),
        lambda: stack.http.post(f"{victim.address}/rating", json={"episode": 1, "score": 1}, headers=web.bearer),
        lambda: stack.http.post(f"{victim.address}/seen", json={"seq": 1}, headers=web.bearer),
        lambda: stack.http.post(f"{victim.address}/token", headers=web.bearer),
        lambda: stack.http.post(f"{victim.address}/identity", json={"customer_token": "x.y.z"}, headers=web.bearer),
        lambda: stack.http.delete(victim.address, headers=web.bearer),
    ):
        answer = act()
        assert (answer.status_code, is_shaped(answer)) == (404, True)
        assert SECRET not in answer.text
    assert victim.events() == before


# CL-13: names
NASTY = (
    "../../../../tmp/careline-was-here", "..\\..\\x", "/etc/cron.d/x", "%2e%2e%2fx", "a\0.png", ".bashrc", "-rf", "con", "x" * 600,
    "<img src=x onerror=alert(1)>", "javascript:alert(1)", "a\r\nX-Injected: 1", "\u202egnp.exe", "{{7*7}}", "$(id)", "|id", "=cmd()", "\u2028",
)  # fmt: skip


def test_cl_13_a_name_writes_no_path_no_header_and_no_markup(web: Web, stack: Stack) -> None:
    for name in NASTY:
        sent = web.upload(files.PDF, "application/pdf", name)
        if sent.status_code == 429:
            web = Web(stack)
            sent = web.upload(files.PDF, "application/pdf", name)
        assert sent.status_code == 201, (name, sent.text)
        told = sent.json()["attachment"]
        assert not set(told["name"]) & set('/\\<>\r\n\0"|\u202e\u2028:*?'), name
        assert not told["name"].startswith((".", " "))
        assert told["name"].endswith(".pdf")
        got = web.ask("GET", f"/attachments/{told['id']}")
        assert "x-injected" not in got.headers
    assert not Path("/tmp/careline-was-here").exists()
    assert {path.name[:2] for path in kept(web)} <= {"a."}, "what is on disk has names of ours"


# CL-14: a browser made to read a file as a page
MASKED = {
    "a page as a picture": ("image/png", files.HTML),
    "a drawing": ("image/svg+xml", files.SVG),
    "a drawing as a picture": ("image/webp", files.SVG),
    "a page after a picture's magic": ("image/gif", b"GIF89a" + files.HTML),
    "a page in a document": ("application/pdf", b"%PDF-1.4\n" + files.HTML + b"\n%%EOF"),
    "an archive in a document": ("application/pdf", files.PDF + b"PK\x03\x04PK\x05\x06" + b"\0" * 18),
    "script in a document": ("application/pdf", files.PDF.replace(b"/Type", b"/S/JavaScript/JS(app.alert(1))/Type")),
    "a page in a voice": ("audio/mpeg", b"ID3\x04" + b"\0" * 6 + files.HTML),
    "a page as a page": ("text/html", files.HTML),
}


@pytest.mark.parametrize("name", MASKED)
def test_cl_14_what_could_be_a_page_is_refused(name: str, web: Web) -> None:
    answer = web.upload(MASKED[name][1], MASKED[name][0])
    assert (answer.status_code, answer.json()["error"]) == (415, "bad_type")
    assert web.events() == []


def test_cl_14_a_picture_that_is_a_page_as_well_is_only_a_picture_afterwards(web: Web) -> None:
    polyglot = files.picture("GIF") + files.HTML
    also = files.picture("JPEG", comment=files.HTML) + b"PK\x03\x04" + files.SVG
    for mime, data in (("image/gif", polyglot), ("image/jpeg", also)):
        sent = web.upload(data, mime)
        assert sent.status_code == 201
        got = web.ask("GET", f"/attachments/{sent.json()['attachment']['id']}")
        assert b"script" not in got.content.lower()
        assert b"PK\x03\x04" not in got.content


def test_cl_14_every_file_is_served_as_nothing_but_a_file(web: Web) -> None:
    for mime, data in (("image/png", files.picture()), ("application/pdf", files.PDF), ("audio/wav", files.WAV)):
        file_id = web.upload(data, mime).json()["attachment"]["id"]
        got = web.ask("GET", f"/attachments/{file_id}", headers={"Accept": "text/html", "Range": "bytes=0-10"})
        assert got.status_code == 200
        assert got.headers["content-type"] == mime
        assert got.headers["x-content-type-options"] == "nosniff"
        assert got.headers["content-disposition"].startswith("attachment")
        assert "sandbox" in got.headers["content-security-policy"]


# CL-15: small files that grow
def test_cl_15_pictures_that_would_fill_memory_are_refused_unopened(stack: Stack, web: Web) -> None:
    bombs = {
        "20,000 by 20,000 pixels": (files.pixels_bomb(), 413),
        "two milliards by two milliards": (files.png_of_size(2**31 - 1, 2**31 - 1), 413),
        "300 MB of packed words": (files.words_bomb(), 415),
    }
    most = memory(stack)
    for name, (bomb, status) in bombs.items():
        assert len(bomb) < 2_000_000
        assert web.upload(bomb, "image/png").status_code == status, name
        most = max(most, memory(stack))
    assert web.say("你好").status_code == 200
    assert most < 700, "megabytes the gateway ever needed"


def memory(stack: Stack) -> int:
    """Megabytes at most so far, over the gateway's processes."""
    pid = stack.pid("gateway")
    workers = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    peaks = [re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{one}/status").read_text()) for one in (pid, *workers)]
    return max(int(found[1]) // 1024 for found in peaks if found)


# CL-16: the token
def test_cl_16_a_token_in_an_address_opens_no_file(stack: Stack) -> None:
    victim, file_id = victim_with_file(stack)
    for query in ("token", "access_token", "auth", "bearer"):
        answer = stack.http.get(f"{victim.address}/attachments/{file_id}", params={query: victim.token})
        assert answer.status_code == 401
        assert SECRET not in answer.text


def test_cl_16_a_device_that_left_opens_no_file(stack: Stack) -> None:
    victim, file_id = victim_with_file(stack)
    victim.ask("DELETE", "")
    assert victim.ask("GET", f"/attachments/{file_id}").status_code == 401


# CL-17: foreign pages
@pytest.mark.parametrize("origin", ["https://evil.example", "null", "file://"])
def test_cl_17_a_foreign_page_neither_sends_nor_reads_files(origin: str, stack: Stack) -> None:
    victim, file_id = victim_with_file(stack)
    path = f"/attachments/{file_id}"
    foreign = {"Origin": origin}
    asked = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization", **foreign}
    preflight = stack.http.options(victim.address + path, headers=asked)
    read = victim.ask("GET", path, headers=foreign)
    sent = victim.upload(files.PDF, "application/pdf", **foreign)
    saved = victim.ask("GET", "/transcript", headers=foreign)
    assert [read.status_code, sent.status_code, saved.status_code] == [403, 403, 403]
    for answer in (preflight, read, sent, saved):
        assert not [name for name in answer.headers if name.startswith("access-control")]
        assert SECRET not in answer.text


def test_cl_17_no_page_draws_a_file_without_its_token(stack: Stack) -> None:
    """An <img> sends no Authorization, and nothing here goes by a cookie."""
    victim, file_id = victim_with_file(stack)
    answer = stack.http.get(
        f"{victim.address}/attachments/{file_id}", headers={"Sec-Fetch-Mode": "no-cors", "Cookie": f"token={victim.token}"}
    )
    assert answer.status_code == 401


# CL-18: mail headers
INJECTIONS = (
    "a@example.com\r\nBcc: b@example.com", "a@example.com\nSubject: x", "a@example.com%0aBcc:b@example.com", "a@example.com,b@example.com",
    "a@example.com;b@example.com", "<a@example.com>", '"a\r\nBcc: b"@example.com', "a@example.com\u2028Bcc: b@example.com", "a@example.com\0",
    "|/bin/sh@example.com x", "a@[127.0.0.1]", "a@localhost", "postmaster@127.0.0.1", " a@example.com",
)  # fmt: skip


@pytest.mark.parametrize("to", INJECTIONS)
def test_cl_18_no_header_and_no_second_mailbox_can_be_slipped_in(to: str, web: Web) -> None:
    answer = web.ask("POST", "/transcript/mail", json={"to": to})
    assert (answer.status_code, answer.json()["error"]) == (400, "bad_field")


# CL-19: mail bombs
def test_cl_19_nobodys_mailbox_is_flooded(stack: Stack) -> None:
    """From many addresses and conversations, spelled in two ways, under ever new request ids."""
    victim = f"victim-{uuid4().hex[:8]}@example.com"
    answers = []
    for _ in range(TO_A_MAILBOX // OF_A_CONVERSATION + 3):
        web = Web(stack)
        for n in range(OF_A_CONVERSATION + 2):
            to = victim.upper() if n % 2 else victim
            answers.append(web.ask("POST", "/transcript/mail", json={"to": to}, headers={"X-Message-Id": str(n)}))
    assert {answer.status_code for answer in answers} == {202, 429}
    assert sum(answer.status_code == 202 for answer in answers) == TO_A_MAILBOX
    assert all(int(answer.headers["retry-after"]) > 3600 for answer in answers if answer.status_code == 429)


# CL-20: what is kept
def test_cl_20_a_files_name_and_words_stand_nowhere_in_clear(stack: Stack) -> None:
    name, words, to = f"name-{uuid4().hex}", uuid4().hex, f"{uuid4().hex}@example.com"
    web = Web(stack)
    web.upload(files.WAV + words.encode(), "audio/wav", f"{name}.wav")
    web.ask("POST", "/transcript/mail", json={"to": to})
    until(lambda: mailed(stack, to), "the mail")
    for path in [path for path in stack.folder.rglob("*") if path.is_file() and "outbox" not in path.parts]:
        content = path.read_bytes()
        for secret in (name, words, to):
            assert secret.encode() not in content, (path, secret)


# CL-21: a file that breaks off
def test_cl_21_half_a_file_is_no_file(web: Web) -> None:
    """The server takes the end of a connection for the end of the body: half a voice message would have been stored as the whole one."""
    head = f"POST /api/v1/conversations/{web.id}/attachments HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {web.token}\r\n"
    head += "X-Message-Id: half\r\nContent-Type: audio/wav\r\nContent-Length: 100000\r\n\r\n"
    with connection(web.stack) as line:
        line.sendall(head.encode() + files.WAV)
        line.shutdown(1)
        assert read_answer(line).status in (0, 400)
    assert web.upload(files.WAV * 2, "audio/wav", client_id="half").json()["attachment"]["size"] == 2 * len(files.WAV)


def test_cl_21_two_lengths_or_two_bodies_make_no_file(web: Web) -> None:
    about = f"Host: 127.0.0.1\r\nAuthorization: Bearer {web.token}\r\nX-Message-Id: s\r\nContent-Type: application/pdf\r\n"
    line = f"POST /api/v1/conversations/{web.id}/attachments HTTP/1.1\r\n{about}"
    size = len(files.PDF)
    for lengths in (
        f"Content-Length: {size}\r\nContent-Length: {size + 5}\r\n",
        f"Content-Length: {size}\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: -1\r\n",
    ):
        assert raw(web.stack, (line + lengths + "\r\n").encode() + files.PDF).status in (0, 400, 408)
    assert web.events() == []
