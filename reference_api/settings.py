"""What the server is told by its environment, read once at start."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SHORTEST_KEY = 24  # characters; a shorter key is a guessable one


class SettingsError(Exception):
    """The environment is not fit to start with; the text is one sentence with the remedy and no secret."""


@dataclass(frozen=True)
class Settings:
    """Every setting: name in the environment, unit and default stand beside each."""

    operator_api_key: str  # OPERATOR_API_KEY: what clients send as bearer
    admin_key: str  # REFERENCE_ADMIN_KEY: what tests send as X-Admin-Key
    provider_secret: str  # PROVIDER_SECRET: signs the provider-style API
    port: int = 8090  # REFERENCE_PORT; 0 takes a free one and prints it
    folder: Path = Path("var/reference")  # VAR_DIR + "/reference"
    template: Path | None = None  # REFERENCE_TEMPLATE: a seeded database to copy instead of building one
    quota_per_minute: int = 12_000  # REFERENCE_QUOTA_PER_MINUTE: requests a minute and key; beyond it 429
    slow_seconds: float = 3.0  # REFERENCE_SLOW_SECONDS: how long a sandbox payment of the kind `slow` takes
    callback_hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "::1")  # + REFERENCE_CALLBACK_HOSTS, comma-separated


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings of this process. Raises SettingsError naming every missing or short key at once."""
    names = ("OPERATOR_API_KEY", "REFERENCE_ADMIN_KEY", "PROVIDER_SECRET")
    unfit = [name for name in names if len(environment.get(name, "")) < SHORTEST_KEY]
    if unfit:
        named = ", ".join(unfit)
        raise SettingsError(f"Set {named} to at least {SHORTEST_KEY} characters each (`make run` writes them into .env).")
    template = environment.get("REFERENCE_TEMPLATE")
    extra_hosts = tuple(host.strip() for host in environment.get("REFERENCE_CALLBACK_HOSTS", "").split(",") if host.strip())
    return Settings(
        operator_api_key=environment["OPERATOR_API_KEY"],
        admin_key=environment["REFERENCE_ADMIN_KEY"],
        provider_secret=environment["PROVIDER_SECRET"],
        port=_number(environment, "REFERENCE_PORT", 8090),
        folder=Path(environment.get("VAR_DIR") or "var") / "reference",
        template=Path(template) if template else None,
        quota_per_minute=_number(environment, "REFERENCE_QUOTA_PER_MINUTE", 12_000),
        slow_seconds=float(_number(environment, "REFERENCE_SLOW_SECONDS", 3)),
        callback_hosts=Settings.callback_hosts + extra_hosts,
    )


def _number(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or len(text) > 7:
        raise SettingsError(f"{name} must be a whole number, not {text[:20]!r}.")
    return int(text)
