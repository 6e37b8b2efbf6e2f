"""What the bodies of the prepay balance API (TMF654) must look like."""

from reference_api.answers import Json
from reference_api.shapes import (
    BOOLEAN,
    INTEGER,
    MOMENT,
    PERIOD,
    QUANTITY,
    STRING,
    TYPED,
    Shape,
    many,
    party,
    record,
    reference,
)

_BUCKET_REF = reference(usageType=STRING)
_RESOURCE = reference(value=STRING)
_ACCOUNT = reference(STRING, description=STRING, status=STRING)
_ITEM = record({"description": STRING, "itemType": STRING, "name": STRING, "reason": STRING, "amount": QUANTITY, **TYPED})
_IMPACTED = record(
    {
        "confirmationDate": MOMENT, "requestedDate": MOMENT, "description": STRING, "name": STRING,
        "amountAfter": QUANTITY, "amountBefore": QUANTITY, "bucket": _BUCKET_REF, "item": many(_ITEM), **TYPED,
    },
    "item",
)  # fmt: skip

_ACTION: Json = {
    "confirmationDate": MOMENT, "requestedDate": MOMENT, "description": STRING, "reason": STRING, "status": STRING,
    "usageType": STRING, "amount": QUANTITY, "bucket": _BUCKET_REF, "channel": reference(), "impactedBucket": many(_IMPACTED),
    "logicalResource": _RESOURCE, "partyAccount": _ACCOUNT, "product": reference(), "relatedParty": many(party()),
    "requestor": party(), **TYPED,
}  # fmt: skip
_TOPUP: Json = {
    **_ACTION, "isAutoTopup": BOOLEAN, "numberOfPeriods": INTEGER, "recurringPeriod": STRING, "voucher": STRING,
    "payment": reference(), "paymentMethod": reference(),
    "relatedTopupBalance": record({"id": STRING, "href": {"type": "string", "format": "uri"}, "name": STRING, "role": STRING,
                                   **TYPED, "@referredType": STRING}),
}  # fmt: skip
_TRANSFER: Json = {
    **_ACTION, "costOwner": STRING, "receiverBucketUsageType": STRING, "receiver": party(), "receiverBucket": _BUCKET_REF,
    "receiverLogicalResource": _RESOURCE, "receiverPartyAccount": _ACCOUNT, "receiverProduct": reference(),
    "transferCost": QUANTITY,
}  # fmt: skip
_ADJUST: Json = {**_ACTION, "adjustType": STRING, "reserveBalance": reference()}
_RESERVE: Json = {**_ACTION, "expirationDate": MOMENT}

BUCKET = Shape(
    record(
        {
            "description": STRING, "isShared": BOOLEAN, "name": STRING, "remainingValueName": STRING, "status": STRING,
            "usageType": STRING, "logicalResource": many(_RESOURCE), "partyAccount": _ACCOUNT, "product": many(reference()),
            "relatedParty": many(party()), "remainingValue": QUANTITY, "reserveBalance": many(reference()),
            "reservedValue": QUANTITY, "validFor": PERIOD, **TYPED,
        },
        "usageType",
    )
)  # fmt: skip
TOPUP, TOPUP_UPDATE = Shape(record(_TOPUP, "amount")), Shape(record(_TOPUP))
ADJUST, ADJUST_UPDATE = Shape(record(_ADJUST, "amount")), Shape(record(_ADJUST))
TRANSFER, TRANSFER_UPDATE = Shape(record(_TRANSFER, "amount")), Shape(record(_TRANSFER))
RESERVE, RESERVE_UPDATE = Shape(record(_RESERVE, "amount")), Shape(record(_RESERVE))
