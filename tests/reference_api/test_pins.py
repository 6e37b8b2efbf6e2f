"""POST /careline/v1/pinChecks."""

from pathlib import Path

import pytest

from reference_api import pins
from tests.reference_api.given_operator import EMILY, WANG, ZHANG, Operator

PATH = "/careline/v1/pinChecks"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(tmp_path_factory.mktemp("pins"))


@pytest.fixture(scope="module")
def operator(folder: Path) -> Operator:
    return Operator(folder)


def check(operator: Operator, msisdn: str, pin: str) -> str:
    answer = operator.post(PATH, {"msisdn": msisdn, "pin": pin})
    assert answer.status_code == 200
    return str(answer.json["result"])


@pytest.mark.parametrize(("number", "pin"), [(ZHANG, "246810"), (EMILY, "135790"), (WANG, "112233")])
def test_the_demo_pins(operator: Operator, number: str, pin: str) -> None:
    assert check(operator, number, pin) == "ok"
    assert check(operator, number, "000000") == "wrong"


def test_a_pool_customers_pin(operator: Operator) -> None:
    customer = operator.take()
    assert check(operator, customer["msisdn"], customer["pin"]) == "ok"


@pytest.mark.parametrize("pin", ["", "2468", "２４６８１０", "246810 ", "x" * 33, "246810\u0000"])
def test_what_looks_like_the_pin_is_not_the_pin(operator: Operator, pin: str) -> None:
    answer = operator.post(PATH, {"msisdn": ZHANG, "pin": pin})
    assert answer.status_code == 400 or answer.json == {"result": "wrong"}


def test_a_number_of_nobody(operator: Operator) -> None:
    assert check(operator, "+8610000000000", "246810") == "unknown"


def test_guessing_is_stopped_even_with_the_right_pin(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pins, "MOST_WRONG", 3)
    customer = operator.take()
    for _ in range(3):
        assert check(operator, customer["msisdn"], "000000") == "wrong"
    answer = operator.post(PATH, {"msisdn": customer["msisdn"], "pin": customer["pin"]})
    assert (answer.status_code, answer.json["code"]) == (429, "quotaExceeded")
    assert 0 < int(answer.headers["Retry-After"]) <= 3600


def test_no_pin_reaches_the_disk(operator: Operator, folder: Path) -> None:
    operator.post(PATH, {"msisdn": ZHANG, "pin": "975318"}, Idempotency_Key="pin-key-1")
    operator.app.extensions["journal"].flush(operator.app.extensions["store"])
    files = list((folder / "reference").glob("operator*"))
    assert files
    for path in files:
        content = path.read_bytes()
        for pin in (b"975318", b"246810", b"135790"):
            assert pin not in content, path.name
