"""The telephone in the browser: a balance by keys, a top-up by words, silence, small screens, the keyboard alone, demo mode only."""

import re
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Locator, expect

from core.problems import Problem
from core.settings import Settings
from ivr.simulator import routes
from tests.pages.browsing import Visit
from tests.pages.conftest import Visiting
from tests.pages.test_widget_axe import Audit
from tests.stack import Stack

PIN = "246810"  # the first demo customer's


def said(visit: Visit) -> Locator:
    """What the line has said, oldest first."""
    return visit.page.locator("#log .theirs .words")


def dial(visit: Visit, who: str = "") -> None:
    visit.page.locator("#caller").select_option(who)
    visit.page.locator("#call").click()
    expect(visit.page.locator("#hang-up")).to_be_visible()
    hears(visit, "press 2")


def hears(visit: Visit, pattern: str, *, after: int = 0) -> None:
    """Something that matches, after so many sentences of the line."""
    expect(said(visit).filter(has_text=re.compile(pattern)).nth(after)).to_be_visible()


def presses(visit: Visit, keys: str) -> None:
    for key in keys:
        visit.page.locator(f'[data-key="{key}"]').click()


def speaks(visit: Visit, words: str) -> None:
    visit.page.locator("#words").fill(words)
    visit.page.locator("#words").press("Enter")


def test_a_balance_by_keys(visiting: Visiting) -> None:
    visit = visiting("/phone")
    dial(visit, "+8613800138000")
    hears(visit, "张伟，您好")
    presses(visit, "1")
    hears(visit, "查话费请按1")
    presses(visit, "1")
    hears(visit, "本机号码请按1")
    presses(visit, "1#")
    hears(visit, "服务密码")
    presses(visit, f"{PIN}#")
    hears(visit, "您的话费余额是")
    expect(visit.page.locator('#log [data-kind="pressed"]').last).to_contain_text(f"{PIN}#")
    expect(visit.page.locator("#twiml")).to_contain_text("<Gather")
    expect(visit.page.locator("#twiml")).not_to_contain_text(PIN)
    expect(visit.page.locator("#parameters")).to_contain_text("CallSid")
    visit.page.locator("#hang-up").click()
    expect(visit.page.locator("#state")).to_have_text("通话已结束")
    expect(visit.page.locator("#call")).to_be_focused()
    expect(visit.page.locator("#webhooks option").last).to_contain_text("/voice/status → 200")


def test_a_top_up_by_words_from_another_number_in_english(visiting: Visiting, stack: Stack) -> None:
    customer = stack.fresh_customer(language="en")
    visit = visiting("/phone", language="en-US")
    visit.page.locator("#caller").select_option("other")
    visit.page.locator("#number").fill(customer["msisdn"])
    visit.page.locator("#call").click()
    hears(visit, "press 2")
    presses(visit, "2")
    hears(visit, "Press 1 for balance")
    before = len(stack.ledger(customer["msisdn"]))
    speaks(visit, "top up fifty yuan")
    hears(visit, "phone number")
    speaks(visit, " ".join(customer["msisdn"].removeprefix("+86")))
    hears(visit, "service PIN")
    presses(visit, f"{customer['pin']}#")
    hears(visit, "Alipay")
    speaks(visit, "alipay")
    hears(visit, "Is that right")
    speaks(visit, "yes please")
    hears(visit, "fifty yuan has been added")
    assert len(stack.ledger(customer["msisdn"])) == before + 1


def test_an_incomplete_number_is_not_dialled(visiting: Visiting) -> None:
    visit = visiting("/phone")
    visit.page.locator("#caller").select_option("other")
    visit.page.locator("#number").fill("13800138000")
    visit.page.locator("#call").click()
    expect(visit.page.locator("#trouble")).to_contain_text("+86")
    expect(visit.page.locator("#number")).to_be_focused()
    expect(visit.page.locator("#log > div")).to_have_count(0)


def test_the_keyboard_alone_calls_answers_and_hangs_up(visiting: Visiting) -> None:
    visit = visiting("/phone")
    visit.page.locator("#caller").select_option("")
    visit.page.locator("#call").focus()
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator("#hang-up")).to_be_focused()
    assert visit.focus_is_seen()
    hears(visit, "press 2")
    visit.page.keyboard.press("1")
    hears(visit, "查话费请按1")
    visit.page.keyboard.press("0")
    hears(visit, "留言")
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator("#call")).to_be_focused()


