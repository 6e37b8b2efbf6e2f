"""The whole product on free ports with data of its own, as `make run` starts it; tests drive it from the outside (docs/decisions.md, D13)."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xmlrpc.client import ServerProxy

import httpx2
from supervisor.xmlrpc import SupervisorTransport

from processes import env_file
from processes.places import ROOT

READY_SECONDS = 400  # a busy machine, and a model to train first
TRIES = 3  # another process may take a port between our look and the start
PORTS = ("PORT", "BOT_PORT", "ACTIONS_PORT", "REFERENCE_PORT")


@dataclass
class Stack:
    """A running product. `secrets` are what its .env holds."""

    folder: Path
    ports: dict[str, int]
    secrets: dict[str, str]
    process: subprocess.Popen[bytes]
    settings: dict[str, str] = field(default_factory=dict)
    http: httpx2.Client = field(default_factory=lambda: httpx2.Client(timeout=30, limits=httpx2.Limits(max_connections=400)))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ports['PORT']}"

    @property
    def operator_url(self) -> str:
        return f"http://127.0.0.1:{self.ports['REFERENCE_PORT']}"

    # the operator's back door, for tests
    def admin(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        headers = {
            "X-Admin-Key": self.secrets["REFERENCE_ADMIN_KEY"],
            "Authorization": f"Bearer {self.secrets['OPERATOR_API_KEY']}",
        }
        answer = self.http.request(method, f"{self.operator_url}{path}", headers=headers, json=body)
        assert answer.status_code < 300, f"{method} {path}: {answer.status_code} {answer.text[:300]}"
        return answer.json() if answer.content else None

    def fresh_customer(self, **wanted: Any) -> dict[str, Any]:
        """A customer nobody used before: id, name, msisdn, pin, ..."""
        found: dict[str, Any] = self.admin("POST", "/admin/customers/take", wanted)
        return found

    def ledger(self, number: str) -> list[dict[str, Any]]:
        found = self.admin("GET", f"/admin/ledger?limit=100&msisdn={number.replace('+', '%2B')}")
        rows: list[dict[str, Any]] = found["rows"] if isinstance(found, dict) else found
        return rows

    # texts
    def texts(self, number: str) -> list[str]:
        """Texts sent to a number, newest last."""
        path = self.folder / "outbox" / "sms.jsonl"
        lines = path.read_text().splitlines() if path.exists() else []
        return [row["text"] for row in map(json.loads, lines) if row["to"] == number]

    # processes
    def pid(self, program: str) -> int:
        """The process id of a program under the supervisor ("gateway:gateway1" where there are more); 0 while it is not running."""
        socket_address = f"unix://{self.folder}/run/s.sock"
        transport = SupervisorTransport(None, None, socket_address)
        try:
            found: Any = ServerProxy("http://127.0.0.1", transport=transport).supervisor.getProcessInfo(program)
        finally:
            transport.close()
        return int(found["pid"])

    def kill(self, program: str) -> int:
        """kill -9 of a process and its workers; the supervisor starts it again. The process id it had, 0 when there was none."""
        pid = self.pid(program)
        if pid:  # 0 would be ourselves
            listed = Path(f"/proc/{pid}/task/{pid}/children")
            workers = listed.read_text().split() if listed.exists() else []
            for one in (pid, *map(int, workers)):
                with suppress(ProcessLookupError):
                    os.kill(one, signal.SIGKILL)
        return pid

    def wait_ready(self, seconds: float = READY_SECONDS) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                if self.http.get(f"{self.url}/readyz", timeout=3).status_code == 200:
                    return
            except httpx2.HTTPError:
                pass
            if self.process.poll() is not None:
                break
            time.sleep(0.2)
        raise RuntimeError(f"the stack is not ready; logs in {self.folder}/logs")


@contextmanager
def running_stack(**settings: str) -> Iterator[Stack]:
    """Start a stack of one's own and stop it; `settings` are environment variables, such as GATEWAYS="4"."""
    folder = Path(tempfile.mkdtemp(prefix="careline-"))
    try:
        stack = _start(folder, settings)
        try:
            stack.wait_ready()
            yield stack
        finally:
            stop(stack)
    finally:
        if not os.environ.get("KEEP_STACK"):
            shutil.rmtree(folder, ignore_errors=True)


def _start(folder: Path, settings: dict[str, str]) -> Stack:
    secrets = {name: env_file.make(kind) for name, kind in env_file.MADE.items()}
    file = folder / ".env"
    file.touch(mode=0o600)
    file.write_text("".join(f"{name}={value}\n" for name, value in secrets.items()))
    for _ in range(TRIES):
        ports = free_ports()
        process = _launch(folder, ports, settings)
        time.sleep(1.0)  # long enough for a busy port to be told; the wait for readiness follows
        if process.poll() is None:
            return Stack(folder, ports, secrets, process, settings)
    raise RuntimeError(f"the stack did not start: {(folder / 'run.log').read_text()[-800:]}")


def _launch(folder: Path, ports: dict[str, int], settings: dict[str, str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "processes.supervise"]
    environment = _environment(folder, folder / ".env", ports, settings)
    with (folder / "run.log").open("ab") as log:
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)


def start_again(stack: Stack) -> Stack:
    """The same installation once more: its data, its secrets, its ports."""
    process = _launch(stack.folder, stack.ports, stack.settings)
    return Stack(stack.folder, stack.ports, stack.secrets, process, stack.settings)


@contextmanager
def starting_stack(**settings: str) -> Iterator[Stack]:
    """A stack that has just been started, ready or not; whoever starts it again stops that one too."""
    folder = Path(tempfile.mkdtemp(prefix="careline-"))
    try:
        stack = _start(folder, settings)
        try:
            yield stack
        finally:
            stop(stack)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _environment(folder: Path, file: Path, ports: dict[str, int], settings: dict[str, str]) -> dict[str, str]:
    names = {name for name in os.environ if name in (*env_file.MADE, *env_file.TO_FILL_IN)}
    kept = {name: value for name, value in os.environ.items() if name not in names}
    numbers = {name: str(port) for name, port in ports.items()}
    return {**kept, **numbers, "VAR_DIR": str(folder), "CARELINE_ENV_FILE": str(file), **settings}


def stop(stack: Stack) -> None:
    stack.http.close()
    if stack.process.poll() is None:
        stack.process.send_signal(signal.SIGINT)
        try:
            stack.process.wait(60)
        except subprocess.TimeoutExpired:
            stack.process.kill()


def free_ports() -> dict[str, int]:
    """Ports that nobody has now; all are held until all are known, so that no two are the same."""
    sockets = []
    for _ in PORTS:
        one = socket.socket()
        one.bind(("127.0.0.1", 0))
        sockets.append(one)
    ports = {name: one.getsockname()[1] for name, one in zip(PORTS, sockets, strict=True)}
    for one in sockets:
        one.close()
    return ports
