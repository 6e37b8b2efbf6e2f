"""Which pages may use the chat: preflights, answers they may read, and pages that may not."""

import pytest
from flask import Flask, Response, request
from flask.testing import FlaskClient

from core.problems import Problem
from core.settings import Settings
from core.settings_checks import problems_of
from tests.stack import Stack
from tests.webchat.door import Web
from webchat.origins import Origins, shared

NAMED = (
    "https://shop.example, https://WWW.shop.example/ ,https://app.shop.example:8443,http://[::1]:3000,https://full.example:443"
)
ALLOWED = (
    "https://care.example", "https://shop.example", "https://www.shop.example", "https://app.shop.example:8443", "http://[::1]:3000",
    "https://full.example", "http://localhost",
)  # fmt: skip
FOREIGN = (
    "null", "https://evil.example", "http://shop.example", "https://shop.example.evil.example", "https://evilshop.example", "https://shop.example:444",
    "https://app.shop.example", "https://shop.example@evil.example", "https://shop.example/", "file://", "", "https://SHOP.example", "*",
    "https://shop.example https://evil.example",
)  # fmt: skip


@pytest.fixture
def page() -> FlaskClient:
    """An app with one shared address, as the gateway makes it; its own address is http://localhost."""
    app = Flask("door")
    origins = Origins(Settings(public_base_url="https://care.example/base", allowed_origins=NAMED, _env_file=None))  # type: ignore[call-arg]

    @app.errorhandler(Problem)
    def problem(error: Problem) -> tuple[str, int]:
        return error.code, error.status

    @app.route("/api/v1/thing", methods=["GET", "POST", "DELETE"])
    def thing() -> str:
        origins.check(request)
        return "ours"

    @app.get("/elsewhere")
    def elsewhere() -> str:
        return "not shared"

    shared(app, origins)
    return app.test_client()


def permissions(answer: Response) -> dict[str, str]:
    return {name.lower(): value for name, value in answer.headers if name.lower().startswith("access-control-")}


@pytest.mark.parametrize("origin", ALLOWED)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_named_page_is_served_and_may_read(method: str, origin: str, page: FlaskClient) -> None:
    answer = page.open("/api/v1/thing", method=method, headers={"Origin": origin})
    assert answer.status_code == 200
    told = permissions(answer)
    assert told["access-control-allow-origin"] == origin
    assert "access-control-allow-credentials" not in told, "there is no cookie to send"
    assert "Origin" in answer.headers["Vary"]


@pytest.mark.parametrize("origin", FOREIGN)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE"])
def test_any_other_page_is_refused_and_may_not_even_read_that(method: str, origin: str, page: FlaskClient) -> None:
    answer = page.open("/api/v1/thing", method=method, headers={"Origin": origin})
    assert answer.status_code == 403
    assert permissions(answer) == {}
    assert "Origin" in answer.headers["Vary"], "no cache may hand it to another page"


@pytest.mark.parametrize("origin", ALLOWED)
def test_a_named_pages_preflight_is_permitted(origin: str, page: FlaskClient) -> None:
    told = permissions(page.options("/api/v1/thing", headers={"Origin": origin, "Access-Control-Request-Method": "POST"}))
    assert told["access-control-allow-origin"] == origin
    assert {"POST", "DELETE"} <= set(told["access-control-allow-methods"].split(", "))
    wanted = {"authorization", "content-type", "x-message-id", "x-file-name", "x-seconds"}
    assert wanted <= set(told["access-control-allow-headers"].lower().split(", "))


@pytest.mark.parametrize("origin", FOREIGN)
def test_any_other_pages_preflight_is_not(origin: str, page: FlaskClient) -> None:
    assert permissions(page.options("/api/v1/thing", headers={"Origin": origin, "Access-Control-Request-Method": "POST"})) == {}


def test_what_is_not_shared_is_shared_with_nobody(page: FlaskClient) -> None:
    assert permissions(page.get("/elsewhere", headers={"Origin": "https://shop.example"})) == {}


def test_a_program_without_a_page_is_served(page: FlaskClient) -> None:
    assert page.post("/api/v1/thing").status_code == 200


@pytest.mark.parametrize(
    "named",
    ["*", "null", "https://*.shop.example", "shop.example", "https://shop.example/page", "https://a@shop.example", "https://"],
)
def test_a_start_with_an_origin_that_is_none_is_refused(named: str) -> None:
    settings = Settings(allowed_origins=f"https://shop.example,{named}", _env_file=None)  # type: ignore[call-arg]
    assert any(repr(named) in problem for problem in problems_of(settings, None))
    fine = Settings(allowed_origins=NAMED, _env_file=None)  # type: ignore[call-arg]
    assert not any("ALLOWED_ORIGINS" in problem for problem in problems_of(fine, None))


@pytest.mark.stack
def test_every_address_of_a_conversation_asks_where_the_page_is_from(stack: Stack) -> None:
    web = Web(stack)
    evil = {"Origin": "https://evil.example"}
    asked = [
        ("GET", "/events"), ("GET", "/events?wait=1"), ("POST", "/messages"), ("POST", "/token"), ("POST", "/identity"), ("POST", "/attachments"),
        ("GET", "/attachments/a.0123456789012345678901"), ("GET", "/transcript"), ("POST", "/transcript/mail"), ("POST", "/rating"), ("POST", "/seen"),
        ("DELETE", ""),
    ]  # fmt: skip
    for method, path in asked:
        answer = web.ask(method, path, headers=evil)
        assert (answer.status_code, answer.json()["error"]) == (403, "foreign_origin"), (method, path)
        assert not [name for name in answer.headers if name.startswith("access-control")]
    assert web.ask("GET", "/events").status_code == 200, "and nothing happened to it"
