"""TMF645: broadband at an address."""

from pathlib import Path
from typing import Any

import pytest

from tests.reference_api.given_operator import Operator

BASE = "/tmf-api/serviceQualificationManagement/v4/checkServiceQualification"


@pytest.fixture(scope="module")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Operator:
    return Operator(Path(tmp_path_factory.mktemp("places")))


def ask(operator: Operator, text: str, mbps: int = 0, **more: Any) -> Any:
    service: dict[str, Any] = {"place": [{"role": "installation address", "name": text}]}
    if mbps:
        service["serviceCharacteristic"] = [{"name": "speedMbps", "value": mbps}]
    answer = operator.post(BASE, {"serviceQualificationItem": [{"id": "1", "service": service}], **more})
    assert answer.status_code == 201, answer.json
    return answer.json["serviceQualificationItem"][0]


@pytest.mark.parametrize(
    ("text", "city", "house"),
    [
        ("朝阳区建国路88号", "北京市", "88号"),
        ("北京 朝阳 建国路 88号院3号楼", "北京市", "88号院3号楼"),
        ("No. 88 Jianguo Road, Chaoyang, Beijing", "北京市", "No. 88"),
        ("1018 middle huaihai road shanghai", "上海市", None),
        ("我家在深圳科技园路5号", "深圳市", "5号"),
    ],
)
def test_an_address_as_people_say_it(operator: Operator, text: str, city: str, house: str | None) -> None:
    item = ask(operator, text, 500)
    assert item["qualificationResult"] == "qualified"
    place = item["service"]["place"][0]
    assert place["city"] == city
    assert house is None or place["house"] == house


def test_too_fast_for_the_address_offers_what_can_be_had(operator: Operator) -> None:
    item = ask(operator, "海淀区学院路29号", 1000)
    assert item["qualificationResult"] == "alternate"
    assert item["alternateServiceProposal"][0]["alternateService"]["id"] == "broadband-500m"
    assert item["eligibilityUnavailabilityReason"][0]["code"] == "speedTooHigh"
    assert ask(operator, "海淀区学院路29号", 1000, provideAlternative=False)["qualificationResult"] == "unqualified"


def test_no_broadband_says_why_and_when(operator: Operator) -> None:
    soon = ask(operator, "崇明区陈家镇路3号")
    assert (soon["qualificationResult"], soon["eligibilityUnavailabilityReason"][0]["code"]) == ("unqualified", "portsFull")
    assert "expectedServiceAvailabilityDate" in soon
    never = ask(operator, "门头沟斋堂路1号")
    assert never["eligibilityUnavailabilityReason"][0]["code"] == "noCoverage"
    assert "expectedServiceAvailabilityDate" not in never


def test_a_road_in_two_cities_is_asked_back(operator: Operator) -> None:
    item = ask(operator, "中山路12号")
    assert item["state"] == "terminatedWithError"
    assert item["terminationError"][0]["id"] == "addressAmbiguous"
    assert {place["city"] for place in item["candidates"]} == {"南京市", "厦门市"}
    assert ask(operator, "厦门中山路12号", 500)["qualificationResult"] == "qualified"


def test_a_place_nobody_knows(operator: Operator) -> None:
    item = ask(operator, "火星大道1号")
    assert item["terminationError"][0]["id"] == "addressUnknown"


def test_a_known_address_by_id_and_an_offering_as_the_wish(operator: Operator) -> None:
    service = {"place": [{"role": "x", "id": "ADZHANGWEI22"}], "serviceSpecification": {"id": "broadband-1000m"}}
    answer = operator.post(BASE, {"serviceQualificationItem": [{"service": service}]}).json
    assert answer["qualificationResult"] == "qualified"
    assert operator.get(f"{BASE}/{answer['id']}").json == answer
    assert answer["id"] in [entry["id"] for entry in operator.get(BASE).json]


def test_a_question_without_an_address_is_refused(operator: Operator) -> None:
    asked: list[list[dict[str, Any]]] = [
        [],
        [{}],
        [{"service": {}}],
        [{"service": {"place": []}}],
        [{"service": {"place": [{"role": "x"}]}}],
    ]
    for items in asked:
        assert operator.post(BASE, {"serviceQualificationItem": items}).status_code == 400
    assert operator.get(f"{BASE}/SQNONE").status_code == 404
