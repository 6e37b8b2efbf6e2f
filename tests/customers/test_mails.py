"""Mails: which addresses are one, what is owed and how often it is tried, what is left of it, and a real mail server."""

import json
import socketserver
import ssl
import stat
import threading
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from core import records
from core.outbox import FileMails, MailNotSent, SmtpMails
from core.seal import Sealer
from core.store import Store
from customers.conversation import Conversation, Conversations
from customers.errors import AllowanceSpent
from customers.mails import OF_A_CONVERSATION, OF_AN_ADDRESS, TO_A_MAILBOX, TRIES_MOST, Mail, OwedMails, mailbox, mails
from tests.fakes import ManualClock

WORDS = "您：我的订单到哪了\n客服：已经发货。\n.\nQUIT\n"
MAIL = Mail("wang@example.com", "对话记录", WORDS)


# addresses
@pytest.mark.parametrize(
    "text", ["a@b.cn", "wang.xiao-ming+chat@mail.example.com", "o'neil@example.co.uk", "x@xn--fiq228c.xn--fiqs8s"]
)
def test_one_plain_address_is_taken(text: str) -> None:
    assert mailbox(text) == text


NO_ADDRESS = (
    "", "a", "@b.cn", "a@", "a@b", "a@localhost", "a@127.0.0.1", "a@[127.0.0.1]", "a b@c.cn", "a@b.cn ", " a@b.cn", "a@b.cn\n", "a@b..cn",
    ".a@b.cn", "a.@b.cn", "a..b@c.cn", "a@-b.cn", "a@b-.cn", "a@b.c", "a@b.123", "a@b@c.cn", "a@b.cn,c@d.cn", "a@b.cn;c@d.cn", "<a@b.cn>",
    "Wang <a@b.cn>", '"a b"@c.cn', "a@b.cn\r\nBcc: c@d.cn", "a%0d%0aBcc:c@d.cn", "a@b.cn\0", "王@example.com", "a@例子.com", "a@b.cn(x)",
    "x" * 65 + "@b.cn", "a@" + "b" * 64 + ".cn", "a@" + "b." * 130 + "cn", "\u202ea@b.cn", "a@b.cn?subject=x", "-oX@b.cn/x",
)  # fmt: skip


@pytest.mark.parametrize("text", NO_ADDRESS)
def test_anything_else_is_no_address(text: str) -> None:
    assert mailbox(text) is None


# owed
@pytest.fixture
def sql(tmp_path: Path) -> Engine:
    engine = records.engine(f"sqlite:///{tmp_path / 'careline.sqlite3'}")
    records.create(engine)
    return engine


@pytest.fixture
def owed(sql: Engine, store: Store, sealer: Sealer, clock: ManualClock) -> OwedMails:
    return OwedMails(sql, store, sealer, clock)


@pytest.fixture
def outbox(tmp_path: Path, clock: ManualClock) -> FileMails:
    return FileMails(tmp_path / "outbox" / "mail.jsonl", clock)


Begin = Callable[..., Conversation]


@pytest.fixture
def begin(store: Store, sealer: Sealer, clock: ManualClock) -> Begin:
    conversations = Conversations(store, sealer, clock)
    return lambda address="198.51.100.7": conversations.mint("web", "web", address=address)


class Broken:
    """A mail server that says no, `for_good` or not; counts how often it was asked."""

    def __init__(self, for_good: bool = False) -> None:
        self.for_good = for_good
        self.asked = 0

    def send(self, to: str, subject: str, text: str, key: str) -> None:
        self.asked += 1
        raise MailNotSent("no", for_good=self.for_good)


def states(sql: Engine) -> list[tuple[str, str | None]]:
    with records.reading(sql) as connection:
        return [(row.state, row.sealed) for row in connection.execute(select(mails.c.state, mails.c.sealed))]


