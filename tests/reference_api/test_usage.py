"""TMF677: what a line used."""

from pathlib import Path

import pytest

from reference_api.usage import running_month
from tests.reference_api.given_operator import EMILY, ZHANG, Operator

BASE = "/tmf-api/usageConsumption/v4/queryUsageConsumption"


@pytest.fixture(scope="module")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Operator:
    return Operator(Path(tmp_path_factory.mktemp("usage")))


def test_the_running_month_tells_used_and_left_of_each_pot(operator: Operator) -> None:
    answer = operator.post(BASE, {"msisdn": ZHANG})
    assert answer.status_code == 201
    (line,) = answer.json["usageConsumption"]
    assert line["logicalResource"][0]["value"] == ZHANG
    data = [pot for pot in line["bucketRefOrValue"] if pot["usageType"] == "data"]
    assert {pot["name_en"] for pot in data} == {"Family 99 data", "10 GB Pack"}
    for pot in data:
        used = next(counter["value"] for counter in pot["bucketCounter"] if counter["counterType"] == "used")
        assert used["amount"] + pot["remainingValue"]["amount"] == pot["initialValue"]["amount"]
        assert used["units"] == "MB"


def test_an_earlier_month_answers_from_its_records(operator: Operator) -> None:
    bills = operator.get("/tmf-api/customerBillManagement/v4/customerBill", msisdn=EMILY).json
    month = bills[1]["billingMonth"]
    (report,) = operator.get(BASE, msisdn=EMILY, month=month).json
    assert report["month"] == month
    pots = {pot["usageType"]: pot for pot in report["usageConsumption"][0]["bucketRefOrValue"]}
    over = next(
        counter["value"]["amount"] for counter in pots["data"]["bucketCounter"] if counter["counterType"] == "outOfBucket"
    )
    assert over == 3300
    assert pots["data"]["remainingValue"]["amount"] == 0


def test_a_customer_with_two_lines_hears_of_both(operator: Operator) -> None:
    customer = operator.take(need=["two_lines"])
    report = operator.post(BASE, {"relatedParty": [{"id": customer["id"], "@referredType": "Customer"}]}).json
    numbers = {line["logicalResource"][0]["id"] for line in report["usageConsumption"]}
    assert numbers == set(customer["numbers"])
    assert all(line["bucketRefOrValue"] for line in report["usageConsumption"])
    again = operator.get(f"{BASE}/{report['id']}")
    assert again.json["usageConsumption"] == report["usageConsumption"]
    assert again.json["month"] == running_month()


@pytest.mark.parametrize("month", ["2026-13", "202611", "last month", "2026-1", "２０２６-01"])
def test_a_month_that_is_none_is_refused(operator: Operator, month: str) -> None:
    assert operator.get(BASE, msisdn=ZHANG, month=month).status_code == 400
    assert operator.post(BASE, {"msisdn": ZHANG, "month": month}).status_code == 400


def test_nobodys_number_and_no_number(operator: Operator) -> None:
    assert operator.get(BASE, msisdn="+8610000000000").status_code == 404
    assert operator.post(BASE, {"relatedParty": [{"id": "CNOBODY2222", "@referredType": "Customer"}]}).status_code == 404
    assert operator.post(BASE, {}).status_code == 400
    assert operator.post(BASE, {"searchCriteria": {"logicalResource": [{"id": ""}]}}).status_code == 400
    assert operator.get(BASE).json == []
    assert operator.get(f"{BASE}/UCX").status_code == 404


def test_without_a_key_nothing_is_told(operator: Operator) -> None:
    assert operator.client.get(BASE, query_string={"msisdn": ZHANG}).status_code == 401
