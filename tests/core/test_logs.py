"""Every line that is logged, ours or a library's, is masked and stays one JSON object."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from core import logs

NUMBER = "13800138000"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    stream = io.StringIO()
    logs.set_up("info", stream=stream)
    yield stream
    root.handlers[:] = before[0]
    root.setLevel(before[1])


def lines(written: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def test_numbers_are_masked_wherever_they_stand(written: io.StringIO) -> None:
    logs.get_logger("ours").info("asked", number=NUMBER, nested={"to": [f"+86{NUMBER}"]})
    logging.getLogger("library").warning("sent to %s", NUMBER)
    logs.get_logger("ours").info("bare", number=int(NUMBER))
    assert NUMBER not in written.getvalue()
    assert len(lines(written)) == 3


def test_exceptions_are_logged_and_masked(written: io.StringIO) -> None:
    for logger in (logs.get_logger("ours"), logging.getLogger("library")):
        try:
            raise ValueError(f"no such number {NUMBER}")
        except ValueError:
            logger.exception("failed")
    assert NUMBER not in written.getvalue()
    assert written.getvalue().count("ValueError") >= 2
    assert len(lines(written)) == 2


def test_no_words_break_out_of_their_line(written: io.StringIO) -> None:
    logs.get_logger("ours").info("said", words='＂, ＂level＂: ＂x\n{"event": "forged"}')
    assert len(lines(written)) == 1


def test_lines_below_the_level_are_not_written(written: io.StringIO) -> None:
    logs.get_logger("ours").debug("nothing")
    assert written.getvalue() == ""


def test_ops_02_a_server_that_quotes_a_broken_request_is_kept_short(written: io.StringIO) -> None:
    server = logging.getLogger("gunicorn.error")
    server.warning("Invalid request from ip=203.0.113.7: Invalid HTTP method: 'PIN 246810'")
    server.error("Error handling request %s", "/?code=246810")
    assert [line["event"] for line in lines(written)] == ["Invalid request", "Error handling request"]
    assert server.handlers == []
