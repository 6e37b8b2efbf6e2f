"""The untouched TM Forum files against the running server (schemathesis), and our real answers against their schemas.

The files live beside the project (../shared/specs/tmf). Where they are absent these tests are skipped with a word.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from tests.reference_api.asking import BALANCE, ORDERING, PAYMENT, cancellation, order, topup
from tests.reference_api.given_operator import KEY, ZHANG
from tests.reference_api.server_process import ROOT, ServerProcess

SPECS = ROOT.parent / "shared" / "specs" / "tmf"
BALANCE_SPEC, ORDER_SPEC = "TMF654-PrepayBalance-v4.0.0.swagger.json", "TMF622-trim.swagger.json"


def spec(name: str) -> Path:
    path = SPECS / name
    if not path.exists() and os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(f"{name} is not there, and REQUIRE_ALL=1 wants every test run")
    if not path.exists():
        pytest.skip(f"{name} is not beside the project")
    return path


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with ServerProcess(Path(tmp_path_factory.mktemp("conformance"))) as running:
        yield running


def generated_cases(server: ServerProcess, name: str, base: str, folder: Path, *options: str) -> int:
    """Run schemathesis; how many cases it generated, all of which passed."""
    command = [str(Path(sys.executable).with_name("schemathesis")), "run", str(spec(name)), "--url", server.url + base]
    command += ["-H", f"Authorization: Bearer {KEY}", "--seed", "1", "--no-color", *options]
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600, check=False)
    assert ended.returncode == 0, ended.stdout[-6000:] + ended.stderr[-2000:]
    found = re.search(r"(\d+) generated, (\d+) passed", ended.stdout)
    assert found, ended.stdout[-3000:]
    assert found[1] == found[2]
    return int(found[1])


def test_the_balance_file_untouched(server: ServerProcess, tmp_path: Path) -> None:
    options = ("--exclude-path-regex", "^/listener", "--max-examples", "5")
    assert generated_cases(server, BALANCE_SPEC, BALANCE, tmp_path, *options) >= 2_500
    assert server.admin("GET", "/admin/books").json()["balanced"]


def test_the_order_file(server: ServerProcess, tmp_path: Path) -> None:
    options = ("--phases", "examples,fuzzing,stateful", "--max-examples", "10")
    assert generated_cases(server, ORDER_SPEC, ORDERING, tmp_path, *options) > 100


def differences(name: str, definition: str, body: Any) -> list[str]:
    """Where `body` is not what a definition of a TM Forum file says."""
    document = json.loads(spec(name).read_text())
    schema = {"$ref": f"#/definitions/{definition}", "definitions": document["definitions"]}
    validator = jsonschema_rs.Draft4Validator(schema, validate_formats=True)
    return [f"{error.instance_path}: {error.message}" for error in validator.iter_errors(body)]


@pytest.mark.parametrize(
    ("name", "definition", "path"),
    [
        (BALANCE_SPEC, "Bucket", f"{BALANCE}/bucket"),
        (BALANCE_SPEC, "AccumulatedBalance", f"{BALANCE}/accumulatedBalance"),
        (BALANCE_SPEC, "BalanceAction", f"{BALANCE}/balanceAction"),
        (BALANCE_SPEC, "TopupBalance", f"{BALANCE}/topupBalance"),
        (ORDER_SPEC, "ProductOrder", f"{ORDERING}/productOrder"),
        ("TMF622-ProductOrdering-v4.0.0.swagger.json", "ProductOrder", f"{ORDERING}/productOrder"),
        (ORDER_SPEC, "CancelProductOrder", f"{ORDERING}/cancelProductOrder"),
        ("TMF620-ProductCatalog-v4.1.0.swagger.json", "ProductOffering", "/tmf-api/productCatalogManagement/v4/productOffering"),
        ("TMF629-Customer-v4.0.0.swagger.json", "Customer", "/tmf-api/customerManagement/v4/customer"),
        ("TMF637-ProductInventory-v4.0.0.swagger.json", "Product", "/tmf-api/productInventory/v4/product"),
        ("TMF676-Payment-v4.0.0.swagger.json", "Payment", f"{PAYMENT}/payment"),
    ],
)
def test_real_answers_are_what_the_standard_says(server: ServerProcess, name: str, definition: str, path: str) -> None:
    rows = server.http.get(path, params={"limit": 100}).json()
    assert rows
    assert [difference for row in rows for difference in differences(name, definition, row)] == []


def test_what_is_made_is_what_the_standard_says(server: ServerProcess) -> None:
    made = server.http.post(f"{BALANCE}/topupBalance", json=topup(ZHANG, 12.34)).json()
    assert differences(BALANCE_SPEC, "TopupBalance", made) == []
    customer = server.take()
    body = order(customer["id"], "power-bank-10000", paymentMethod={"id": "alipay"})
    placed = server.http.post(f"{ORDERING}/productOrder", json=body).json()
    assert differences(ORDER_SPEC, "ProductOrder", placed) == []
    dropped = server.http.post(f"{ORDERING}/cancelProductOrder", json=cancellation(placed["id"])).json()
    assert differences(ORDER_SPEC, "CancelProductOrder", dropped) == []
    refused = server.http.post(f"{ORDERING}/cancelProductOrder", json=cancellation(placed["id"])).json()
    assert differences(ORDER_SPEC, "Error", refused) == []