def test_what_is_owed_is_sent_once_and_forgotten(owed: OwedMails, outbox: FileMails, begin: Begin, sql: Engine) -> None:
    assert owed.owe(begin(), "r1", MAIL)
    assert [owed.send_due(outbox), owed.send_due(outbox)] == [1, 0]
    (line,) = outbox.tail()
    assert (line["to"], line["subject"], line["text"]) == (MAIL.to, MAIL.subject, MAIL.text)
    assert states(sql) == [("sent", None)]


def test_the_same_request_again_owes_nothing_more(owed: OwedMails, outbox: FileMails, begin: Begin) -> None:
    conversation = begin()
    assert [owed.owe(conversation, "r1", MAIL) for _ in range(OF_A_CONVERSATION + 5)] == [True] + [False] * (
        OF_A_CONVERSATION + 4
    )
    owed.send_due(outbox)
    assert not owed.owe(conversation, "r1", MAIL), "nor when it was sent"
    assert owed.send_due(outbox) == 0


def test_what_is_on_disk_tells_nobodys_address_or_words(owed: OwedMails, begin: Begin, tmp_path: Path) -> None:
    owed.owe(begin(), "r1", MAIL)
    for path in tmp_path.glob("careline.sqlite3*"):
        assert b"wang" not in path.read_bytes()
        assert "订单".encode() not in path.read_bytes()


def test_a_server_that_fails_is_asked_five_times_with_growing_pauses(
    owed: OwedMails, begin: Begin, sql: Engine, clock: ManualClock
) -> None:
    owed.owe(begin(), "r1", MAIL)
    server, tried_at = Broken(), []
    for minute in range(0, 24 * 60, 5):
        before = server.asked
        owed.send_due(server)
        tried_at += [minute] * (server.asked - before)
        clock.advance(minutes=5)
    assert len(tried_at) == TRIES_MOST
    pauses = [later - earlier for earlier, later in pairwise(tried_at)]
    assert pauses == sorted(pauses)
    assert pauses[-1] >= 60
    assert states(sql) == [("given_up", None)]


def test_a_mailbox_that_does_not_exist_is_asked_once(owed: OwedMails, begin: Begin, sql: Engine, clock: ManualClock) -> None:
    owed.owe(begin(), "r1", MAIL)
    server = Broken(for_good=True)
    for _ in range(5):
        owed.send_due(server)
        clock.advance(hours=2)
    assert server.asked == 1
    assert states(sql) == [("given_up", None)]


def test_a_mail_that_fails_keeps_no_other_waiting(owed: OwedMails, outbox: FileMails, begin: Begin) -> None:
    for n in range(4):
        owed.owe(begin(), "r1", Mail(f"box{n}@example.com", "s", "t"))

    class One:
        def send(self, to: str, subject: str, text: str, key: str) -> None:
            if to == "box0@example.com":
                raise MailNotSent("no")
            outbox.send(to, subject, text, key)

    assert owed.send_due(One()) == 3


def test_two_clerks_send_it_once(
    sql: Engine,
    store: Store,
    sealer: Sealer,
    clock: ManualClock,
    outbox: FileMails,
    begin: Begin,
    at_once: Callable[..., list[int]],
) -> None:
    clerks = [OwedMails(sql, store, sealer, clock) for _ in range(4)]
    for n in range(10):
        clerks[0].owe(begin(), "r1", Mail(f"box{n}@example.com", "s", "t"))
    assert sum(at_once(4, lambda n: clerks[n].send_due(outbox))) == 10
    assert len({line["to"] for line in outbox.tail(100)}) == len(outbox.tail(100)) == 10


def test_a_row_of_another_key_is_given_up(sql: Engine, store: Store, clock: ManualClock, begin: Begin, outbox: FileMails) -> None:
    OwedMails(sql, store, Sealer(b"a" * 32), clock).owe(begin(), "r1", MAIL)
    assert OwedMails(sql, store, Sealer(b"b" * 32), clock).send_due(outbox) == 0
    assert states(sql) == [("given_up", None)]


