"""Identity at the door: tokens that are renewed, left, too old or somebody else's; customers whom a host page signs in."""

import base64
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import pytest
from flask import Flask, Response, jsonify
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import OctKey

from carrier.operator import Operator
from core.keys import Keys
from core.problems import Problem
from core.seal import Sealer
from core.settings import Settings
from core.store import Store
from customers.conversation import Conversations
from customers.identity import Identities
from customers.integrators import Integrators
from customers.tokens import ConversationTokens
from tests.docs.reading import section, text_of
from tests.fakes import SMITH, WANG, FakeProofSource, ManualClock
from tests.redteam.door import is_shaped
from tests.stack import Stack
from tests.webchat.door import Web, customer_token
from webchat import conversations as door
from webchat.access import Access
from webchat.origins import Origins
from webchat.quotas import QUOTAS, Quotas
from webchat.sign_in import SignIn

KEY = "a-key-of-an-integrator-0123456789"
CHAT = "/api/v1/conversations"


# the door alone, with a clock moved by hand
@dataclass
class Door:
    client: FlaskClient
    clock: ManualClock
    store: Store
    operator: FakeProofSource

    def ask(self, method: str, path: str, token: str = "", **body: Any) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = self.client.open(CHAT + path, method=method, headers=headers, json=body if method == "POST" else None)
        return answer.status_code, answer.get_json(silent=True)

    def begin(self, **body: Any) -> tuple[str, str]:
        status, told = self.ask("POST", "", **body)
        assert status == 201, told
        return told["id"], told["token"]

    def customer(self, subject: str, seconds: float = 240, key: str = KEY, **claims: Any) -> str:
        expires = int(self.clock.now().timestamp() + seconds)
        return jwt.encode({"alg": "HS256"}, {"sub": subject, "exp": expires, **claims}, OctKey.import_key(key.encode()))


MakeDoor = Callable[..., Door]


@pytest.fixture
def make(store: Store, sealer: Sealer, clock: ManualClock) -> MakeDoor:
    def one(token_hours: float = 72.0) -> Door:
        settings = Settings(token_key="t" * 32, demo_api_key=KEY, token_hours=token_hours, demo=True, _env_file=None)  # type: ignore[call-arg]
        operator = FakeProofSource()
        conversations, identities = Conversations(store, sealer, clock), Identities(store, sealer, clock)
        tokens = ConversationTokens(settings.token_key, clock)
        sign_in = SignIn(cast(Operator, operator), identities, conversations, Integrators(settings, clock))
        access = Access(Origins(settings), conversations, tokens)
        app = Flask("door")
        app.register_blueprint(
            door.blueprint(settings, access, conversations, identities, tokens, sign_in, Quotas(store, sealer, clock), clock)
        )

        @app.errorhandler(Problem)
        def problem(error: Problem) -> tuple[Response, int]:
            return jsonify({"error": error.code, "retry_after": error.retry_after}), error.status

        return Door(app.test_client(), clock, store, operator)

    return one


@pytest.fixture
def page(make: MakeDoor) -> Door:
    return make()


def test_a_token_holds_its_hours_and_not_longer(page: Door) -> None:
    conversation, token = page.begin()
    page.clock.advance(hours=72, seconds=-1)
    assert page.ask("POST", f"/{conversation}/token", token)[0] == 200
    page.clock.advance(seconds=1)
    assert page.ask("POST", f"/{conversation}/token", token)[0] == 401


def test_renewing_goes_on_for_thirty_days_and_no_token_outlives_them(page: Door) -> None:
    conversation, token = page.begin()
    for _ in range(14):
        page.clock.advance(hours=48)
        status, told = page.ask("POST", f"/{conversation}/token", token)
        assert status == 200
        token = told["token"]
    page.clock.advance(hours=47.5)  # half an hour before
    status, told = page.ask("POST", f"/{conversation}/identity", token, customer_token=page.customer(WANG.id))
    assert status == 200
    token = told["token"]
    status, told = page.ask("POST", f"/{conversation}/token", token)
    assert (status, told["error"]) == (401, "unauthorised")
    page.clock.advance(hours=0.5)
    assert page.ask("POST", f"/{conversation}/identity", token, customer_token=page.customer(WANG.id))[0] == 401


def test_a_customer_does_not_go_on_in_a_conversation_that_is_over(page: Door) -> None:
    first, _ = page.begin(customer_token=page.customer(WANG.id))
    assert page.begin(customer_token=page.customer(WANG.id))[0] == first, "another device goes on in it"
    page.clock.advance(hours=30 * 24)
    assert page.begin(customer_token=page.customer(WANG.id))[0] != first


