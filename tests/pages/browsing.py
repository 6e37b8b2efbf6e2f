"""A customer's browser: real Chromium, watched for errors, for requests to anybody else and for breaches of the content policy."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.stack import Stack

PATIENCE_MS = 40_000  # a turn on a busy machine; nothing is asserted about how long it took
BREACHES = "window.breaches = []; addEventListener('securitypolicyviolation', e => breaches.push(e.violatedDirective + ' ' + e.blockedURI));"
FOCUSED = "(function inner(one) { return one.shadowRoot?.activeElement ? inner(one.shadowRoot.activeElement) : one; })(document.activeElement)"
FOCUS_IS_SEEN = f"""() => {{
  const one = {FOCUSED};
  const {{ left, top, width, height }} = one.getBoundingClientRect();
  const above = one.getRootNode().elementFromPoint(left + width / 2, top + height / 2);
  const marked = one.matches(':focus-visible') && (getComputedStyle(one).outlineStyle !== 'none' || one.matches('[type=radio]'));
  return marked && (one.contains(above) || one.closest('label')?.contains(above) === true);
}}"""
# What Chromium itself logs for a request that failed; tests that cut the line expect it.
REQUEST_FAILED = re.compile(r"Failed to load resource: net::ERR_(INTERNET_DISCONNECTED|FAILED)")


@dataclass
class Visit:
    """One tab of one visitor. `complaints` holds what a clean page does not have."""

    stack: Stack
    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)
    expected: re.Pattern[str] | None = None  # on the console, where a test asks for trouble

    @classmethod
    def begin(cls, stack: Stack, browser: Browser, *, language: str = "zh-CN", width: int = 1280, **more: Any) -> "Visit":
        context = browser.new_context(locale=language, viewport={"width": width, "height": 800}, **more)
        context.add_init_script(BREACHES)
        return cls(stack, context, context.new_page()).watched()

    def another_tab(self) -> "Visit":
        """A tab opened by hand in the same browser."""
        return Visit(self.stack, self.context, self.context.new_page()).watched()

    def watched(self) -> "Visit":
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.on("console", lambda said: self._hear(said.type, said.text))
        self.page.on("pageerror", lambda error: self.complaints.append(f"page error: {error}"))
        self.page.on("request", lambda asked: self._see(asked.url))
        self.page.on("websocket", lambda opened: self._see(opened.url))
        return self

    def _hear(self, kind: str, text: str) -> None:
        if (
            kind in ("error", "warning")
            and not REQUEST_FAILED.search(text)
            and not (self.expected and self.expected.search(text))
        ):
            self.complaints.append(f"console: {text}")

    def _see(self, url: str) -> None:
        ours = (f"{self.stack.url}/", f"ws{self.stack.url.removeprefix('http')}/", f"blob:{self.stack.url}/")
        if not url.startswith(ours):
            self.complaints.append(f"asked somebody else: {url}")

    def go(self, address: str) -> None:
        self.page.goto(self.stack.url + address)

    def is_clean(self) -> None:
        """Nothing in the console, nobody else asked, no breach of the policy, no scrolling sideways."""
        assert self.complaints == []
        assert self.page.evaluate("window.breaches") == []
        assert self.scrolls_sideways() is False

    def scrolls_sideways(self) -> bool:
        found: bool = self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        return found

    # the chat: its parts live in the widget's open shadow root, which locators look into
    @property
    def launcher(self) -> Locator:
        return self.page.locator("careline-chat .launcher")

    @property
    def panel(self) -> Locator:
        return self.page.locator("careline-chat .panel")

    @property
    def messages(self) -> Locator:
        return self.page.locator("#log .message")

    @property
    def field(self) -> Locator:
        return self.page.locator("#words")

    def open(self) -> "Visit":
        """Open the chat, where it is closed."""
        expect(self.launcher).to_be_attached()
        if not self.panel.is_visible():
            self.launcher.click()
        expect(self.field).to_be_focused()
        return self

    def say(self, text: str) -> None:
        """Type, press Enter, and wait until it is answered."""
        self.open()
        self.field.fill(text)
        self.field.press("Enter")
        self.is_answered()

    def asks(self, text: str, answer: str) -> None:
        """Say something, and hear something more that matches; perhaps not as the last sentence."""
        heard = self.messages.filter(has_text=re.compile(answer))
        before = heard.count()
        self.say(text)
        expect(heard.nth(before)).to_be_visible()

    def click(self, title: str) -> None:
        """Press a button of the last answer and wait for what follows."""
        self.page.locator("#log .choices button:enabled", has_text=title).click()
        self.is_answered()

    def is_answered(self) -> None:
        """Nothing of ours is waiting, and the last word is the bot's."""
        expect(self.page.locator("#log .is-pending")).to_have_count(0)
        expect(self.page.locator("#working")).to_be_hidden()
        expect(self.messages.last).not_to_have_class(re.compile("mine"))

    def hears(self, words: str) -> None:
        """The last message matches."""
        expect(self.messages.last).to_contain_text(re.compile(words))

    def talk(self) -> list[str]:
        """All that was said, in order, without the times."""
        texts: list[str] = self.page.locator("#log .bubble span[lang]").evaluate_all("all => all.map(one => one.textContent)")
        return texts

    def shows(self, talk: list[str]) -> None:
        """Exactly this was said, in this order."""
        expect(self.page.locator("#log .bubble span[lang]")).to_have_text(talk)

    def kept(self, name: str) -> Any:
        """What the widget keeps in this browser under careline.<name>; None where there is nothing."""
        return json.loads(self.page.evaluate("name => localStorage.getItem(`careline.${name}`)", name) or "null")

    # the focus, which may be inside the widget's shadow root
    def focused_text(self) -> str:
        found: str = self.page.evaluate(f"() => {FOCUSED}.textContent ?? ''")
        return found

    def focused_name(self) -> str:
        """What a screen reader calls it: its label, else its words."""
        name = "one.ariaLabel || [...(one.labels ?? [])].map(label => label.textContent).join() || one.textContent"
        found: str = self.page.evaluate(f"() => {{ const one = {FOCUSED}; return {name}; }}")
        return found

    def focus_is_seen(self) -> bool:
        """It is on top where it stands, so nothing covers it; and it is marked."""
        found: bool = self.page.evaluate(FOCUS_IS_SEEN)
        return found

    def proves(self, customer: dict[str, Any]) -> None:
        """Answers the questions for number and service PIN."""
        self.say(customer["msisdn"].removeprefix("+86"))
        self.say(customer["pin"])
