"""The action server: rasa-sdk on loopback, every request with the shared secret (docs/decisions.md, D1)."""

import hmac
import os
from typing import Any

from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor
from sanic import response
from sanic.request import Request
from sanic.response import HTTPResponse

from actions.base import CarelineAction
from actions.services import Services
from core import logs
from core.settings import Settings, load
from processes.parts import build
from processes.places import ENV_FILE


def create(settings: Settings) -> Any:
    """The server's app, with what the actions may use."""
    parts = build(settings)
    CarelineAction.services = Services(
        parts.operator, parts.identities, parts.verification, parts.journal, parts.promises, parts.clock
    )
    executor = ActionExecutor()
    executor.register_package("actions")
    app = create_app(executor)

    @app.on_request  # type: ignore[untyped-decorator]
    async def guard(request: Request) -> HTTPResponse | None:
        given = request.headers.get("X-Careline-Secret", "")
        if request.path == "/health" or hmac.compare_digest(given.encode(), settings.action_secret.encode()):
            return None
        return response.text("", status=401)

    return app


def main() -> None:
    settings = load(ENV_FILE)
    logs.set_up(settings.log_level)
    os.environ.setdefault("SANIC_HOST", "127.0.0.1")
    create(settings).run(host="127.0.0.1", port=settings.actions_port, single_process=True, access_log=False, motd=False)


if __name__ == "__main__":
    main()
