"""What makes a start unsafe, one sentence each with its remedy."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from core.settings import Settings

SHORTEST_SECRET = 24  # characters; base64 of 18 random bytes
FEWEST_DIFFERENT = 8  # characters; 'aaaaaaaa...' and '12341234...' are defaults in disguise
GUESSED = ("changeme", "change-me", "change_me", "default", "example", "password", "placeholder", "replace", "your-", "your_")
_REMAKE = "delete the line from the file and start again to have one made"


def problems_of(settings: Settings, env_file: Path | None) -> list[str]:
    """Every reason not to start with these settings; empty when they may be used."""
    return [
        *_file_problems(env_file),
        *_secret_problems(settings),
        *_twin_secrets(settings),
        *_address_problems(settings),
        *_origin_problems(settings),
        *_mail_problems(settings),
        *_twilio_problems(settings),
    ]


def is_loopback(url: str) -> bool:
    """True when the address leads to this machine only."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _file_problems(env_file: Path | None) -> Iterator[str]:
    if env_file is None or not env_file.exists():
        return
    if stat.S_IMODE(env_file.stat().st_mode) & 0o077:
        yield f"{env_file.name} can be read by other users of this machine; run `chmod 600 {env_file.name}`."


def _required(settings: Settings) -> list[str]:
    """Names of the secrets this installation uses."""
    names = ["operator_api_key", "action_secret", "seal_key", "bot_seal_key", "token_key", "code_pepper"]
    stand_in = not (settings.balance_api_url and settings.order_api_url)
    if settings.is_demo:
        names.append("demo_api_key")
    if stand_in:
        names.append("reference_admin_key")
    if stand_in or settings.balance_style == "provider":
        names.append("provider_secret")
    return names


def _secret_problems(settings: Settings) -> Iterator[str]:
    required = _required(settings)
    for name in sorted({*required, "demo_api_key", "provider_secret", "reference_admin_key"}):
        value: str = getattr(settings, name)
        if not value:
            if name in required:
                yield f"{name.upper()} is missing; run `make run` once to have it made, or set it yourself."
            continue
        yield from _weakness(name, value)
    for key in [part.strip() for part in settings.integrator_keys.split(",") if part.strip()]:
        yield from _weakness("integrator_keys", key)


def _weakness(name: str, value: str) -> Iterator[str]:
    shown = name.upper()
    if len(value) < SHORTEST_SECRET:
        yield f"{shown} is shorter than {SHORTEST_SECRET} characters; {_REMAKE}."
    elif any(word in value.lower() for word in GUESSED) or len(set(value)) < FEWEST_DIFFERENT:
        yield f"{shown} looks like a default that others know; {_REMAKE}."
    elif name in {"seal_key", "bot_seal_key"} and not _is_32_bytes(value):
        yield f"{shown} is not the base64 of 32 bytes; {_REMAKE} (records sealed under another key stay unreadable)."


def _is_32_bytes(value: str) -> bool:
    try:
        return len(base64.b64decode(value, validate=True)) == 32
    except (binascii.Error, ValueError):
        return False


def _twin_secrets(settings: Settings) -> Iterator[str]:
    seen: dict[str, str] = {}
    for name in (*_required(settings), "twilio_auth_token"):
        value: str = getattr(settings, name)
        if value and value in seen:
            yield f"{name.upper()} is the same as {seen[value].upper()}; give each its own value."
        seen.setdefault(value, name)


def _address_problems(settings: Settings) -> Iterator[str]:
    if settings.is_demo and settings.public_base_url and not is_loopback(settings.public_base_url):
        yield "DEMO is on while PUBLIC_BASE_URL is open to others, which would show codes and sign-ins to them; set DEMO=0."
    for name in ("public_base_url", "balance_api_url", "order_api_url"):
        url: str = getattr(settings, name)
        if not url:
            continue
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            yield f"{name.upper()} is not an address; write it as https://host/path."
        elif name != "public_base_url" and parts.scheme == "http" and not is_loopback(url):
            yield f"{name.upper()} would send customers' data unencrypted to {parts.hostname}; use https."


def _origin_problems(settings: Settings) -> Iterator[str]:
    for origin in filter(None, (part.strip() for part in settings.allowed_origins.split(","))):
        parts = urlsplit(origin)
        bare = parts.scheme in {"http", "https"} and parts.hostname and not parts.path.strip("/") and not parts.query
        if not bare or "*" in origin or "@" in origin:
            yield f"ALLOWED_ORIGINS names {origin!r}, which is not one origin; write each as https://host, without path or '*'."


def _mail_problems(settings: Settings) -> Iterator[str]:
    if not settings.mail_url:
        return
    parts = urlsplit(settings.mail_url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        yield "MAIL_URL is not a mail server; write it as smtps://user:password@host or smtp://user:password@host:587."
    if not re.fullmatch(r"[^@\s<>,;:\"]+@[^@\s<>,;:\"]+", settings.mail_from):
        yield "MAIL_FROM is not a mail address; set the one customers' mails shall come from, such as care@shop.example."


def _twilio_problems(settings: Settings) -> Iterator[str]:
    if settings.twilio_account_sid and not settings.twilio_auth_token:
        yield "TWILIO_AUTH_TOKEN is missing; copy it from the Twilio console beside TWILIO_ACCOUNT_SID."
    if settings.twilio_account_sid and not settings.public_base_url:
        yield "PUBLIC_BASE_URL is missing; Twilio's signatures cover it, so set the address Twilio calls."
    if settings.twilio_account_sid and not re.fullmatch(r"\+[1-9]\d{6,14}|MG[0-9a-f]{32}", settings.twilio_from):
        yield "TWILIO_FROM is missing or no sender; set a number of the account such as +8613800138000, or a messaging service (MG...)."
