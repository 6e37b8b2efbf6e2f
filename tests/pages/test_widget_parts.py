"""What the widget fetches when it is needed: files, voice, rating, the transcript, invitations."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Locator, Route, expect

from tests.pages.backstage import Backstage
from tests.pages.browsing import PATIENCE_MS, Visit
from tests.pages.conftest import CHROMIUM, FLAGS, Visiting
from tests.pages.files import PICTURE
from tests.stack import Stack

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 0/Kids[]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
TROUBLE = "for (let n = 0; n < 2; n++) careline.setContext({ error: 'payment' })"  # the packaged rule invites after two errors
IN_TROUBLE = f"""async patience => {{
  const inviting = () => performance.getEntriesByType('resource').find(one => one.name.endsWith('/invitations.js'));
  for (const until = performance.now() + patience; !inviting() && performance.now() < until;) await new Promise(requestAnimationFrame);
  await import(inviting().name);
  await new Promise(requestAnimationFrame);
  {TROUBLE};
  return document.querySelector('careline-chat').shadowRoot.querySelectorAll('.invitation').length;
}}"""
MICROPHONE = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
OPEN_TRACKS = """
window.tracks = [];
const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (wanted) => { const stream = await ask(wanted); tracks.push(...stream.getTracks()); return stream; };
"""


def file(name: str, kind: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": kind, "buffer": content}


def give(visit: Visit, *files: FilePayload) -> None:
    """Pick files with the button of the composer."""
    with visit.page.expect_file_chooser() as chooser:
        visit.panel.get_by_role("button", name="添加文件").click()
    chooser.value.set_files(list(files))


def sent(visit: Visit) -> Locator:
    """What the customer attached, as the transcript has it."""
    return visit.page.locator("#log .message.mine .attachment")


# -- files


def test_a_picture_and_a_document_are_sent_and_can_be_had_back(visiting: Visiting) -> None:
    visit = visiting("/shop").open()
    give(visit, file("截图 1.png", "image/png", PICTURE), file("bill.pdf", "application/pdf", PDF))
    expect(sent(visit)).to_have_count(2)
    expect(visit.page.locator(".upload")).to_have_count(0)
    picture = sent(visit).nth(0).locator("canvas.is-drawn")
    expect(picture).to_have_attribute("aria-label", "截图 1.png")
    drawn = picture.evaluate("one => [...one.getContext('2d').getImageData(one.width / 2, one.height / 2, 1, 1).data]")
    assert drawn == [13, 107, 94, 255]
    with visit.page.expect_download() as saved:
        sent(visit).nth(1).get_by_role("button", name="下载 bill.pdf").click()
    assert saved.value.suggested_filename == "bill.pdf"
    assert Path(saved.value.path()).read_bytes() == PDF
    visit.page.reload()
    visit.open()
    expect(sent(visit)).to_have_count(2)
    expect(sent(visit).nth(0).locator("canvas.is-drawn")).to_be_visible()


def test_what_may_not_be_sent_is_told_before_anything_leaves(visiting: Visiting) -> None:
    visit = visiting("/shop").open()
    uploads: list[str] = []
    visit.page.on("request", lambda asked: uploads.append(asked.url) if asked.url.endswith("/attachments") else None)
    notice = visit.page.locator("#notice")
    give(visit, file("setup.exe", "application/x-msdownload", b"MZ"))
    expect(notice).to_contain_text("“setup.exe”没有发送：这里只能发送图片、PDF和语音。")
    give(visit, file("empty.pdf", "application/pdf", b""))
    expect(notice).to_contain_text("“empty.pdf”没有发送：文件是空的。")
    most = visit.page.evaluate("fetch('/api/v1/widget').then(answer => answer.json()).then(told => told.upload.most_bytes)")
    give(visit, file("large.pdf", "application/pdf", PDF + b"\n" * most))
    expect(notice).to_contain_text("“large.pdf”没有发送：文件超过")
    expect(visit.page.locator(".upload")).to_have_count(0)
    assert uploads == []


def test_what_only_looks_like_a_picture_is_refused_by_the_server_and_can_be_discarded(visiting: Visiting) -> None:
    visit = visiting("/shop").open()
    give(visit, file("odd.png", "image/png", b"<html>"))
    expect(visit.page.locator(".upload.is-failed")).to_contain_text("这种文件不能发送，或者文件已损坏。")
    expect(visit.page.locator(".upload").get_by_role("button", name="重发 odd.png")).to_have_count(0)
    visit.page.locator(".upload").get_by_role("button", name="不发了：odd.png").click()
    expect(visit.page.locator(".upload")).to_have_count(0)
    expect(visit.field).to_be_focused()
    assert visit.complaints.pop().startswith("console: Failed to load resource: the server responded with a status of 415")


def test_a_file_whose_answer_was_lost_is_sent_again_and_counts_once(visiting: Visiting) -> None:
    visit = visiting("/shop").open()

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    visit.page.route("**/attachments", lose_the_answer)
    visit.page.route("**/events?*", lambda route: route.abort())
    give(visit, file("a.png", "image/png", PICTURE))
    expect(visit.page.locator(".upload.is-failed")).to_contain_text("可以重发，不会重复")
    visit.page.evaluate("careline.update({ language: 'en' })")
    expect(visit.page.locator(".upload.is-failed")).to_contain_text("it counts once")
    visit.page.evaluate("careline.update({ language: 'zh' })")
    visit.page.unroute_all()
    visit.page.locator(".upload").get_by_role("button", name="重发 a.png").click()
    expect(visit.page.locator(".upload")).to_have_count(0)
    visit.page.reload()
    visit.open()
    expect(sent(visit)).to_have_count(1)


def test_a_file_on_its_way_can_be_cancelled(visiting: Visiting) -> None:
    visit = visiting("/shop").open()
    held: list[Route] = []
    visit.page.route("**/attachments", lambda route: held.append(route))
    give(visit, file("a.png", "image/png", PICTURE))
    row = visit.page.locator(".upload.is-pending")
    expect(row.get_by_role("progressbar", name="正在发送 a.png")).to_be_visible()
    row.get_by_role("button", name="取消发送 a.png").press("Enter")
    expect(row).to_have_count(0)
    visit.page.unroute_all()
    give(visit, file("b.png", "image/png", PICTURE))
    expect(sent(visit).locator("canvas")).to_have_attribute("aria-label", "b.png")


def test_a_file_cancelled_while_the_conversation_begins_is_not_sent(visiting: Visiting) -> None:
    visit = visiting("/shop").open()
    held: list[Route] = []
    visit.page.route("**/api/v1/conversations", lambda route: held.append(route), times=1)
    with visit.page.expect_request("**/api/v1/conversations"):
        give(visit, file("a.png", "image/png", PICTURE))
    visit.page.get_by_role("button", name="取消发送 a.png").press("Enter")
    held.pop().continue_()
    give(visit, file("b.png", "image/png", PICTURE))
    expect(visit.page.locator(".upload")).to_have_count(0)
    expect(sent(visit).locator("canvas")).to_have_count(1)
    expect(sent(visit).locator("canvas")).to_have_attribute("aria-label", "b.png")
    expect(sent(visit)).to_have_count(1)


# -- rating


def test_one_rating_for_an_episode_in_all_tabs(visiting: Visiting, stack: Stack) -> None:
    visit = visiting("/shop")
    visit.say("你好")
    with Backstage(stack, visit.kept("talk")["id"]) as backstage:
        backstage.write("note", {"what": "rating_asked", "episode": 1})
    other = visit.another_tab()
    other.go("/shop")
    other.open()
    expect(other.page.get_by_role("group", name="这次服务您满意吗？")).to_be_visible()
    visit.page.get_by_role("button", name="提交评价").click()
    expect(visit.page.get_by_role("alert").filter(has_text="请先选一个分数")).to_be_visible()
    visit.page.get_by_role("radio", name="4 满意").check()
    visit.page.get_by_label("想补充几句吗").fill("很快")
    visit.page.get_by_role("button", name="提交评价").click()
    for tab in (visit, other):
        expect(tab.page.locator(".rating")).to_contain_text("谢谢您的评价：4 分（满意）。")
    visit.page.reload()
    visit.open()
    expect(visit.page.locator(".rating")).to_contain_text("4 分")
    expect(visit.page.locator(".rating")).to_have_count(1)
    assert other.complaints == []


def test_what_was_rated_elsewhere_is_told_as_done(visiting: Visiting, stack: Stack) -> None:
    visit = visiting("/shop")
    visit.say("你好")
    with Backstage(stack, visit.kept("talk")["id"]) as backstage:
        backstage.write("note", {"what": "rating_asked", "episode": 1})
    visit.page.get_by_role("radio", name="5 很好").check()
    talk = visit.kept("talk")
    rated = stack.http.post(
        f"{stack.url}/api/v1/conversations/{talk['id']}/rating",
        json={"episode": 1, "score": 2},
        headers={"Authorization": f"Bearer {talk['token']}"},
    )
    assert rated.status_code == 201
    expect(visit.page.locator(".rating")).to_contain_text("谢谢您的评价：2 分（较差）。")


# -- transcript


def transcript_sheet(visit: Visit) -> Locator:
    visit.panel.get_by_role("button", name="更多").click()
    visit.panel.locator(".menu").get_by_text("对话记录").click()
    return visit.panel.get_by_role("dialog", name="保存对话记录")


def test_the_transcript_is_downloaded(visiting: Visiting) -> None:
    visit = visiting("/shop")
    visit.say("我想看看记录")
    sheet = transcript_sheet(visit)
    with visit.page.expect_download() as saved:
        sheet.get_by_role("button", name="下载文本文件").click()
    assert re.fullmatch(r"对话记录-\d{4}-\d\d-\d\d\.txt", saved.value.suggested_filename)
    assert "我想看看记录" in Path(saved.value.path()).read_text(encoding="utf-8")
    visit.page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    expect(visit.panel).to_be_visible()


def test_the_transcript_goes_to_an_address_that_is_one(visiting: Visiting) -> None:
    visit = visiting("/shop")
    visit.say("你好")
    sheet = transcript_sheet(visit)
    address = sheet.get_by_role("textbox", name="邮箱地址")
    sheet.get_by_role("button", name="发送到邮箱").click()
    expect(sheet).to_contain_text("请填写邮箱地址。")
    expect(address).to_be_focused()
    address.fill("somebody")
    address.press("Enter")
    expect(sheet).to_contain_text("这个邮箱地址不完整")
    address.fill("somebody@example.com")
    address.press("Enter")
    expect(sheet.get_by_role("status")).to_have_text("已发送到 somebody@example.com，请稍后查收。")


# -- voice


@pytest.fixture(scope="module")
def speaking(browser: Browser) -> Iterator[Browser]:
    """A browser with a microphone that beeps, and nobody to ask."""
    launched = browser.browser_type.launch(executable_path=CHROMIUM, args=[*FLAGS, *MICROPHONE])
    yield launched
    launched.close()


@pytest.fixture
def speaker(speaking: Browser, stack: Stack) -> Iterator[Visit]:
    """A visitor with a microphone, in the open chat."""
    visit = Visit.begin(stack, speaking)
    visit.context.add_init_script(OPEN_TRACKS)
    visit.go("/shop")
    yield visit.open()
    visit.is_clean()
    visit.context.close()


def voice_sheet(visit: Visit) -> Locator:
    visit.panel.get_by_role("button", name="语音消息").press("Enter")
    return visit.panel.get_by_role("dialog", name="语音消息")


def record(visit: Visit) -> Locator:
    """Begin to speak, and go on until the clock shows a second."""
    sheet = voice_sheet(visit)
    sheet.get_by_role("button", name="开始录音").press("Enter")
    expect(sheet.get_by_role("timer")).to_have_text("0:01")
    return sheet


def test_a_voice_message_is_recorded_heard_sent_and_played_by_keyboard(speaker: Visit) -> None:
    sheet = record(speaker)
    sheet.get_by_role("button", name="停止").press("Enter")
    expect(sheet.get_by_role("status")).to_contain_text("录好了")
    expect(sheet.get_by_role("button", name="发送")).to_be_focused()
    sheet.get_by_role("button", name="播放语音").press("Enter")
    expect(sheet.get_by_role("button", name="暂停")).to_be_visible()
    sheet.get_by_role("button", name="发送").press("Enter")
    expect(sheet).to_have_count(0)
    message = sent(speaker).locator(".sound")
    expect(message).to_have_count(1)
    expect(message).to_contain_text(re.compile(r"0:00 / 0:0[1-9]"))
    message.get_by_role("button", name="播放语音").press("Enter")
    expect(message.get_by_role("button", name="暂停")).to_be_visible()
    expect(message.get_by_role("button", name="播放语音")).to_be_visible()  # it came to its end
    expect(speaker.page.locator(".upload")).to_have_count(0)


@pytest.mark.parametrize("leave", ["closes the sheet", "closes the panel"])
def test_the_microphone_is_off_when_the_customer(speaker: Visit, leave: str) -> None:
    record(speaker)
    if leave == "closes the sheet":
        speaker.page.keyboard.press("Escape")
    else:
        speaker.page.evaluate("careline.hide()")
    expect(speaker.panel.get_by_role("dialog", name="语音消息")).to_have_count(0)
    open_tracks = "() => tracks.length > 0 && tracks.every(track => track.readyState === 'ended')"
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while not speaker.page.evaluate(open_tracks):
        assert time.monotonic() < deadline, "the microphone is still on"
    expect(speaker.page.locator("#log .upload, #log .attachment")).to_have_count(0)


def test_a_microphone_that_is_not_allowed_is_told_and_asked_for_again(visiting: Visiting) -> None:
    visit = visiting("/shop").open()
    sheet = voice_sheet(visit)
    sheet.get_by_role("button", name="开始录音").press("Enter")
    expect(sheet.get_by_role("status")).to_contain_text(re.compile("您没有允许使用麦克风|没有找到麦克风"))
    expect(sheet.get_by_role("button", name="开始录音")).to_be_focused()


# -- invitations


def invitations(visit: Visit) -> int:
    """Fulfil a rule on this page, once the script that invites is at work, and see what is there."""
    found: int = visit.page.evaluate(IN_TROUBLE, PATIENCE_MS)
    return found


def test_an_invitation_is_not_pushed_on_anybody(visiting: Visiting) -> None:
    visit = visiting("/shop")
    assert invitations(visit) == 1
    invited = visit.page.get_by_role("region", name="在线客服邀请")
    expect(invited.get_by_role("status")).to_contain_text("好像不太顺利")
    assert visit.page.evaluate("document.activeElement === document.body")
    assert invitations(visit) == 1
    invited.get_by_role("button", name="和客服聊聊").click()
    expect(visit.panel).to_be_visible()
    expect(invited).to_have_count(0)
    assert visit.kept("refused") is None


def test_a_rule_fits_when_all_its_conditions_do(visiting: Visiting) -> None:
    words = {"zh": "第二条", "en": "the second"}
    rules = [{"id": "elsewhere", "page": "/plans/*", "words": words}, {"id": "cart", "page": "*/sh*p", "cart": 2, "words": words}]

    def with_rules(route: Route) -> None:
        route.fulfill(json={**route.fetch().json(), "invitations": rules})

    visit = visiting("/shop")
    visit.context.route("**/api/v1/widget", with_rules)
    visit.page.reload()
    assert invitations(visit) == 0
    visit.page.evaluate("careline.setContext({ cart: 1 })")
    assert invitations(visit) == 0
    visit.page.evaluate("careline.setContext({ cart: 2 })")
    assert invitations(visit) == 1
    expect(visit.page.locator(".invitation")).to_contain_text("第二条")


@pytest.mark.parametrize("refuse", ["says no", "presses Escape", "leaves the page"])
def test_nobody_is_invited_again_who(visiting: Visiting, refuse: str) -> None:
    visit = visiting("/shop", language="en-US")
    assert invitations(visit) == 1
    invited = visit.page.get_by_role("region", name="Invitation to chat")
    if refuse == "says no":
        invited.get_by_role("button", name="No thanks").click()
        expect(invited).to_have_count(0)
    elif refuse == "presses Escape":
        visit.page.keyboard.press("Escape")
        expect(invited).to_have_count(0)
    visit.page.reload()
    assert invitations(visit) == 0
    visit.page.evaluate("careline.shutdown()")
    visit.page.reload()
    assert invitations(visit) == 0
    other = visit.another_tab()
    other.go("/shop")
    assert invitations(other) == 0


def test_nobody_is_invited_who_has_the_chat_open(visiting: Visiting) -> None:
    visit = visiting("/shop").open()
    visit.page.evaluate(TROUBLE)
    expect(visit.page.locator(".invitation")).to_have_count(0)
    visit.say("你好")
    visit.page.reload()
    expect(visit.launcher).to_be_visible()
    visit.page.evaluate(TROUBLE)
    expect(visit.page.locator(".invitation")).to_have_count(0)
