"""Descriptions: balance, top-up and the other balance actions, payments; and the provider-style twin."""

from reference_api import prepayshapes
from reference_api.answers import Json
from reference_api.payments import SHAPE as PAYMENT_SHAPE

from .operation import Operation
from .refusals import PROVIDER_CODES

PREPAY, PAY, PROVIDER = "/tmf-api/prepayBalanceManagement/v4", "/paymentManagement/v4", "/provider/v1"
LINE = {"id": "+8613800138000", "value": "+8613800138000", "@type": "MSISDN"}
YUAN = {"amount": 86.5, "units": "CNY", "amountFen": 8650}
BUCKET = {
    "id": "BK1",
    "name": "话费余额",
    "name_en": "Balance",
    "usageType": "monetary",
    "status": "active",
    "remainingValue": YUAN,
    "reservedValue": {"amount": 0.0, "units": "CNY", "amountFen": 0},
    "logicalResource": [LINE],
}
TOPUP = {
    "id": "TU5",
    "status": "confirmed",
    "amount": {"amount": 50.0, "units": "CNY", "amountFen": 5000},
    "logicalResource": LINE,
    "paymentMethod": {"id": "wechat_pay"},
    "payment": {"id": "PY6"},
    "requestedDate": "2026-11-22T09:00:00.000Z",
    "confirmationDate": "2026-11-22T09:00:00.000Z",
    "impactedBucket": [{"amountBefore": YUAN, "amountAfter": YUAN}],
}
ACTION = {
    "id": "BA8",
    "amount": YUAN,
    "reason": "topup",
    "description": "TU5",
    "status": "confirmed",
    "requestedDate": "2026-11-22T09:00:00.000Z",
}
TOTAL = {"id": "AB8613800138000", "name": "+8613800138000", "totalBalance": YUAN, "logicalResource": [LINE]}
PAYMENT = {
    "id": "PY6",
    "status": "done",
    "statusDate": "2026-11-22T09:00:00.000Z",
    "paymentMethod": {"id": "wechat_pay"},
    "account": {"id": "+8613800138000"},
    "totalAmount": {"unit": "CNY", "value": 50.0, "amountFen": 5000},
}
OF_LINE = (("logicalResource.value", "E.164, +86…"),)
MONEY_ERRORS = ("amountOutOfRange", "notFound", "paymentDeclined")


def _resource(
    name: str, topic: str, says: str, body: Json, request: tuple[Json, Json], example: Json, errors: tuple[str, ...]
) -> tuple[Operation, ...]:
    """The five operations of one kind of balance action."""
    path = f"{PREPAY}/{name}"
    new, change = request
    return (
        Operation("POST", path, topic, says, body, 201, request=new, example=example, errors=errors),
        Operation("GET", path, topic, "Newest first.", [body]),
        Operation("GET", f"{path}/{{id}}", topic, "One of them.", body, errors=("notFound",)),
        Operation(
            "PATCH",
            f"{path}/{{id}}",
            topic,
            "Change the description; nothing else of a record of money can change.",
            body,
            request=change,
            example={"description": "…"},
            errors=("notFound", "notChangeable"),
        ),
        Operation(
            "DELETE",
            f"{path}/{{id}}",
            topic,
            "A reservation is set free; a record of money stays.",
            None,
            204,
            errors=("notFound", "notDeletable"),
        ),
    )


