"""TMF678: bills and their lines."""

from pathlib import Path

import pytest

from tests.reference_api.given_operator import EMILY, WANG, ZHANG, Operator

BASE = "/tmf-api/customerBillManagement/v4"


@pytest.fixture(scope="module")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Operator:
    return Operator(Path(tmp_path_factory.mktemp("bills")))


def test_twelve_months_and_the_running_one_newest_first(operator: Operator) -> None:
    answer = operator.get(f"{BASE}/customerBill", relatedParty__id="CZHANGWEI22", limit=20)
    months = [bill["billingMonth"] for bill in answer.json]
    assert len(months) == 13 == int(answer.headers["X-Total-Count"])
    assert months == sorted(months, reverse=True)
    assert [bill["state"] for bill in answer.json] == ["new"] + ["settled"] * 12


@pytest.mark.parametrize(
    ("number", "why"), [(ZHANG, {"overage", "roaming"}), (EMILY, {"overage", "vas"}), (WANG, {"voice", "pack"})]
)
def test_last_months_bill_says_why_it_is_high(operator: Operator, number: str, why: set[str]) -> None:
    last = operator.get(f"{BASE}/customerBill", msisdn=number).json[1]
    lines = operator.get(f"{BASE}/appliedCustomerBillingRate", bill__id=last["id"]).json
    assert sum(line["taxIncludedAmount"]["amountFen"] for line in lines) == last["amountDue"]["amountFen"]
    assert why <= {line["appliedBillingRateType"] for line in lines}
    assert all(line["name"] and line["name_en"].isascii() for line in lines)
    assert lines[0]["appliedBillingRateType"] == "plan"


def test_one_month_one_bill(operator: Operator) -> None:
    month = operator.get(f"{BASE}/customerBill", msisdn=WANG).json[1]["billingMonth"]
    (bill,) = operator.get(f"{BASE}/customerBill", relatedParty__id="CWANGFANG22", billingMonth=month).json
    assert bill["state"] == "partiallyPaid"
    assert 0 < bill["remainingAmount"]["amountFen"] < bill["amountDue"]["amountFen"]
    assert operator.get(f"{BASE}/customerBill/{bill['id']}").json == bill


def test_odd_questions(operator: Operator) -> None:
    assert operator.get(f"{BASE}/customerBill", billingMonth="2026-00").status_code == 400
    assert operator.get(f"{BASE}/customerBill", relatedParty__id="C' OR 1=1 --").json == []
    assert operator.get(f"{BASE}/customerBill/BLNONE").status_code == 404
    for rate in ("BLNONE-0", "x", "-", "BLNONE-99999999999999999999"):
        assert operator.get(f"{BASE}/appliedCustomerBillingRate/{rate}").status_code == 404
    assert operator.get(f"{BASE}/appliedCustomerBillingRate", bill__id="BLNONE").json == []


def test_a_line_is_readable_by_its_id(operator: Operator) -> None:
    line = operator.get(f"{BASE}/appliedCustomerBillingRate", limit=1).json[0]
    assert operator.get(f"{BASE}/appliedCustomerBillingRate/{line['id']}").json == line
    assert set(operator.get(f"{BASE}/appliedCustomerBillingRate/{line['id']}", fields="name").json) == {"id", "href", "name"}
