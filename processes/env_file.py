""".env: the secrets of an installation, made at its first start, and the places to fill in. Standard library only."""

import base64
import os
import secrets
from pathlib import Path

from processes.trouble import Trouble

# name -> how it is made. Key-wrapping keys are exactly 32 bytes; the rest are strings that nobody can guess.
MADE = {
    "DEMO_API_KEY": "text",
    "ACTION_SECRET": "text",
    "TOKEN_KEY": "text",
    "CODE_PEPPER": "text",
    "OPERATOR_API_KEY": "text",
    "PROVIDER_SECRET": "text",
    "REFERENCE_ADMIN_KEY": "text",
    "SEAL_KEY": "key",
    "BOT_SEAL_KEY": "key",
}
TO_FILL_IN = (
    "TWILIO_ACCOUNT_SID",
    "TWILIO_AUTH_TOKEN",
    "TWILIO_FROM",
    "PUBLIC_BASE_URL",
    "BALANCE_API_URL",
    "ORDER_API_URL",
    "REDIS_URL",
    "DATABASE_URL",
    "DEMO",
)

HEAD = "# Secrets and addresses of this installation (docs/settings.md). Keep it to yourself: mode 600, never in git.\n"


def ensure(path: Path) -> bool:
    """Make `path` with fresh secrets, or add the ones it lacks. True when the file is new. Raises Trouble."""
    have = read(path) if path.exists() else {}
    lacking = {name: make(kind) for name, kind in MADE.items() if not have.get(name)}
    blank = [name for name in TO_FILL_IN if name not in have]
    new = not path.exists()
    if not lacking and not blank:
        return False
    text = HEAD if new else path.read_text()
    text += "".join(f"{name}={value}\n" for name, value in lacking.items()) + "".join(f"{name}=\n" for name in blank)
    _write(path, text)
    return new


def make(kind: str) -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode() if kind == "key" else secrets.token_urlsafe(32)


def read(path: Path) -> dict[str, str]:
    """name -> value; raises Trouble when others can read the file."""
    if path.stat().st_mode & 0o077:
        raise Trouble(f"{path.name} can be read by others. Run: chmod 600 {path.name}")
    pairs = (line.split("=", 1) for line in path.read_text().splitlines() if "=" in line and not line.lstrip().startswith("#"))
    return {name.strip(): value.strip() for name, value in pairs}


def _write(path: Path, text: str) -> None:
    beside = path.with_name(path.name + ".new")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
