"""The front page, as a visitor sees it."""

import re
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import expect

from core.outbox import FileMails, FileTexts
from core.problems import Problem
from core.settings import Settings
from portal import routes
from tests.pages.conftest import Visiting
from tests.stack import Stack

NASTY = "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script> & 验证码 \u202e123456\n第二行"


def test_tells_what_runs(visiting: Visiting) -> None:
    visit = visiting("/")
    for part in ("gateway", "redis", "bot", "operator"):
        expect(visit.page.locator(f"[data-part={part}]")).to_have_class(re.compile("is-up"))


def test_shows_who_to_be_and_where_to_go_in_both_languages(visiting: Visiting) -> None:
    visit = visiting("/", language="en-US")
    expect(visit.page.locator("html")).to_have_attribute("lang", "en")
    expect(visit.page.get_by_role("heading", name="Demo customers")).to_be_visible()
    visit.page.get_by_role("link", name="中文").click()
    expect(visit.page.locator("html")).to_have_attribute("lang", "zh-CN")
    for number, pin in (("13800138000", "246810"), ("13900139000", "135790"), ("13700137000", "112233")):
        expect(visit.page.get_by_role("row", name=re.compile(f"{number}.*{pin}"))).to_be_visible()
    visit.page.get_by_role("link", name="打开演示商城").click()
    expect(visit.page).to_have_url(re.compile("/shop"))


def test_a_text_shows_up_by_itself_and_as_text_only(visiting: Visiting, stack: Stack) -> None:
    visit = visiting("/")
    expect(visit.page.locator("#texts-note")).not_to_have_text(re.compile("检查中"))
    FileTexts(stack.folder / "outbox" / "sms.jsonl").send("+8613012345678", NASTY)
    newest = visit.page.locator("#texts tbody tr").first
    expect(newest).to_contain_text("+8613012345678")
    expect(newest).to_contain_text("<img src=x onerror")
    expect(visit.page.locator("#texts img, #texts script")).to_have_count(0)
    expect(visit.page).to_have_title(re.compile("Careline"))


@pytest.mark.parametrize(("language", "scheme"), [("zh-CN", "dark"), ("en-US", "light")])
def test_fits_a_small_phone(visiting: Visiting, stack: Stack, language: str, scheme: str) -> None:
    FileTexts(stack.folder / "outbox" / "sms.jsonl").send("+8613012345678", "x" * 300)
    visit = visiting("/", language=language, width=320, color_scheme=scheme)
    expect(visit.page.locator("#texts tbody tr").first).to_contain_text("xxx")
    assert not visit.scrolls_sideways()


def test_shows_no_customers_and_no_texts_outside_demo_mode(tmp_path: Path) -> None:
    app = Flask("portal-alone")
    outbox = FileTexts(tmp_path / "sms.jsonl")
    outbox.send("+8613012345678", "您的验证码是 123456")
    app.register_blueprint(routes.blueprint(Settings(demo=False), outbox, FileMails(tmp_path / "mail.jsonl")))
    app.register_error_handler(Problem, lambda problem: (problem.code, problem.status))
    with app.test_client() as client:
        page = client.get("/?lang=en").text
        assert "Where to go" in page
        assert "13800138000" not in page
        assert "outbox" not in page
        assert client.get("/api/v1/outbox").status_code == 404
