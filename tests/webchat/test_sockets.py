"""Our widget's socket: everything after its cursor, in order, each entry once, and the state; whatever happens to the line."""

import time
from collections.abc import Callable
from uuid import uuid4

import pytest

from core.keys import Keys
from core.vault import Vault
from customers.transcript import packed
from tests.conftest import AtOnce
from tests.redteam.door import Visitor
from tests.webchat.clients import TRANSPORTS, Backdoor, Tab, eventually

pytestmark = pytest.mark.stack

Tabs = Callable[..., Tab]


@pytest.mark.parametrize("transports", TRANSPORTS, ids="+".join)
def test_what_is_said_arrives_in_order_and_once(visitor: Visitor, tab: Tabs, transports: list[str]) -> None:
    open_tab = tab(visitor, transports=transports)
    visitor.say("你好")
    visitor.say("你能做什么")
    eventually(lambda: len(open_tab.events) >= 4, "four entries")
    assert open_tab.seqs == [1, 2, 3, 4]
    assert [event["kind"] for event in open_tab.events] == ["customer", "bot", "customer", "bot"]
    assert open_tab.events == visitor.events().json()["events"]
    assert open_tab.batches[-1]["last"] == 4


def test_after_a_reconnect_comes_what_was_missed_and_nothing_else(visitor: Visitor, tab: Tabs, backdoor: Backdoor) -> None:
    first = tab(visitor)
    visitor.say("你好")
    eventually(lambda: first.seqs == [1, 2])
    first.close()
    backdoor.write(visitor.id, "person", name="小林", text="您不在的时候")
    second = tab(visitor, after=2)
    backdoor.write(visitor.id, "person", name="小林", text="您回来了")
    eventually(lambda: len(second.events) >= 2)
    assert second.seqs == [3, 4]


def test_a_long_absence_is_caught_up_in_batches(visitor: Visitor, tab: Tabs, backdoor: Backdoor) -> None:
    for n in range(450):
        backdoor.write(visitor.id, "bot", text=str(n))
    late = tab(visitor)
    eventually(lambda: len(late.events) >= 450, "everything")
    assert late.seqs == list(range(1, 451))
    assert max(len(batch["events"]) for batch in late.batches) <= 200
    assert [batch["last"] for batch in late.batches] == [batch["events"][-1]["seq"] for batch in late.batches]


def test_two_tabs_see_the_same(visitor: Visitor, tab: Tabs) -> None:
    one, other = tab(visitor), tab(visitor, transports=["polling"])
    visitor.say("你好")
    visitor.say("谢谢")
    eventually(lambda: len(one.events) >= 4 and len(other.events) >= 4)
    assert one.events == other.events


def test_one_message_id_sent_fifty_times_has_one_effect(visitor: Visitor, tab: Tabs, at_once: AtOnce) -> None:
    open_tab = tab(visitor)
    message = uuid4().hex
    answers = at_once(50, lambda _: visitor.post("你好", id=message).status_code)
    assert 200 in answers
    assert set(answers) <= {200, 429}  # beyond its quota a repetition is not even looked at
    eventually(lambda: visitor.post("谢谢").status_code == 200, "the quota")
    eventually(lambda: len(open_tab.events) >= 4)
    assert [(event["seq"], event["kind"]) for event in open_tab.events] == [
        (1, "customer"), (2, "bot"), (3, "customer"), (4, "bot"),
    ]  # fmt: skip
    assert open_tab.events[0]["id"] == message


def test_what_no_bell_told_is_found_all_the_same(visitor: Visitor, tab: Tabs, backdoor: Backdoor) -> None:
    open_tab = tab(visitor)
    visitor.say("你好")
    eventually(lambda: open_tab.seqs == [1, 2])
    store, parts = backdoor.parts.store, backdoor.parts
    sealed = Vault(store, parts.sealer).seal(visitor.id, 3, packed(parts.clock.now(), "bot", {"text": "没有铃声"}))
    with store.guard() as client:  # as Transcript.append, without its ring
        client.xadd(Keys.stream(visitor.id), {"s": sealed}, id="3-0")
        client.set(Keys.seq(visitor.id), 3)
    eventually(lambda: open_tab.seqs == [1, 2, 3])
    assert open_tab.events[2]["body"] == {"text": "没有铃声"}


def test_the_state_comes_at_once_and_with_every_change(visitor: Visitor, tab: Tabs, backdoor: Backdoor) -> None:
    open_tab = tab(visitor)
    eventually(lambda: open_tab.states)
    assert open_tab.states[0]["phase"] == "bot"
    backdoor.parts.presence.typing(visitor.id, "person")
    eventually(lambda: open_tab.states[-1]["typing"] == "person", "somebody typing")
    eventually(lambda: open_tab.states[-1]["typing"] is None, "that it lapses, which nobody tells")
    assert all(before != after for before, after in zip(open_tab.states, open_tab.states[1:], strict=False))


