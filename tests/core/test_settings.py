"""Settings: unsafe starts are refused with every reason at once."""

import base64
import os
import secrets
from pathlib import Path

import pytest

from core.errors import SettingsError
from core.settings import SECRETS, Settings, load


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def good_values() -> dict[str, str]:
    values = {name.upper(): secrets.token_urlsafe(32) for name in SECRETS}
    for name in ("SEAL_KEY", "BOT_SEAL_KEY"):
        values[name] = base64.b64encode(os.urandom(32)).decode()
    return values


def write(folder: Path, values: dict[str, str], mode: int = 0o600) -> Path:
    path = folder / ".env"
    path.write_text("".join(f"{name}={value}\n" for name, value in values.items()))
    path.chmod(mode)
    return path


def problems(folder: Path, values: dict[str, str], mode: int = 0o600) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as refused:
        load(write(folder, values, mode))
    return refused.value.problems


def test_generated_secrets_are_enough_to_start(tmp_path: Path) -> None:
    settings = load(write(tmp_path, good_values() | {"PORT": "8123"}))
    assert settings.port == 8123
    assert settings.is_demo
    assert settings.base_url == "http://127.0.0.1:8123"
    assert settings.balance_url == settings.reference_url


def test_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "9001")
    assert load(write(tmp_path, good_values() | {"PORT": "8123"})).port == 9001


def test_all_problems_are_named_together(tmp_path: Path) -> None:
    values = good_values() | {
        "PORT": "eighty",
        "TOKEN_KEY": "short",
        "CODE_PEPPER": "changeme-changeme-changeme-changeme",
        "SEAL_KEY": secrets.token_urlsafe(40),
        "BALANCE_API_URL": "http://operator.example.cn/api",
        "DEMO": "1",
        "PUBLIC_BASE_URL": "https://chat.operator.cn",
        "TWILIO_ACCOUNT_SID": "AC0123",
    }
    del values["ACTION_SECRET"]
    found = problems(tmp_path, values, 0o644)
    for name in (
        ".env can be read",
        "PORT cannot be read",
        "TOKEN_KEY is shorter",
        "CODE_PEPPER looks like a default",
        "SEAL_KEY is not the base64",
        "ACTION_SECRET is missing",
        "BALANCE_API_URL would send",
        "DEMO is on",
        "TWILIO_AUTH_TOKEN is missing",
        "TWILIO_FROM is missing",
    ):
        assert any(sentence.startswith(name) for sentence in found), (name, found)
    assert len(found) == 10
    assert all(sentence.endswith((".", ")")) and ";" in sentence for sentence in found)


def test_nothing_at_all_names_every_secret(tmp_path: Path) -> None:
    found = problems(tmp_path, {})
    assert {sentence.split()[0] for sentence in found} == {name.upper() for name in SECRETS}


def test_one_value_for_two_secrets_is_refused(tmp_path: Path) -> None:
    values = good_values()
    values["TOKEN_KEY"] = values["ACTION_SECRET"]
    assert "same as ACTION_SECRET" in problems(tmp_path, values)[0]


def test_demo_goes_off_when_an_operator_is_set(tmp_path: Path) -> None:
    settings = load(
        write(tmp_path, good_values() | {"ORDER_API_URL": "https://operator.cn", "BALANCE_API_URL": "https://operator.cn"})
    )
    assert not settings.is_demo


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]:8080"])
def test_demo_may_be_reached_from_this_machine(tmp_path: Path, url: str) -> None:
    assert load(write(tmp_path, good_values() | {"DEMO": "1", "PUBLIC_BASE_URL": url})).is_demo


def test_secrets_do_not_show(tmp_path: Path) -> None:
    values = good_values()
    shown = repr(load(write(tmp_path, values)))
    assert not any(values[name.upper()] in shown for name in SECRETS)


def test_every_setting_has_a_meaning() -> None:
    assert all(field.description for field in Settings.model_fields.values())
    assert set(SECRETS) <= set(Settings.model_fields)
