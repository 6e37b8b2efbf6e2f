"""How somebody wants to pay: wechat_pay, alipay, bank_card or balance."""

from __future__ import annotations

import re

from language.fold import fold
from language.found import Found, found

_METHODS = {
    "wechat_pay": re.compile(
        r"(?:微信|(?<![a-z])(?:wechat|we chat|weixin|wx))(?: ?(?:支付|付款?|pay(?:ment)?))?(?! ?(?:公众号|小程序|群|好友|"
        r"号))(?![a-z])"
    ),
    "alipay": re.compile(r"支付宝(?:支付|付款?)?|(?<![a-z])(?:ali ?pay|zhifubao)(?![a-z])"),
    "bank_card": re.compile(
        r"(?:银行卡|信用卡|储蓄卡|借记卡|银联卡?|刷卡)(?:支付|付款?)?"
        r"|(?<![a-z])(?:(?:bank|credit|debit) ?cards?|union ?pay|visa|master ?card|(?:by|with|on|use) (?:my |a |the )?card"
        r"|my card(?! (?:is|was|isn't|got|has|doesn't|does|not|number|won't|can't|stopped)(?![a-z])))(?![a-z])"
    ),
    "balance": re.compile(
        r"(?:(?<!可)用|从|拿|走|使用)(?:我的?)?(?:账户|话费|手机)?余额(?:支付|付款?|扣款?|里?扣|抵扣)?|(?:话费|账户)?余额(?:支付|付款?|扣款?|抵扣)|话费(?:支付|抵扣|里扣)"
        r"|(?<![a-z])(?:(?:pay |paid )?(?:from|with|by|using|use) (?:my |the )?(?:account )?balance|balance payment)(?![a-z])"
    ),
}
# As a whole answer the word means the method; elsewhere it is the balance that is asked for.
_BALANCE_ALONE = re.compile(
    r"[ ,，。.]*(?:就|那就|用|走)?(?:(?:账户|话费)?余额|(?:my |the |account )*balance)(?:吧|好了|please| )*[ ,，。.]*"
)
_CARD_ALONE = re.compile(r"[ ,，。.]*(?:就|那就)?(?:刷?卡|(?:a |the )?card)(?:吧|好了| |please)*[ ,，。.]*")


def find(text: str) -> list[Found]:
    """Methods from left to right. "余额" or "card" alone is `bare`: it counts only where payment was asked for."""
    folded = fold(text)
    hits = ((method, match) for method, pattern in _METHODS.items() for match in pattern.finditer(folded))
    out = [found("payment_method", method, text, match.start(), match.end()) for method, match in hits]
    if not out and _BALANCE_ALONE.fullmatch(folded):
        out.append(found("payment_method", "balance", text, 0, len(text), bare=True))
    if not out and _CARD_ALONE.fullmatch(folded):
        out.append(found("payment_method", "bank_card", text, 0, len(text), bare=True))
    return sorted(out, key=lambda f: f.start)