def test_typing_and_seen_reach_the_other_side(visitor: Visitor, tab: Tabs, backdoor: Backdoor) -> None:
    open_tab = tab(visitor)
    visitor.say("你好")
    eventually(lambda: open_tab.seqs == [1, 2])
    open_tab.client.emit("typing", {"on": True})
    open_tab.client.emit("seen", {"seq": 2})
    eventually(lambda: backdoor.parts.presence.customer(visitor.id) == {"typing": True, "seen": 2})
    open_tab.client.emit("typing", {"on": False})
    eventually(lambda: not backdoor.parts.presence.customer(visitor.id)["typing"])
    for odd in (None, [], "2", {"seq": "9"}, {"seq": True}, {"seq": -1}, {"seq": 10**30}):
        open_tab.client.emit("seen", odd)
        open_tab.client.emit("typing", odd)
    visitor.say("谢谢")
    eventually(lambda: len(open_tab.events) >= 4, "news after odd signals")
    assert backdoor.parts.presence.customer(visitor.id)["seen"] == 2


def test_a_token_that_does_not_hold_is_refused(visitor: Visitor, stack: object, backdoor: Backdoor) -> None:
    other = backdoor.tokens.issue("web-nobodys", "web", 1.0)
    for token in ("", "x", visitor.token + "x", backdoor.tokens.issue(visitor.id, "web", -1.0), other):
        assert Tab(visitor, token=token).refused() == "gone"
    for token in (None, 7, {"a": 1}):
        odd = Tab(visitor)
        odd.auth["token"] = token
        assert odd.refused() == "gone"
    odd = Tab(visitor, after=-1)
    assert odd.refused() == "bad_field"


def test_a_socket_ends_with_its_token(visitor: Visitor, tab: Tabs, backdoor: Backdoor) -> None:
    short = tab(visitor, token=backdoor.tokens.issue(visitor.id, "web", 6 / 3600))
    stays = tab(visitor)
    eventually(lambda: not short.client.connected, "the end of the token")
    assert stays.client.connected


def test_a_device_that_leaves_takes_its_sockets_along(visitor: Visitor, tab: Tabs) -> None:
    open_tab = tab(visitor)
    assert visitor.stack.http.delete(visitor.address, headers=visitor.bearer).status_code == 204
    eventually(lambda: not open_tab.client.connected, "the end of the socket")
    assert Tab(visitor).refused() == "gone"


def test_more_tabs_than_anybody_opens_are_refused(visitor: Visitor, tab: Tabs) -> None:
    opened = [tab(visitor) for _ in range(20)]
    assert Tab(visitor).refused() == "too_many"
    opened[0].close()

    def let_in() -> bool:
        try:
            tab(visitor)
        except Exception:  # until the place is free
            return False
        return True

    eventually(let_in, "a free place")


def test_a_killed_gateway_loses_and_repeats_nothing(visitor: Visitor, tab: Tabs, backdoor: Backdoor) -> None:
    first = tab(visitor)
    visitor.say("你好")
    eventually(lambda: first.seqs == [1, 2])
    assert visitor.stack.kill("gateway")
    backdoor.write(visitor.id, "person", name="小林", text="还在吗")
    visitor.stack.wait_ready()
    second = tab(visitor, after=first.seqs[-1])
    eventually(lambda: second.seqs == [3])
    backdoor.write(visitor.id, "person", name="小林", text="您好")
    eventually(lambda: second.seqs == [3, 4])


def test_the_metrics_count_listeners_and_entries(visitor: Visitor, tab: Tabs) -> None:
    def value(name: str) -> float:
        lines = visitor.stack.http.get(f"{visitor.stack.url}/metrics").text.splitlines()
        return float(next(line.rpartition(" ")[2] for line in lines if line.startswith(name + " ")))

    before = value("careline_entries_delivered_total")
    open_tab = tab(visitor)
    visitor.say("你好")
    eventually(lambda: open_tab.seqs == [1, 2])
    assert value("careline_listeners") >= 1
    assert value("careline_entries_delivered_total") >= before + 2


def test_a_closed_tab_is_forgotten(visitor: Visitor, tab: Tabs, backdoor: Backdoor) -> None:
    for _ in range(30):  # more than one conversation may have at once
        eventually(lambda: _opened_and_closed(visitor))
    assert visitor.say("你好")


def _opened_and_closed(visitor: Visitor) -> bool:
    one = Tab(visitor)
    try:
        one.connect()
    except Exception:  # the server has not noticed yet that the last one is gone
        time.sleep(0.05)
        return False
    one.close()
    return True
