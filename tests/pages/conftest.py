"""A browser for the whole run, and visits that must end clean."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.pages.browsing import PATIENCE_MS, Visit
from tests.stack import Stack

# The launcher prefers CHROMIUM, then the two names that distributions use.
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
Visiting = Callable[..., Visit]
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no chromium here: install Debian's package, or name another in CHROMIUM")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def visiting(browser: Browser, stack: Stack) -> Iterator[Visiting]:
    """`visiting("/shop", language="en-US", width=320)`: a new visitor there. Every visit is checked to be clean in the end."""
    visits: list[Visit] = []

    def begin(address: str, **how: Any) -> Visit:
        visits.append(Visit.begin(stack, browser, **how))
        visits[-1].go(address)
        return visits[-1]

    yield begin
    try:
        for visit in visits:
            visit.is_clean()
    finally:
        for visit in visits:
            visit.context.close()
