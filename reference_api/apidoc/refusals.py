"""Every code an error can carry: its status, what it means, and what the bot tells the customer."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ErrorCode:
    """`zh` and `en` are the sense of what the customer hears; the wording itself is the bot's."""

    code: str
    status: int
    means: str
    zh: str
    en: str


SORRY = (
    "抱歉，系统出了点问题，需要的话我为您转人工。",
    "Sorry, something went wrong on our side. I can put you through to a person.",
)
ASK_AGAIN = ("抱歉，这个信息我没能用上，请您再说一遍。", "Sorry, I could not use that. Could you say it again?")
LATER = ("系统有点忙，请您稍等片刻再试。", "It is busy just now. Please try again in a moment.")
UNKNOWN = (
    "正在处理，请稍后查询，我不会重复扣款。",
    "It is being processed; please check again shortly. You will not be charged twice.",
)

CODES = (
    ErrorCode("schemaViolation", 400, "The body or a parameter is not as the schema says; `message` says where.", *SORRY),
    ErrorCode("notJson", 400, "The body is not JSON, or is not labelled application/json.", *SORRY),
    ErrorCode("badIdempotencyKey", 400, "Idempotency-Key is empty, longer than 255 characters or not printable ASCII.", *SORRY),
    ErrorCode("badRequest", 400, "The request is not HTTP as the server understands it.", *SORRY),
    ErrorCode("unauthorized", 401, "No key, or a wrong one.", *SORRY),
    ErrorCode("forbidden", 403, "The key may not do this.", *SORRY),
    ErrorCode("callbackNotAllowed", 403, "The callback address is not on an allowed host.", *SORRY),
    ErrorCode(
        "notFound",
        404,
        "Nothing there, or it belongs to somebody else: the two are never told apart. 409 where a body names it.",
        "没有找到，请您核对一下号码或订单号。",
        "I cannot find that. Please check the number.",
    ),
    ErrorCode("methodNotAllowed", 405, "The address exists, the method does not; see Allow.", *SORRY),
    ErrorCode(
        "amountOutOfRange",
        409,
        "The amount or quantity is outside the limits (a top-up: ¥1 to ¥3,000), or not whole fen.",
        "金额超出范围，单次充值为1到3000元，请换个金额。",
        "That amount is out of range: a top-up is ¥1 to ¥3,000. Please choose another.",
    ),
    ErrorCode(
        "dailyLimitReached",
        409,
        "The line would be topped up by more than ¥5,000 today.",
        "这个号码今天的充值已到上限，请明天再充。",
        "This number has reached today's top-up limit. Please try tomorrow.",
    ),
    ErrorCode(
        "refuelCapReached",
        409,
        "More data packs than a line may have in a month.",
        "本月加购流量已到上限，可以看看更大的套餐。",
        "You have reached this month's limit for extra data. A larger plan may suit you.",
    ),
    ErrorCode(
        "changePending",
        409,
        "Another plan change or broadband order of this line is still open.",
        "您已有一笔变更在办理中，完成后才能再办。",
        "A change is already under way; another can follow when it is done.",
    ),
    ErrorCode(
        "outOfStock",
        409,
        "Not that many are left.",
        "这款暂时缺货，要看看别的吗？",
        "That is out of stock. Would you like to see others?",
    ),
    ErrorCode(
        "notServiceable",
        409,
        "Broadband of this speed cannot be had at this address.",
        "这个地址暂时装不了这款宽带。",
        "This broadband is not available at that address yet.",
    ),
    ErrorCode(
        "invalidTransition",
        409,
        "The order or ticket cannot go from its state to the one asked for.",
        "现在的状态下不能这样操作。",
        "That is not possible at this stage.",
    ),
    ErrorCode(
        "notCancellable",
        409,
        "The order has left the warehouse or has ended.",
        "这个订单已发货或已完成，不能取消，收到后可以申请退货。",
        "This order has shipped or ended and cannot be cancelled; you may return it after delivery.",
    ),
    ErrorCode("planSame", 409, "The line is on this plan already.", "您现在用的就是这个套餐。", "You are already on this plan."),
    ErrorCode(
        "planNotEligible",
        409,
        "The plan is for customers of another tier.",
        "这个套餐仅限会员办理，要看看其他套餐吗？",
        "This plan is for members only. Shall I show you others?",
    ),
    ErrorCode(
        "lineSuspended",
        409,
        "The line is stopped; it must be restored first.",
        "这个号码处于停机状态，请先复机。",
        "This line is suspended and has to be restored first.",
    ),
    ErrorCode(
        "paymentDeclined",
        409,
        "The payment was refused, the balance is too low, or the method is not offered.",
        "付款没有成功，没有扣款，换个方式试试？",
        "The payment did not go through and nothing was charged. Try another method?",
    ),
    ErrorCode(
        "offerNotSellable",
        409,
        "The offering is no longer sold, or not in this way.",
        "这个已停止办理，要看看其他的吗？",
        "That is no longer offered. Shall I show you others?",
    ),
    ErrorCode("notChangeable", 409, "Records of money: only the description can be changed.", *SORRY),
    ErrorCode("notDeletable", 409, "Records of money, and customers' buckets, are kept.", *SORRY),
    ErrorCode("conflict", 409, "Refused by a rule without a code of its own.", *SORRY),
    ErrorCode("requestEntityTooLarge", 413, "The body is larger than is accepted.", *ASK_AGAIN),
    ErrorCode("unsupportedMediaType", 415, "The body has a type that is not accepted here.", *SORRY),
    ErrorCode("idempotencyKeyReused", 422, "This Idempotency-Key was used with another body; nothing was done.", *SORRY),
    ErrorCode("quotaExceeded", 429, "Too many requests; Retry-After says how many seconds to wait.", *LATER),
    ErrorCode("internalError", 500, "The stand-in failed. After a POST the outcome is unknown: ask by key.", *UNKNOWN),
    ErrorCode("fault", 503, "A test asked for this failure. After a POST the outcome is unknown: ask by key.", *UNKNOWN),
    ErrorCode("busy", 503, "The database did not become free in time; nothing was done.", *LATER),
)

