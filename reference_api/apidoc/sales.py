"""Descriptions: catalogue, what a customer has, orders, event subscriptions, and the tests' own door."""

from reference_api import hub
from reference_api.ordershapes import CANCELLATION, ORDER, ORDER_UPDATE

from .operation import Operation

CATALOGUE, INVENTORY = "/tmf-api/productCatalogManagement/v4", "/tmf-api/productInventory/v4"
ORDERS = "/tmf-api/productOrderingManagement/v4"
PARTY = [{"id": "CZHANGWEI22", "role": "customer", "@referredType": "Customer"}]
PRICE = {"unit": "CNY", "value": 59.0, "amountFen": 5900}
OFFERING = {
    "id": "plan-59",
    "name": "59元畅享套餐",
    "name_en": "Everyday 59",
    "description": "每月30GB流量、200分钟通话",
    "isSellable": True,
    "category": [{"id": "plan", "name": "plan"}],
    "productOfferingPrice": [{"id": "price-plan-59", "priceType": "recurring", "price": PRICE}],
    "prodSpecCharValueUse": [{"name": "dataMB", "productSpecCharacteristicValue": [{"value": 30720}]}],
}
PRODUCT = {
    "id": "PR9",
    "name": "59元畅享套餐",
    "name_en": "Everyday 59",
    "category": "plan",
    "status": "active",
    "startDate": "2025-10-23T09:00:00.000Z",
    "productOffering": {"id": "plan-59", "name": "59元畅享套餐", "name_en": "Everyday 59"},
    "productPrice": [{"priceType": "recurring", "price": {"taxIncludedAmount": PRICE}}],
    "relatedParty": PARTY,
}
ORDER_SEEN = {
    "id": "DD20261122A7KMQ3",
    "category": "device",
    "state": "inProgress",
    "orderDate": "2026-11-20T08:00:00.000Z",
    "effective": "immediate",
    "relatedParty": PARTY,
    "totalFen": 9900,
    "paidFen": 9900,
    "refundedFen": 0,
    "paymentMethod": {"id": "alipay"},
    "productOrderItem": [
        {
            "id": "1",
            "action": "add",
            "quantity": 1,
            "state": "inProgress",
            "amountFen": 9900,
            "productOffering": {"id": "power-bank-10000", "name": "10000毫安时充电宝", "name_en": "Power Bank 10,000 mAh"},
        }
    ],
    "shipment": {
        "carrier": "顺丰速运",
        "trackingNumber": "SF012345678901",
        "stage": "transit",
        "lastEvent": "快件已到达北京市转运中心",
        "lastEvent_en": "Arrived at the Beijing sorting centre",
        "expectedDeliveryDate": "2026-11-25T08:00:00.000Z",
    },
}
CANCELLED = {
    "id": "CN3",
    "productOrder": {"id": "DD20261122A7KMQ3"},
    "state": "done",
    "cancellationReason": "changedMind",
    "refundFen": 9900,
    "requestedCancellationDate": "2026-11-22T09:00:00.000Z",
}
PLACE_ERRORS = (
    "notFound",
    "offerNotSellable",
    "amountOutOfRange",
    "outOfStock",
    "planSame",
    "planNotEligible",
    "changePending",
    "refuelCapReached",
    "notServiceable",
    "lineSuspended",
    "paymentDeclined",
    "invalidTransition",
)
PLACE_EXAMPLE = {
    "category": "dataPack",
    "relatedParty": PARTY,
    "productOrderItem": [
        {
            "id": "1",
            "action": "add",
            "quantity": 1,
            "productOffering": {"id": "pack-data-10g"},
            "product": {"productCharacteristic": [{"name": "msisdn", "value": "+8613800138000"}]},
        }
    ],
}
SALES = (
    Operation(
        "GET",
        f"{CATALOGUE}/productOffering",
        "Catalogue",
        "What is for sale, with price, stock and the words people use for it.",
        [OFFERING],
        query=(
            ("category", "plan, dataPack, voicePack, roamingPack, broadband, phone, accessory, giftCard"),
            ("isSellable", "true or false"),
        ),
    ),
    Operation("GET", f"{CATALOGUE}/productOffering/{{id}}", "Catalogue", "One offering.", OFFERING, errors=("notFound",)),
    Operation(
        "GET",
        f"{INVENTORY}/product",
        "What a customer has",
        "Plan, packs, services and broadband.",
        [PRODUCT],
        query=(("relatedParty.id", "customer"), ("msisdn", "E.164"), ("status", "active, suspended, terminated")),
    ),
    Operation("GET", f"{INVENTORY}/product/{{id}}", "What a customer has", "One product.", PRODUCT, errors=("notFound",)),
    Operation(
        "POST",
        f"{ORDERS}/productOrder",
        "Orders",
        "Place an order: one plan (action modify; effective immediate or nextCycle), one pack, broadband at a place, or goods.",
        ORDER_SEEN,
        201,
        request=ORDER.schema,
        example=PLACE_EXAMPLE,
        errors=PLACE_ERRORS,
    ),
    Operation(
        "GET",
        f"{ORDERS}/productOrder",
        "Orders",
        "Orders, newest first.",
        [ORDER_SEEN],
        query=(
            ("relatedParty.id", "customer"),
            ("state", "one of the eleven"),
            ("category", "planChange, dataPack, broadband, device"),
            ("idempotencyKey", "the one made under this key"),
        ),
    ),
    Operation(
        "GET",
        f"{ORDERS}/productOrder/{{id}}",
        "Orders",
        "One order; with relatedParty.id only its owner's.",
        ORDER_SEEN,
        errors=("notFound",),
    ),
    Operation(
        "PATCH",
        f"{ORDERS}/productOrder/{{id}}",
        "Orders",
        "Move an order to another state, along the standard's eleven.",
        ORDER_SEEN,
        request=ORDER_UPDATE.schema,
        example={"state": "held", "productOrderItem": [{"id": "1", "action": "add"}]},
        errors=("notFound", "invalidTransition", "notChangeable"),
    ),
    Operation(
        "DELETE",
        f"{ORDERS}/productOrder/{{id}}",
        "Orders",
        "Never: a record of an order is kept.",
        None,
        204,
        errors=("notFound", "notDeletable"),
    ),
    Operation(
        "POST",
        f"{ORDERS}/cancelProductOrder",
        "Orders",
        "Cancel an order that has not left the warehouse; money and stock go back.",
        CANCELLED,
        201,
        request=CANCELLATION.schema,
        errors=("notFound", "notCancellable"),
        example={"productOrder": {"id": "DD20261122A7KMQ3"}, "cancellationReason": "changedMind", "relatedParty": PARTY},
    ),
    Operation(
        "GET",
        f"{ORDERS}/cancelProductOrder",
        "Orders",
        "Cancellations, newest first.",
        [CANCELLED],
        query=(("productOrder.id", "order"), ("idempotencyKey", "the one made under this key")),
    ),
    Operation("GET", f"{ORDERS}/cancelProductOrder/{{id}}", "Orders", "One cancellation.", CANCELLED, errors=("notFound",)),
)


def hub_operations(base: str) -> tuple[Operation, Operation]:
    """Subscribing to the events of the API at `base`."""
    told = {"id": "HB1", "callback": "http://127.0.0.1:8080/hooks/operator"}
    example = {"callback": told["callback"]}
    says = "Have events sent to an address on an allowed host."
    return (
        Operation(
            "POST",
            f"{base}/hub",
            "Events",
            says,
            told,
            201,
            request=hub.SHAPE.schema,
            example=example,
            errors=("callbackNotAllowed", "quotaExceeded"),
        ),
        Operation("DELETE", f"{base}/hub/{{id}}", "Events", "Send no more events there.", None, 204, errors=("notFound",)),
    )
