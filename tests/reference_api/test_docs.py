"""The published description says what the server does: every route, every code, answers shaped as shown."""

import re
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.core.result import Ok

import reference_api
from reference_api import provider
from reference_api.apidoc import CODES, OPERATIONS, PROVIDER_CODES
from tests.reference_api.given_operator import ZHANG, Operator

UNLISTED = ("/admin/", "/healthz", "/readyz", "/openapi.json", "/docs/api")
CODE = re.compile(r'code(?: =|=)\s*"(\w+)"')
ROUTER_CODES = {"badRequest", "notFound", "methodNotAllowed", "requestEntityTooLarge", "unsupportedMediaType"}


@pytest.fixture(scope="module")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Operator:
    return Operator(Path(tmp_path_factory.mktemp("docs")))


@pytest.fixture(scope="module")
def published(operator: Operator) -> Any:
    answer = operator.client.get("/openapi.json")
    assert answer.status_code == 200
    return answer.json


def test_every_route_is_described_and_nothing_else(operator: Operator, published: Any) -> None:
    routes = set()
    for rule in operator.app.url_map.iter_rules():
        if not rule.rule.startswith(UNLISTED):
            methods = (rule.methods or set()) - {"HEAD", "OPTIONS"}
            routes |= {(method.lower(), re.sub(r"<[^>]+>", "{id}", rule.rule)) for method in methods}
    described = {(method, path) for path, methods in published["paths"].items() for method in methods}
    assert described == routes


def test_every_code_that_the_server_can_say_is_explained() -> None:
    said = set(ROUTER_CODES)
    for source in Path(reference_api.__file__).parent.glob("*.py"):
        if source.name not in ("docs.py", "admin.py"):
            said |= set(CODE.findall(source.read_text("utf-8")))
            said |= set(re.findall(r'status, code = \d+, "(\w+)"', source.read_text("utf-8")))
    explained = [code.code for code in CODES]
    assert sorted(explained) == sorted(set(explained))
    assert said - {"conflict"} <= set(explained)
    assert {code.code for code in PROVIDER_CODES} == {code.value for code in provider.Code}


def test_the_file_is_openapi_and_refers_to_known_codes(published: Any) -> None:
    assert published["openapi"] == "3.1.0"
    known = {code.code for code in CODES} | {code.code for code in PROVIDER_CODES}
    for operation in OPERATIONS:
        assert set(operation.errors) <= known, operation.path
    ids = [operation["operationId"] for methods in published["paths"].values() for operation in methods.values()]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    "operation", [one for one in OPERATIONS if one.method == "GET" and one.is_list], ids=lambda one: one.path
)
def test_a_list_looks_as_its_example_does(operator: Operator, operation: Any) -> None:
    query = {"logicalResource.value": ZHANG} if any(name == "logicalResource.value" for name, _ in operation.query) else {}
    query |= {"msisdn": ZHANG} if any(name == "msisdn" for name, _ in operation.query) else {}
    answer = operator.client.get(operation.path, query_string={**query, "limit": "3"}, headers=operator.key())
    assert answer.status_code == 200
    for row in answer.json or []:
        missing = _missing(operation.answer[0], row)
        assert not missing, missing


@pytest.mark.parametrize(
    "operation",
    [
        one
        for one in OPERATIONS
        if one.method == "POST" and one.example and "cancel" not in one.path and "transfer" not in one.path
    ],
    ids=lambda one: one.path,
)
def test_the_example_of_a_request_works(operator: Operator, operation: Any) -> None:
    answer = operator.post(operation.path, operation.example)
    assert answer.status_code == operation.status, answer.json


def test_the_page_is_for_anyone_to_read(operator: Operator) -> None:
    answer = operator.client.get("/docs/api")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    for code in (*CODES, *PROVIDER_CODES):
        assert f"id='{code.code}'" in text
        assert code.zh in text
    for operation in OPERATIONS:
        assert operation.path in text


OPTIONAL = {
    "shipment",
    "confirmationDate",
    "impactedBucket",
    "payment",
    "description",
    "account",
    "eligibilityUnavailabilityReason",
    "alternateServiceProposal",
    "productOffering",
}


def _missing(example: Any, row: Any) -> set[str]:
    """Members the example shows and the answer lacks."""
    return set(example) - set(row) - OPTIONAL


FUZZED = ("usageConsumption", "customerBill", "serviceQualification", "troubleTicket", "pinChecks", "provider")


def test_nothing_that_fits_the_description_breaks_the_server(operator: Operator, published: Any) -> None:
    described = schemathesis.openapi.from_dict(published)
    found: list[Any] = [result.ok() for result in described.get_all_operations() if isinstance(result, Ok)]
    assert len(found) == sum(len(methods) for methods in published["paths"].values())
    chosen = [one for one in found if any(word in one.path for word in FUZZED)]
    assert len(chosen) >= 18
    for operation in chosen:

        @settings(max_examples=15, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def asked(case: Any) -> None:
            kind = "data" if "/provider/" in case.path else "json"
            body: dict[str, Any] = {kind: case.body} if isinstance(case.body, dict) else {}
            if kind == "data" and body:
                body = {"data": {name: str(value) for name, value in case.body.items()}}
            answer = operator.client.open(
                case.formatted_path, method=case.method, query_string=case.query or {}, headers=operator.key(), **body
            )
            assert answer.status_code < 500, (case.method, case.formatted_path, case.query, case.body)

        asked()
