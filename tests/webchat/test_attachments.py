"""Files over HTTP: sent, shown in the transcript, given back; what is wrong is told; a slow line is served and a dripping one is not."""

import io
import socket
import time
from collections.abc import Callable

import pytest
from PIL import Image

from core.settings import Settings
from tests.customers import files
from tests.redteam.door import connection, is_shaped, read_answer
from tests.stack import Stack
from tests.webchat.door import Web

pytestmark = pytest.mark.stack

MOST = Settings.model_fields["attachment_mb"].default * 1024 * 1024


@pytest.fixture
def web(stack: Stack) -> Web:
    return Web(stack, language="zh")


def test_a_photo_is_sent_answered_and_given_back(web: Web) -> None:
    sent = web.upload(files.photo_with_secrets("JPEG", orientation=6), "image/jpeg", "../账单 2026.jpg", "m1")
    assert sent.status_code == 201, sent.text
    attachment = sent.json()["attachment"]
    assert {k: attachment[k] for k in ("name", "type", "kind", "width", "height")} == {
        "name": "账单 2026.jpg", "type": "image/jpeg", "kind": "image", "width": 48, "height": 64,
    }  # fmt: skip
    assert sent.json()["told"] in ("answer", "moment", "busy")
    entry = next(one for one in web.events() if one["kind"] == "customer")
    assert (entry["id"], entry["body"]) == ("m1", {"attachment": attachment})
    got = web.ask("GET", f"/attachments/{attachment['id']}")
    assert got.status_code == 200
    assert len(got.content) == attachment["size"]
    assert b"SECRET" not in got.content
    assert Image.open(io.BytesIO(got.content)).size == (48, 64)


def test_a_file_is_given_to_be_saved_and_never_as_a_page(web: Web) -> None:
    attachment = web.upload(files.PDF, "application/pdf", '"; filename=x.html\r\nSet-Cookie: a=b').json()["attachment"]
    got = web.ask("GET", f"/attachments/{attachment['id']}")
    assert got.content == files.PDF
    assert got.headers["content-type"] == "application/pdf"
    assert got.headers["content-disposition"].startswith("attachment; filename=")
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert got.headers["cache-control"] == "private, no-store"
    assert got.headers["cross-origin-resource-policy"] == "same-origin"
    assert "set-cookie" not in got.headers


def test_a_name_in_chinese_arrives_in_both_forms(web: Web) -> None:
    attachment = web.upload(files.PDF, "application/pdf", "合同 第1版.pdf").json()["attachment"]
    told = web.ask("GET", f"/attachments/{attachment['id']}").headers["content-disposition"]
    assert told == "attachment; filename=\"__ _1_.pdf\"; filename*=UTF-8''%E5%90%88%E5%90%8C%20%E7%AC%AC1%E7%89%88.pdf"