PROVIDER_CODES = (
    ErrorCode("0", 200, "Fine. For /recharge it means accepted, never credited: look at `status`.", "已受理。", "Accepted."),
    ErrorCode("1001", 200, "A parameter is missing or malformed.", *SORRY),
    ErrorCode("1002", 200, "The signature is wrong.", *SORRY),
    ErrorCode("1003", 200, "The appid is unknown.", *SORRY),
    ErrorCode("1004", 200, "The timestamp is more than 300 seconds off.", *SORRY),
    ErrorCode("1005", 200, "The nonce was used before.", *SORRY),
    ErrorCode("2001", 200, "No such number.", "没有找到这个号码，请您核对。", "I cannot find that number. Please check it."),
    ErrorCode(
        "2002",
        200,
        "The amount is outside ¥1 to ¥3,000, or not whole fen.",
        "金额超出范围，单次充值为1到3000元。",
        "That amount is out of range: ¥1 to ¥3,000.",
    ),
    ErrorCode(
        "2003",
        200,
        "The number's daily limit of ¥5,000 is reached.",
        "这个号码今天的充值已到上限。",
        "This number has reached today's limit.",
    ),
    ErrorCode("2004", 200, "Refused for another reason, told in `msg`.", *SORRY),
    ErrorCode("2005", 200, "This out_trade_no was used with other parameters; nothing was done.", *SORRY),
    ErrorCode("2006", 200, "No recharge with this out_trade_no.", "没有查到这笔充值。", "I cannot find that top-up."),
    ErrorCode("3001", 200, "notify_url is not on an allowed host.", *SORRY),
)