def test_settled_rows_are_forgotten_and_owed_ones_are_not(
    owed: OwedMails, begin: Begin, sql: Engine, clock: ManualClock, outbox: FileMails
) -> None:
    owed.owe(begin(), "r1", MAIL)
    owed.send_due(outbox)
    owed.owe(begin(), "r2", MAIL)
    clock.advance(hours=100)
    owed.forget_old()
    assert [state for state, _ in states(sql)] == ["owed"]


# allowances
def test_a_conversation_mails_three_times_a_day(owed: OwedMails, begin: Begin, clock: ManualClock) -> None:
    conversation = begin()
    for n in range(OF_A_CONVERSATION):
        owed.owe(conversation, f"r{n}", MAIL)
    with pytest.raises(AllowanceSpent) as spent:
        owed.owe(conversation, "one more", MAIL)
    assert spent.value.seconds == 24 * 3600
    clock.advance(hours=24, seconds=1)
    assert owed.owe(conversation, "one more", MAIL)


def test_an_address_is_capped_over_its_conversations(owed: OwedMails, begin: Begin) -> None:
    for n in range(OF_AN_ADDRESS):
        owed.owe(begin(), "r", Mail(f"box{n}@example.com", "s", "t"))
    with pytest.raises(AllowanceSpent):
        owed.owe(begin(), "r", Mail("another@example.com", "s", "t"))
    assert owed.owe(begin("198.51.100.8"), "r", Mail("another@example.com", "s", "t")), "a neighbour is not shut out"


def test_a_mailbox_is_not_flooded_from_many_addresses(owed: OwedMails, begin: Begin, sql: Engine) -> None:
    for n in range(TO_A_MAILBOX):
        owed.owe(begin(f"198.51.100.{n}"), "r", Mail("Victim@Example.com" if n % 2 else "victim@example.com", "s", "t"))
    with pytest.raises(AllowanceSpent):
        owed.owe(begin("198.51.100.200"), "r", Mail("VICTIM@example.com", "s", "t"))
    assert len(states(sql)) == TO_A_MAILBOX


# the file
def test_the_outbox_is_ours_alone_and_says_when_it_cannot_be_written(tmp_path: Path, outbox: FileMails) -> None:
    outbox.send("a@b.cn", "s", "t", "k")
    assert stat.S_IMODE((tmp_path / "outbox" / "mail.jsonl").stat().st_mode) == 0o600
    assert set(json.loads((tmp_path / "outbox" / "mail.jsonl").read_text())) == {"at", "to", "subject", "text", "key"}
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(MailNotSent):
        FileMails(tmp_path / "file" / "mail.jsonl").send("a@b.cn", "s", "t", "k")


