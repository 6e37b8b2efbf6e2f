"""Runs every script of this folder against the running product."""

from pathlib import Path

import pytest

from tests.dialogue.script import Script, scripts
from tests.stack import Stack

ALL = scripts(Path(__file__).parent)

pytestmark = pytest.mark.stack


@pytest.mark.parametrize("script", ALL, ids=[script.name for script in ALL])
def test_customer(script: Script, stack: Stack) -> None:
    script.run(stack)


def test_names_are_unique() -> None:
    names = [script.name for script in ALL]
    assert len(names) == len(set(names))