def test_a_device_that_left_is_refused_everywhere_and_the_others_are_not(page: Door) -> None:
    conversation, left = page.begin(customer_token=page.customer(WANG.id))
    same, other = page.begin(customer_token=page.customer(WANG.id))
    assert same == conversation
    renewed = page.ask("POST", f"/{conversation}/token", left)[1]["token"]
    assert page.ask("DELETE", f"/{conversation}", left)[0] == 204
    for token in (left, renewed):
        assert page.ask("POST", f"/{conversation}/token", token)[0] == 401
        assert page.ask("POST", f"/{conversation}/identity", token, customer_token=page.customer(WANG.id))[0] == 401
        assert page.ask("DELETE", f"/{conversation}", token)[0] == 401
    assert page.ask("POST", f"/{conversation}/token", other)[0] == 200


def test_that_a_device_left_is_known_for_as_long_as_its_tokens_hold(make: MakeDoor) -> None:
    page = make(token_hours=500)
    conversation, token = page.begin()
    page.ask("DELETE", f"/{conversation}", token)
    with page.store.guard() as client:
        seconds = client.ttl(Keys.left(conversation))
    assert isinstance(seconds, int)
    assert seconds > 499 * 3600


def test_leaving_signs_the_customer_out(page: Door, store: Store, sealer: Sealer, clock: ManualClock) -> None:
    conversation, token = page.begin(customer_token=page.customer(WANG.id))
    identities = Identities(store, sealer, clock)
    assert identities.of(conversation) is not None
    page.ask("DELETE", f"/{conversation}", token)
    assert identities.of(conversation) is None


def test_one_conversation_is_one_customers(page: Door) -> None:
    conversation, guest = page.begin()
    status, told = page.ask("POST", f"/{conversation}/identity", guest, customer_token=page.customer(WANG.id))
    assert (status, told["name"]) == (200, WANG.name)
    token = told["token"]
    status, told = page.ask("POST", f"/{conversation}/identity", token, customer_token=page.customer(SMITH.id))
    assert (status, told["error"]) == (409, "other_customer")
    assert page.ask("POST", f"/{conversation}/identity", token, customer_token=page.customer(WANG.numbers[0])) == (
        200,
        {"name": WANG.name},
    ), "signed in already: the token stays"


def test_two_customers_never_share_a_conversation(page: Door) -> None:
    wang, _ = page.begin(customer_token=page.customer(WANG.id))
    smith, token = page.begin(customer_token=page.customer(SMITH.id))
    assert wang != smith
    assert page.ask("POST", f"/{wang}/token", token)[0] == 404


def test_a_customer_token_holds_five_minutes_at_most(page: Door) -> None:
    for seconds, status in ((240, 201), (-60, 401), (3600, 401), (10**9, 401)):
        assert page.ask("POST", "", customer_token=page.customer(WANG.id, seconds))[0] == status, seconds
    token = page.customer(WANG.id, 240)
    page.clock.advance(minutes=10)
    assert page.ask("POST", "", customer_token=token)[0] == 401