TOPUP_EXAMPLE = {
    "amount": {"amount": 50, "units": "CNY"},
    "logicalResource": LINE,
    "paymentMethod": {"id": "wechat_pay"},
    "channel": {"id": "web", "name": "web"},
    "requestor": {"id": "CZHANGWEI22", "role": "customer", "@referredType": "Customer"},
}
SMALL = {"amount": {"amount": 5, "units": "CNY"}, "logicalResource": LINE}
TWO_LINES = {**SMALL, "receiverLogicalResource": {"id": "+8613800138001", "value": "+8613800138001"}}
BALANCE = (
    Operation("GET", f"{PREPAY}/bucket", "Balance", "The pots of a line: money, data, calls, messages.", [BUCKET], query=OF_LINE),
    Operation("GET", f"{PREPAY}/bucket/{{id}}", "Balance", "One pot.", BUCKET, errors=("notFound",)),
    Operation(
        "POST",
        f"{PREPAY}/bucket",
        "Balance",
        "Make an empty pot of no line; value comes only by top-up, order or adjustment.",
        BUCKET,
        201,
        request=prepayshapes.BUCKET.schema,
        example={"usageType": "monetary"},
        errors=("amountOutOfRange",),
    ),
    Operation(
        "DELETE",
        f"{PREPAY}/bucket/{{id}}",
        "Balance",
        "Remove an empty pot of no line.",
        None,
        204,
        errors=("notFound", "notDeletable"),
    ),
    Operation("GET", f"{PREPAY}/accumulatedBalance", "Balance", "All pots of a line added up.", [TOTAL], query=OF_LINE),
    Operation("GET", f"{PREPAY}/accumulatedBalance/{{id}}", "Balance", "One line's.", TOTAL, errors=("notFound",)),
    Operation(
        "GET", f"{PREPAY}/balanceAction", "Balance", "Every change of a line's pots, newest first.", [ACTION], query=OF_LINE
    ),
    Operation("GET", f"{PREPAY}/balanceAction/{{id}}", "Balance", "One change.", ACTION, errors=("notFound",)),
    *_resource(
        "topupBalance",
        "Top-up",
        "Put money on a line: ¥1 to ¥3,000, at most ¥5,000 a line and day. `pending` may still become confirmed or failed.",
        TOPUP,
        (prepayshapes.TOPUP.schema, prepayshapes.TOPUP_UPDATE.schema),
        TOPUP_EXAMPLE,
        (*MONEY_ERRORS, "dailyLimitReached"),
    ),
    *_resource(
        "adjustBalance",
        "Other balance actions",
        "Goodwill or a correction, at most ¥50 either way.",
        {**TOPUP, "id": "AJ1"},
        (prepayshapes.ADJUST.schema, prepayshapes.ADJUST_UPDATE.schema),
        SMALL,
        MONEY_ERRORS,
    ),
    *_resource(
        "transferBalance",
        "Other balance actions",
        "Money between two lines of one customer, ¥1 to ¥200.",
        {**TOPUP, "id": "TR1"},
        (prepayshapes.TRANSFER.schema, prepayshapes.TRANSFER_UPDATE.schema),
        TWO_LINES,
        MONEY_ERRORS,
    ),
    *_resource(
        "reserveBalance",
        "Other balance actions",
        "Set money aside until the reservation is deleted.",
        {**TOPUP, "id": "RV1"},
        (prepayshapes.RESERVE.schema, prepayshapes.RESERVE_UPDATE.schema),
        SMALL,
        MONEY_ERRORS,
    ),
    Operation(
        "POST",
        f"{PAY}/payment",
        "Payments",
        "A payment in the sandbox. The characteristic `sandbox` chooses how it ends: ok, declined, slow or unknown.",
        PAYMENT,
        201,
        request=PAYMENT_SHAPE.schema,
        errors=("amountOutOfRange", "paymentDeclined"),
        example={
            "account": {"id": "+8613800138000"},
            "paymentMethod": {"id": "alipay"},
            "totalAmount": {"unit": "CNY", "value": 50},
        },
    ),
    Operation("GET", f"{PAY}/payment", "Payments", "Newest first.", [PAYMENT]),
    Operation("GET", f"{PAY}/payment/{{id}}", "Payments", "One payment.", PAYMENT, errors=("notFound",)),
)

ALL = tuple(code.code for code in PROVIDER_CODES)
SIGNED = {"appid": "careline", "timestamp": "1795338000", "nonce": "k3v9x2m7q1", "sign_type": "HMAC-SHA256", "sign": "…"}
RECHARGE = {
    "out_trade_no": "tu-20261122-0001",
    "order_no": "PR8",
    "mobile": "13800138000",
    "amount": 5000,
    "status": "0",
    "charge_amount": 0,
}


def _form(*names: str) -> Json:
    return {
        "type": "object",
        "required": ["appid", "timestamp", "nonce", "sign"],
        "properties": {n: {"type": "string"} for n in (*SIGNED, *names)},
    }


PROVIDER_STYLE = (
    Operation(
        "POST",
        f"{PROVIDER}/balance",
        "Provider style",
        "Money in fen and what is left of data (MB), calls (minutes) and messages.",
        {
            "code": "0",
            "msg": "ok",
            "data": {"mobile": "13800138000", "status": "1", "balance": 8650, "data_left": 61693, "data_total": 81920},
        },
        request=_form("mobile"),
        example={**SIGNED, "mobile": "13800138000"},
        errors=ALL,
        form=True,
    ),
    Operation(
        "POST",
        f"{PROVIDER}/recharge",
        "Provider style",
        "Accept a recharge of `amount` fen. It ends later: ask /order, or wait for the signed form POST to notify_url (members as"
        " in `data`), which is repeated until it is answered with the plain word success.",
        {"code": "0", "msg": "ok", "data": RECHARGE},
        request=_form("mobile", "amount", "out_trade_no", "notify_url", "pay_type"),
        errors=ALL,
        form=True,
        example={**SIGNED, "mobile": "13800138000", "amount": "5000", "out_trade_no": "tu-20261122-0001"},
    ),
    Operation(
        "POST",
        f"{PROVIDER}/order",
        "Provider style",
        "How a recharge stands: status 0 on its way, 1 credited, 2 failed.",
        {"code": "0", "msg": "ok", "data": {**RECHARGE, "status": "1", "charge_amount": 5000, "balance_after": 13650}},
        request=_form("out_trade_no"),
        example={**SIGNED, "out_trade_no": "tu-20261122-0001"},
        errors=ALL,
        form=True,
    ),
)
