"""An operator with sixty made-up customers, asked in-process: no socket, the same routes and the same database."""

from pathlib import Path
from typing import Any

from flask import Flask

from reference_api import seed, tables
from reference_api.app import create_app
from reference_api.settings import Settings
from reference_api.store import open_file

KEY, ADMIN, SECRET = "operator-key-for-tests-only", "admin-key-for-tests-only-1", "provider-secret-for-tests-1"
ZHANG, EMILY, WANG = "+8613800138000", "+8613900139000", "+8613700137000"


class Operator:
    """One running operator; `get` and `post` speak with the client's key."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        template = folder / "template.sqlite3"
        if not template.exists():
            connection = open_file(template)
            tables.create(connection)
            seed.build(connection, size=60)
            connection.close()
        self.app: Flask = create_app(Settings(KEY, ADMIN, SECRET, folder=folder / "reference", template=template, **settings))
        self.client = self.app.test_client()

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(
            path, query_string={name.replace("__", "."): value for name, value in query.items()}, headers=self.key()
        )

    def post(self, path: str, body: Any, **headers: str) -> Any:
        return self.client.post(
            path, json=body, headers=self.key() | {name.replace("_", "-"): value for name, value in headers.items()}
        )

    def patch(self, path: str, body: Any) -> Any:
        return self.client.patch(path, json=body, headers=self.key())

    def delete(self, path: str) -> Any:
        return self.client.delete(path, headers=self.key())

    def admin(self, method: str, path: str, body: Any = None) -> Any:
        return self.client.open(path, method=method, json=body, headers={"X-Admin-Key": ADMIN})

    def take(self, **wishes: Any) -> Any:
        """A customer of the pool nobody has had."""
        answer = self.admin("POST", "/admin/customers/take", wishes)
        assert answer.status_code == 201, answer.json
        return answer.json

    @staticmethod
    def key() -> dict[str, str]:
        return {"Authorization": f"Bearer {KEY}"}