def forged(page: Door) -> dict[str, Any]:
    def part(value: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    own = page.customer(WANG.id)
    head, claims, signature = own.split(".")
    later = int(page.clock.now().timestamp()) + 240
    return {
        "alg none": f"{part({'alg': 'none'})}.{claims}.",
        "alg none, signed": f"{part({'alg': 'none'})}.{claims}.{signature}",
        "no signature": f"{head}.{claims}.",
        "other claims": f"{head}.{part({'sub': SMITH.id, 'exp': later})}.{signature}",
        "an empty key": jwt.encode({"alg": "HS256"}, {"sub": WANG.id, "exp": later}, OctKey.import_key(b"\0")),
        "another key": page.customer(WANG.id, key="another-key-of-somebody-0123456789"),
        "key in the head": jwt.encode({"alg": "HS256", "jwk": {"kty": "oct", "k": "AAAA"}}, {"sub": WANG.id, "exp": later}, OctKey.import_key(b"\0" * 24)),
        "kid with a path": page.customer(WANG.id)[:-1] + "A",
        "no end": jwt.encode({"alg": "HS256"}, {"sub": WANG.id}, OctKey.import_key(KEY.encode())),
        "not yet": page.customer(WANG.id, nbf=later + 9000),
        "nobody": page.customer("C-NOBODY"),
        "a path": page.customer("../C-WANG"),
        "an object": page.customer(cast(str, {"id": WANG.id})),
        "not a token": "x.y.z",
        "a conversation token": page.begin()[1],
        "three thousand dots": "." * 3000,
    }  # fmt: skip


FORGED = (
    "alg none", "alg none, signed", "no signature", "other claims", "an empty key", "another key", "key in the head", "kid with a path",
    "no end", "not yet", "nobody", "a path", "an object", "not a token", "a conversation token", "three thousand dots",
)  # fmt: skip


@pytest.mark.parametrize("name", FORGED)
@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
def test_a_forged_customer_token_signs_nobody_in(name: str, page: Door, store: Store, sealer: Sealer, clock: ManualClock) -> None:
    token = forged(page)[name]
    assert page.ask("POST", "", customer_token=token)[0] == 401
    conversation, own = page.begin()
    assert page.ask("POST", f"/{conversation}/identity", own, customer_token=token)[0] == 401
    assert Identities(store, sealer, clock).of(conversation) is None


@pytest.mark.parametrize("token", ["", "   ", 7, None, ["a"], {"a": 1}, "x" * 5000, "\ud800"])
def test_what_is_no_token_at_all_is_refused(token: Any, page: Door) -> None:
    conversation, own = page.begin()
    assert page.ask("POST", f"/{conversation}/identity", own, customer_token=token)[0] in (400, 413)


def test_tries_are_bounded(page: Door) -> None:
    conversation, own = page.begin()
    told = [
        page.ask("POST", f"/{conversation}/identity", own, customer_token="x.y.z")[0] for _ in range(QUOTAS["token"].most + 5)
    ]
    assert told == [401] * QUOTAS["token"].most + [429] * 5
    assert page.ask("POST", f"/{conversation}/token", own)[0] == 429
    page.clock.advance(seconds=10)
    assert page.ask("POST", f"/{conversation}/token", own)[0] == 200


def test_an_operator_that_does_not_answer_signs_nobody_in_or_out(page: Door) -> None:
    conversation, own = page.begin()
    page.operator.customers.down = True
    assert page.ask("POST", f"/{conversation}/identity", own, customer_token=page.customer(WANG.numbers[0]))[0] == 503
    assert page.ask("POST", f"/{conversation}/token", own)[0] == 200


# the running product
@pytest.mark.stack
def test_a_token_travels_in_its_header_and_nowhere_else(stack: Stack) -> None:
    web = Web(stack)
    for query in ("token", "access_token", "Authorization", "authorization", "auth"):
        answer = stack.http.get(f"{web.address}/events", params={query: web.token})
        assert answer.status_code == 401
        assert web.token not in answer.text
    assert stack.http.get(f"{web.address}/events", headers={"Cookie": f"token={web.token}"}).status_code == 401


@pytest.mark.stack
def test_a_device_that_left_hears_nothing_more(stack: Stack) -> None:
    web = Web(stack)
    web.say("你好")
    assert web.ask("DELETE", "").status_code == 204
    for method, path in (
        ("GET", "/events"), ("GET", "/events?wait=1"), ("GET", "/transcript"), ("POST", "/messages"), ("POST", "/attachments"), ("POST", "/rating"),
        ("POST", "/seen"), ("POST", "/transcript/mail"), ("GET", "/attachments/a.0123456789012345678901"),
    ):  # fmt: skip
        answer = web.ask(method, path, json={"id": "1", "text": "在吗"} if method == "POST" else None)
        assert (answer.status_code, is_shaped(answer)) == (401, True), (method, path)


@pytest.mark.stack
def test_a_host_pages_customer_is_known_by_name(stack: Stack) -> None:
    customer = stack.fresh_customer(language="zh")
    web = Web(stack)
    told = web.ask("POST", "/identity", json={"customer_token": customer_token(stack, customer["msisdn"])})
    assert (told.status_code, told.json()["name"]) == (200, customer["name"])
    web.token = told.json()["token"]
    assert re.search(r"\d+\.\d\d", web.say("我的话费余额还有多少").text), "no code is asked for what may be looked up"


# docs/embedding.md
DOCUMENT = text_of("docs/embedding.md")


def example(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", section(DOCUMENT, "## Sign a customer in"), re.S)
    assert found
    return found[1]


def by_python(key: str, customer: str) -> str:
    space: dict[str, Any] = {}
    exec(compile(example("python"), "docs/embedding.md", "exec"), space)
    token: str = space["customer_token"](key, customer)
    return token


def by_node(key: str, customer: str) -> str:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    program = f'{example("js")}\nprocess.stdout.write(customerToken("{key}", "{customer}"));'
    return subprocess.run([node, "-e", program], capture_output=True, text=True, check=True, timeout=60).stdout


@pytest.mark.stack
@pytest.mark.parametrize("made_by", [by_python, by_node])
def test_the_documents_examples_sign_a_customer_in(made_by: Callable[[str, str], str], stack: Stack) -> None:
    customer = stack.fresh_customer(language="zh")
    token = made_by(stack.secrets["DEMO_API_KEY"], customer["msisdn"])
    answer = stack.http.post(f"{stack.url}{CHAT}", json={"customer_token": token})
    assert answer.status_code == 201, answer.text
    assert (
        stack.http.post(f"{stack.url}{CHAT}", json={"customer_token": made_by("x" * 32, customer["msisdn"])}).status_code == 401
    )


def test_the_document_names_what_there_is() -> None:
    widget = text_of("webchat/widget/widget.js") + text_of("webchat/widget/main.js")
    calls = re.search(r"for \(const name of \[(.*?)\]", widget)
    assert calls
    named = set(re.findall(r"`(\w+)\(", section(DOCUMENT, "## What your page may ask")))
    assert named == set(re.findall(r'"(\w+)"', calls[1]))
    look = text_of("webchat/widget/look.js")
    assert set(re.findall(r"`(--careline-[a-z-]+)`", DOCUMENT)) == set(re.findall(r"--careline-[a-z-]+", look))