# a mail server
class Server(socketserver.ThreadingTCPServer):
    """Speaks enough SMTP; `says` answers each command's first word, None falls silent."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, says: dict[str, str] | None = None) -> None:
        self.says = says or {}
        self.heard: list[str] = []
        self.taken: list[bytes] = []
        super().__init__(("127.0.0.1", 0), Talk)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"

    def mail(self) -> EmailMessage:
        (raw,) = self.taken
        found = message_from_bytes(raw, policy=policy.default)
        assert isinstance(found, EmailMessage)
        return found


class Talk(socketserver.StreamRequestHandler):
    server: Server

    def handle(self) -> None:
        self.answer("220 ready")
        while line := self.rfile.readline():
            self.server.heard.append(line.decode().strip())
            word = line.split()[0].decode().upper()
            if word in self.server.says:
                self.answer(self.server.says[word])
            elif word == "EHLO":
                self.answer("250-here\r\n250 AUTH PLAIN")
            elif word == "AUTH":
                self.answer("235 in")
            elif word == "DATA":
                self.answer("354 go on")
                self.take()
            else:
                self.answer("221 bye" if word == "QUIT" else "250 fine")

    def take(self) -> None:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        self.server.taken.append(b"".join(lines))
        self.answer("250 taken")

    def answer(self, words: str) -> None:
        self.wfile.write(words.encode() + b"\r\n")


Serve = Callable[..., Server]


@pytest.fixture
def serve() -> Iterator[Serve]:
    running: list[Server] = []

    def start(says: dict[str, str] | None = None) -> Server:
        running.append(Server(says))
        threading.Thread(target=running[-1].serve_forever, daemon=True).start()
        return running[-1]

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


def test_a_mail_server_gets_the_mail_as_it_was_written(serve: Serve) -> None:
    server = serve()
    url = server.url.replace("//", "//care%40shop:p%3Aw@")
    SmtpMails(url, "care@shop.example").send(MAIL.to, MAIL.subject, MAIL.text, "k1")
    mail = server.mail()
    assert (mail["From"], mail["To"], mail["Subject"]) == ("care@shop.example", MAIL.to, MAIL.subject)
    assert mail["Message-ID"] == "<k1@shop.example>"
    assert mail.get_content().splitlines() == WORDS.splitlines()
    assert mail.get_content_type() == "text/plain"
    assert [line.split(":")[1] for line in server.heard if line.upper().startswith("RCPT")] == [f"<{MAIL.to}>"]


REFUSALS: list[tuple[dict[str, str], bool]] = [
    ({"RCPT": "550 nobody"}, True),
    ({"RCPT": "451 later"}, False),
    ({"MAIL": "421 busy"}, False),
    ({"DATA": "554 no"}, True),
]


@pytest.mark.parametrize(("says", "for_good"), REFUSALS)
def test_a_refusal_says_whether_it_is_for_good(says: dict[str, str], for_good: bool, serve: Serve) -> None:
    with pytest.raises(MailNotSent) as refused:
        SmtpMails(serve(says).url, "care@shop.example").send(MAIL.to, "s", "t", "k")
    assert refused.value.for_good is for_good
    assert MAIL.to not in str(refused.value), "logs tell nobody's address"


def test_nobody_there_is_no_reason_to_give_up(serve: Serve) -> None:
    server = serve()
    port = server.server_address[1]
    server.shutdown()
    server.server_close()
    with pytest.raises(MailNotSent) as unreached:
        SmtpMails(f"smtp://127.0.0.1:{port}", "care@shop.example").send(MAIL.to, "s", "t", "k")
    assert not unreached.value.for_good


def test_a_server_elsewhere_without_tls_is_told_nothing(serve: Serve) -> None:
    """0.0.0.0 leads to this machine, but is not an address of this machine only."""
    server = serve()
    with pytest.raises(MailNotSent, match="TLS"):
        SmtpMails(server.url.replace("127.0.0.1", "0.0.0.0"), "care@shop.example").send(MAIL.to, "s", "t", "k")
    assert not [line for line in server.heard if not line.upper().startswith("EHLO")]


def test_a_server_that_takes_tls_and_proves_nothing_is_told_nothing(serve: Serve) -> None:
    server = serve({"EHLO": "250-here\r\n250 STARTTLS", "STARTTLS": "220 go"})
    with pytest.raises(MailNotSent):
        SmtpMails(server.url, "care@shop.example", ssl.create_default_context()).send(MAIL.to, "s", "t", "k")
    assert server.taken == []
    assert not [line for line in server.heard if "@" in line]


@pytest.mark.parametrize("bad", ["a@b.cn\r\nBcc: c@d.cn", "a@b.cn\nSubject: x"])
def test_no_header_can_be_slipped_in(bad: str, serve: Serve) -> None:
    """`mailbox` refuses these before; the mail itself would not be made either."""
    server = serve()
    with pytest.raises((MailNotSent, ValueError)):
        SmtpMails(server.url, "care@shop.example").send(bad, "s", "t", "k")
    assert server.taken == []