def test_silence_is_noticed_by_the_line_itself(visiting: Visiting) -> None:
    visit = visiting("/phone")
    dial(visit)
    presses(visit, "1")
    hears(visit, "没有听到")


def test_the_language_is_switched_in_the_middle_of_a_call(visiting: Visiting) -> None:
    visit = visiting("/phone")
    dial(visit)
    visit.page.locator("#language").click()
    expect(visit.page.locator("html")).to_have_attribute("lang", "en")
    expect(visit.page.locator("#hang-up")).to_have_text("Hang up")
    presses(visit, "2")
    hears(visit, "Press 1 for balance")


@pytest.mark.parametrize(("language", "scheme"), [("zh-CN", "dark"), ("en-US", "light")])
def test_fits_a_small_phone(visiting: Visiting, language: str, scheme: str) -> None:
    visit = visiting("/phone", language=language, width=320, color_scheme=scheme)
    dial(visit)
    expect(visit.page.locator("#parameters")).to_contain_text("CallSid")
    assert not visit.scrolls_sideways()


def test_the_front_page_leads_there(visiting: Visiting) -> None:
    visit = visiting("/")
    visit.page.get_by_role("link", name=re.compile("电话模拟器")).click()
    expect(visit.page).to_have_url(re.compile("/phone"))


REFUSED: list[tuple[Any, int, str]] = [
    ({"caller": "13800138000"}, 400, "bad_field"),
    ({"caller": ["+8613800138000"]}, 400, "bad_field"),
    ({"caller": "+" + "1" * 30}, 413, "too_long"),
    ([], 400, "bad_json"),
]


@pytest.mark.parametrize(("body", "status", "code"), REFUSED)
def test_a_call_from_no_number_is_refused(stack: Stack, body: Any, status: int, code: str) -> None:
    answer = stack.http.post(f"{stack.url}/phone/calls", json=body)
    assert (answer.status_code, answer.json()["error"]) == (status, code)


def test_only_a_page_of_ours_can_dial(stack: Stack) -> None:
    answer = stack.http.post(f"{stack.url}/phone/calls", content=b'{"caller": ""}', headers={"Content-Type": "text/plain"})
    assert (answer.status_code, answer.json()["error"]) == (400, "bad_json")


@pytest.mark.parametrize("given", [{}, {"keys": "12a"}, {"words": "x" * 501}, {"hang_up": "yes"}])
def test_what_is_no_input_is_refused(stack: Stack, given: Any) -> None:
    call = stack.http.post(f"{stack.url}/phone/calls", json={"caller": ""}).json()
    address = f"{stack.url}/phone/calls/{call['id']}/input"
    assert stack.http.post(address, json=given).status_code in (400, 413)
    assert stack.http.post(address, json={"hang_up": True}).json()["over"] is True


def test_a_call_that_is_not_there_is_not_found(stack: Stack) -> None:
    assert stack.http.get(f"{stack.url}/phone/calls/nobody").status_code == 404


def test_there_is_no_telephone_outside_demo_mode() -> None:
    app = Flask("phone-alone")
    app.register_blueprint(routes.blueprint(Settings(demo=False)))
    app.register_error_handler(Problem, lambda problem: (problem.code, problem.status))
    with app.test_client() as client:
        assert client.get("/phone").status_code == 404
        assert client.post("/phone/calls", json={"caller": ""}).status_code == 404


@pytest.mark.parametrize(("language", "scheme"), [("zh-CN", "light"), ("zh-CN", "dark"), ("en-US", "light"), ("en-US", "dark")])
def test_axe_finds_nothing_before_in_and_after_a_call(visiting: Visiting, language: str, scheme: str) -> None:
    visit = visiting("/phone", language=language, color_scheme=scheme, reduced_motion="reduce")
    audit = Audit(visit)
    audit.look("idle")
    visit.page.locator("#caller").select_option("other")
    visit.page.locator("#call").click()
    audit.after("wrong number", visit.page.locator("#trouble", has_text="+86"))
    dial(visit)
    presses(visit, "1")
    hears(visit, "查话费请按1")
    audit.look("in a call")
    visit.page.locator("#hang-up").click()
    audit.after("over", visit.page.locator('body[data-phase="over"]'))
    assert audit.found == {}
