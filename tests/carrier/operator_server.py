"""The real stand-in operator as a process of its own, for tests."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2

from carrier.audit import Audit
from carrier.connect import CarrierSettings, connect
from carrier.operator import Operator

API_KEY, ADMIN_KEY, SECRET = "api-key-of-a-test-0123456789", "admin-key-of-a-test-012345678", "provider-secret-of-a-test-01234"
ROOT = Path(__file__).resolve().parents[2]


class Server:
    """A running reference_api and what an administrator may do to it."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._admin = httpx2.Client(base_url=address, headers={"X-Admin-Key": ADMIN_KEY}, timeout=30, trust_env=False)

    def admin(self, method: str, path: str, **more: Any) -> Any:
        answer = self._admin.request(method, f"/admin/{path}", **more)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def take(self, **wanted: Any) -> dict[str, Any]:
        """A customer nobody had before."""
        taken: dict[str, Any] = self.admin("POST", "customers/take", json=wanted)
        return taken

    def ledger(self, number: str, kind: str) -> list[dict[str, Any]]:
        """The ledger rows of a line that are of this kind."""
        return [row for row in self.admin("GET", "ledger", params={"msisdn": number, "limit": 100}) if row["kind"] == kind]

    @contextmanager
    def fault(self, match: str, kind: str, **more: Any) -> Iterator[None]:
        """A fault that stands for the length of the block."""
        self.admin("POST", "faults", json={"match": match, "kind": kind, **more})
        try:
            yield
        finally:
            self.admin("DELETE", "faults")

    def operator(self, style: str = "tmf", audit: Audit | None = None) -> Operator:
        """A carrier of its own: cold cache, closed breakers."""
        settings = CarrierSettings.model_validate(
            {
                "balance_url": self.address,
                "order_url": self.address,
                "api_key": API_KEY,
                "balance_style": style,
                "provider_secret": SECRET,
            }
        )
        return connect(settings, audit=audit)

    def close(self) -> None:
        self._admin.close()


@contextmanager
def running(folder: Path) -> Iterator[Server]:
    """Starts it on a free port with a database below `folder`, and stops it again."""
    environment = {
        **os.environ,
        "OPERATOR_API_KEY": API_KEY,
        "REFERENCE_ADMIN_KEY": ADMIN_KEY,
        "PROVIDER_SECRET": SECRET,
        "REFERENCE_PORT": "0",
        "VAR_DIR": str(folder),
        "REFERENCE_QUOTA_PER_MINUTE": "600000",
        "REFERENCE_SLOW_SECONDS": "1",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "reference_api"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        said = process.stdout.readline()  # it speaks once it listens; at its death this ends too
        assert said.startswith("reference_api on http://"), f"reference_api did not start: {said!r}"
        server = Server(said.split()[-1])
        yield server
        server.close()
    finally:
        process.terminate()
        process.wait(20)
        if process.stdout is not None:
            process.stdout.close()
