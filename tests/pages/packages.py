"""What tests bring into the browser from npm (package-lock.json beside this file); a test that needs what is not installed skips with a word."""

from pathlib import Path

import pytest

FOLDER = Path(__file__).with_name("node_modules")


def source(package: str, file: str) -> str:
    """The text of an installed package's file, as it was published."""
    path = FOLDER / package / file
    if not path.exists():
        pytest.skip(f"{package} is not installed: `make test` installs it where npm is (tests/pages/package.json)")
    return path.read_text(encoding="utf-8")
