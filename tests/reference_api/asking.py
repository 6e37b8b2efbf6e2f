"""The bodies that a client sends, as short as the standard allows."""

from typing import Any

BALANCE = "/tmf-api/prepayBalanceManagement/v4"
ORDERING = "/tmf-api/productOrderingManagement/v4"
PAYMENT = "/paymentManagement/v4"


def topup(msisdn: str, yuan: float, *, method: str = "alipay", sandbox: str | None = None, payer: str | None = None) -> Any:
    body: dict[str, Any] = {
        "amount": {"amount": yuan, "units": "CNY"},
        "logicalResource": {"id": msisdn, "value": msisdn},
        "paymentMethod": {"id": method},
    }
    if sandbox:
        body["characteristic"] = [{"name": "sandbox", "value": sandbox}]
    if payer:
        body["requestor"] = {"id": payer, "@referredType": "Customer"}
    return body


def order(customer: str, offering: str, *, msisdn: str | None = None, quantity: int = 1, action: str = "add", **more: Any) -> Any:
    product = {"productCharacteristic": [{"name": "msisdn", "value": msisdn}]} if msisdn else {}
    item = {"id": "1", "action": action, "quantity": quantity, "productOffering": {"id": offering}, "product": product}
    return {"relatedParty": [party(customer)], "productOrderItem": [item], **more}


def plan_change(customer: str, offering: str, msisdn: str, effective: str = "immediate", **more: Any) -> Any:
    return order(customer, offering, msisdn=msisdn, action="modify", effective=effective, **more)


def cancellation(order_id: str, customer: str | None = None) -> Any:
    body: dict[str, Any] = {"productOrder": {"id": order_id}, "cancellationReason": "changedMind"}
    return body | ({"relatedParty": [party(customer)]} if customer else {})


def state_change(state: str, **more: Any) -> Any:
    return {"state": state, "productOrderItem": [{"id": "1", "action": "add"}], **more}


def party(customer: str) -> dict[str, str]:
    return {"id": customer, "role": "customer", "@referredType": "Customer"}