def test_the_same_message_again_is_the_first_answer_and_one_file(web: Web, stack: Stack) -> None:
    answers = [web.upload(files.PDF, "application/pdf", "a.pdf", "same").json() for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    assert len([one for one in web.events() if one["kind"] == "customer"]) == 1
    assert len(list((stack.folder / "attachments" / web.id).iterdir())) == 1


def test_a_voice_message_says_how_long_it_is(web: Web) -> None:
    given = web.upload(files.WEBM, "audio/webm;codecs=opus", "voice.webm", **{"X-Seconds": "7"}).json()["attachment"]
    assert (given["kind"], given["type"], given["seconds"]) == ("voice", "audio/webm", 7)


WRONG: dict[str, tuple[dict[str, str], bytes, int, str]] = {
    "no message id": ({"X-Message-Id": ""}, files.PDF, 400, "bad_field"),
    "a long message id": ({"X-Message-Id": "x" * 129}, files.PDF, 400, "bad_field"),
    "a name that is no UTF-8": ({"X-File-Name": "%ff%fe"}, files.PDF, 400, "bad_field"),
    "a long name": ({"X-File-Name": "x" * 2049}, files.PDF, 413, "too_long"),
    "seconds in words": ({"X-Seconds": "seven"}, files.PDF, 400, "bad_field"),
    "no seconds": ({"X-Seconds": "0"}, files.PDF, 400, "bad_field"),
    "seconds of a day": ({"X-Seconds": "86400"}, files.PDF, 400, "bad_field"),
    "seconds in other digits": ({"X-Seconds": "\u0667".encode().decode("latin-1")}, files.PDF, 400, "bad_field"),
    "nothing in it": ({}, b"", 400, "bad_field"),
    "another type": ({"Content-Type": "image/png"}, files.PDF, 415, "bad_type"),
    "a form": ({"Content-Type": "multipart/form-data; boundary=x"}, b"--x--", 415, "bad_type"),
    "too large": ({}, files.PDF + b" " * MOST, 413, "too_long"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told_and_nothing_is_kept(name: str, web: Web, stack: Stack) -> None:
    headers, data, status, code = WRONG[name]
    about = {"Content-Type": "application/pdf", "X-Message-Id": "m1", "X-File-Name": "a.pdf", **headers}
    encoded = [(key.encode(), value.encode("latin-1")) for key, value in {**about, **web.bearer}.items()]
    answer = web.http.post(f"{web.address}/attachments", content=data, headers=encoded)  # type: ignore[arg-type]
    assert (answer.status_code, answer.json()["error"]) == (status, code)
    assert is_shaped(answer)
    assert not (stack.folder / "attachments" / web.id).exists()
    assert web.events() == []


def test_a_file_of_unknown_length_is_bounded_as_well(web: Web, stack: Stack) -> None:
    def pieces(total: int) -> Callable[[], object]:
        def made() -> object:
            for _ in range(total // 65536 + 1):
                yield b"\0" * 65536

        return made

    about = {"Content-Type": "application/pdf", "X-Message-Id": "m1", **web.bearer}
    answer = web.http.post(f"{web.address}/attachments", content=pieces(MOST)(), headers=about)  # type: ignore[arg-type]
    assert (answer.status_code, answer.json()["error"]) == (413, "too_long")
    small = web.http.post(f"{web.address}/attachments", content=iter([files.PDF]), headers=about)
    assert small.status_code == 201


def test_too_many_files_are_told_when_to_come_again(web: Web) -> None:
    answers = [web.upload(files.HTML, "application/pdf") for _ in range(40)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert all(int(answer.headers["retry-after"]) >= 1 for answer in refused)
    assert {answer.status_code for answer in answers} == {415, 429}


def test_twenty_files_a_day(stack: Stack) -> None:
    web = Web(stack)
    answers = [web.upload(files.PDF, "application/pdf") for _ in range(21)]
    assert [answer.status_code for answer in answers] == [201] * 20 + [429]
    assert int(answers[-1].headers["retry-after"]) > 3600


def head(web: Web, length: int, token: str | None = None) -> bytes:
    path = f"/api/v1/conversations/{web.id}/attachments"
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {token or web.token}", "X-Message-Id: slow"]
    return "\r\n".join([*lines, "Content-Type: application/pdf", f"Content-Length: {length}", "", ""]).encode()


def test_who_may_not_send_is_told_before_the_file_is_read(web: Web) -> None:
    with connection(web.stack) as line:
        line.sendall(head(web, MOST, token="c1.e30.AAAA"))  # and not one byte of the file
        assert read_answer(line).status == 401


def test_a_file_that_is_too_large_is_told_before_it_is_read(web: Web) -> None:
    with connection(web.stack) as line:
        line.sendall(head(web, MOST + 1))
        assert read_answer(line).status == 413


def test_a_phone_on_a_slow_line_is_served(web: Web) -> None:
    """Longer than a message may take, piece by piece."""
    whole = files.PDF[:-7] + b"%" * 60_000 + b"\n" + files.PDF[-7:]
    with connection(web.stack) as line:
        line.sendall(head(web, len(whole)))
        for start in range(0, len(whole), len(whole) // 7):
            line.sendall(whole[start : start + len(whole) // 7])
            time.sleep(1.0)  # the slow line
        assert read_answer(line).status == 201


def test_a_file_that_drips_is_cut(web: Web) -> None:
    with connection(web.stack) as line:
        line.sendall(head(web, MOST) + b"%PDF-1.4\n")
        assert read_answer(line).status == 408
    assert web.events() == []


def test_a_file_that_breaks_off_leaves_nothing(web: Web, stack: Stack) -> None:
    with connection(stack) as line:
        line.sendall(head(web, 5000) + files.PDF)
        line.shutdown(socket.SHUT_WR)
        assert read_answer(line).status in (0, 400, 408)
    assert not (stack.folder / "attachments" / web.id).exists()
    assert web.events() == []
