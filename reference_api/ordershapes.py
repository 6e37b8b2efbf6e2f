"""What the bodies of the product ordering API (TMF622) must look like."""

from reference_api.answers import Json
from reference_api.orderstates import OrderState
from reference_api.shapes import INTEGER, MOMENT, NUMBER, STRING, Shape, many, one_of, record

_TYPES = {"@type": STRING, "@referredType": STRING}


def _ref(**more: Json) -> Json:
    return record({"id": STRING, "href": STRING, "name": STRING, **_TYPES, **more}, "id")


_MONEY = record({"unit": STRING, "value": NUMBER, "@type": STRING})
_PRICE = record({"percentage": NUMBER, "taxRate": NUMBER, "dutyFreeAmount": _MONEY, "taxIncludedAmount": _MONEY, "@type": STRING})
_ALTERATION = record(
    {
        "applicationDuration": INTEGER, "description": STRING, "name": STRING, "priceType": STRING, "priority": INTEGER,
        "recurringChargePeriod": STRING, "unitOfMeasure": STRING, "price": _PRICE, "productOfferingPrice": _ref(),
        "@type": STRING,
    },
    "price", "priceType",
)  # fmt: skip
_ORDER_PRICE = record(
    {
        "description": STRING, "name": STRING, "priceType": STRING, "recurringChargePeriod": STRING, "unitOfMeasure": STRING,
        "billingAccount": _ref(ratingType=STRING), "price": _PRICE, "priceAlteration": many(_ALTERATION),
        "productOfferingPrice": _ref(), "@type": STRING,
    }
)  # fmt: skip
_RELATION = record({"id": STRING, "relationshipType": STRING, "@type": STRING})
_CHARACTERISTIC = record(
    {"id": STRING, "name": STRING, "valueType": STRING, "characteristicRelationship": many(_RELATION), "@type": STRING}, "name"
)
_PLACE = record({"id": STRING, "href": STRING, "name": STRING, "role": STRING, **_TYPES}, "role")
_PRODUCT = record(
    {
        "id": STRING, "name": STRING, "place": many(_PLACE), "productCharacteristic": many(_CHARACTERISTIC),
        "productOffering": _ref(),
    }
)  # fmt: skip
_ITEM_STATES = tuple(state.value for state in OrderState if state is not OrderState.PARTIAL)
_ITEM = record(
    {
        "id": STRING, "quantity": INTEGER, "action": one_of("add", "modify", "delete", "noChange"),
        "itemPrice": many(_ORDER_PRICE), "product": _PRODUCT, "productOffering": _ref(), "state": one_of(*_ITEM_STATES),
    },
    "id", "action",
)  # fmt: skip
_NOTE = record({"id": STRING, "author": STRING, "date": MOMENT, "text": STRING, "@type": STRING}, "text")
_PARTY = record({"id": STRING, "href": STRING, "name": STRING, "role": STRING, **_TYPES}, "@referredType", "id")
_ORDER: Json = {
    "cancellationDate": MOMENT, "cancellationReason": STRING, "category": STRING, "description": STRING, "externalId": STRING,
    "priority": STRING, "requestedStartDate": MOMENT, "billingAccount": _ref(ratingType=STRING),
    "channel": many(_ref(role=STRING)), "note": many(_NOTE), "orderTotalPrice": many(_ORDER_PRICE), "payment": many(_ref()),
    "productOrderItem": many(_ITEM, at_least=1), "relatedParty": many(_PARTY),
    # Ours: how an order is paid (default: from the balance), when it takes effect, and the sandbox outcome asked for.
    "paymentMethod": record({"id": STRING}), "effective": one_of("immediate", "nextCycle"),
    "characteristic": many(record({"name": STRING})),
}  # fmt: skip

ORDER = Shape(record(_ORDER, "productOrderItem"))
ORDER_UPDATE = Shape(record({**_ORDER, "state": one_of(*OrderState)}, "productOrderItem"))
CANCELLATION = Shape(
    record(
        {
            "cancellationReason": STRING, "requestedCancellationDate": MOMENT, "productOrder": _ref(), "@type": STRING,
            "relatedParty": many(_PARTY),
        },
        "productOrder",
    )
)  # fmt: skip
