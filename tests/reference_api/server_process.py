"""The operator as a process of its own, on one port for its whole life, so that it can be killed and come back."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx2

from reference_api import seed, tables
from reference_api.store import open_file
from tests.reference_api.given_operator import ADMIN, KEY, SECRET

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class ServerProcess:
    """A running server; `kill` is kill -9, `stop` is SIGTERM."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "server.log"
        self.environment = {
            "PATH": os.environ["PATH"],
            "OPERATOR_API_KEY": KEY,
            "REFERENCE_ADMIN_KEY": ADMIN,
            "PROVIDER_SECRET": SECRET,
            "REFERENCE_PORT": str(self.port),
            "REFERENCE_TEMPLATE": str(self._template()),
            "REFERENCE_QUOTA_PER_MINUTE": "600000",
            "VAR_DIR": str(folder),
            **environment,
        }
        self.http = httpx2.Client(base_url=self.url, headers={"Authorization": f"Bearer {KEY}"}, timeout=30, trust_env=False)
        self.start()

    def _template(self) -> Path:
        path = self.folder / "template.sqlite3"
        connection = open_file(path)
        connection.execute("PRAGMA journal_mode = DELETE")
        tables.create(connection)
        seed.build(connection, size=60)
        connection.close()
        return path

    def start(self) -> None:
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "reference_api"], cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise AssertionError(self.log.read_text())
            try:
                if self.http.get("/healthz").status_code == 200:
                    return
            except httpx2.TransportError:
                time.sleep(0.05)
        raise AssertionError("the server did not answer in time")

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)

    def admin(self, method: str, path: str, **more: Any) -> httpx2.Response:
        return self.http.request(method, path, headers={"X-Admin-Key": ADMIN}, **more)

    def take(self, **wishes: Any) -> Any:
        answer = self.admin("POST", "/admin/customers/take", json=wishes)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def ledger(self, msisdn: str) -> Any:
        return self.admin("GET", "/admin/ledger", params={"msisdn": msisdn, "limit": 100}).json()

    def __enter__(self) -> "ServerProcess":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self.process.poll() is None:
            self.kill()
        self.http.close()
