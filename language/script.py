"""Which language a customer is using, by what is written. Unsure is an answer: names, digits and "ok" tell nothing."""

from __future__ import annotations

import re
from typing import Literal

from language.fold import fold

Language = Literal["zh", "en"]

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f]")
_KANA_OR_HANGUL = re.compile("[\u3040-\u30ff\uac00-\ud7af]")
_WORD = re.compile(r"(?<![a-z0-9])[a-z]+(?:'[a-z]+)?(?![a-z0-9])")
# Names that both languages use, in either script.
_NAMES_ZH = re.compile("微信支付|微信|支付宝|华为|小米|荣耀|银联")
_NAME_WORDS = (
    "ok okay app apps wifi wi fi iphone ipad ipod mac macbook apple huawei xiaomi redmi honor oppo vivo samsung galaxy mate "
    "pro max plus mini ultra note air pods airpods watch wechat weixin alipay pay paypal visa unionpay mastercard vip svip "
    "sim esim usim pin puk otp sms gb mb tb kb g m gprs lte volte nfc gps usb type c ios android qq vr ar ai tv iptv pdf "
    "url http https www com cn id hd led cpu ram rom k t x s b dd x1 rmb cny usd"
)
_NAMES = frozenset(_NAME_WORDS.split())
_ENGLISH_WORDS = (
    "hi hello hey bye goodbye yes yeah yep no nope please thanks thank you your my me i we it is are am was were be been do "
    "does did what what's when where where's which who why how can could would will should want need like help have has had "
    "the this that an balance bill bills plan plans data usage package order orders track cancel refund return buy "
    "recharge internet broadband signal network slow phone number password agent human person operator english chinese "
    "speak talk to in on of for from and or not money payment card last next month week day today tomorrow now never mind "
    "back repeat again menu stop start yuan bucks one two three four five six seven eight nine ten twenty thirty forty "
    "fifty hundred thousand gift delivery address complaint sorry sure right wrong good great bad check show tell give "
    "change switch activate reset lost stolen lock more left much many any don't can't i'm it's i'd i've isn't doesn't wait "
    "hold forgot resume option correct confirm absolutely yup exactly perfect definitely negative neither abort quit previous pardon "
    "home restart main representative manager advisor exchange downgrade upgrade browse checkout morning afternoon evening "
    "greetings howdy hiya later cheers farewell thx instructions guide take care see so long topup prepay january february march "
    "april june july august september october november december"
)
_ENGLISH = frozenset(_ENGLISH_WORDS.split())
_PINYIN = re.compile(
    r"(?:(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?(?:iang|iong|uang|ang|eng|ing|ong|iao|ian|uai|uan|ueng|ai|ei|ao|ou|an|en|in|un|vn|ia|ie|iu|"
    r"ua|uo|ui|ue|ve|er|a|o|e|i|u|v)){1,5}"
)
_LONGEST_PINYIN = 14  # letters of a word tried as pinyin syllables; bounds the search
_SHARE = 0.4  # of Han characters against Latin words, below which Han characters are quotations ("what does 流量 mean, please")
_LOOK_AT = 500  # code points; the beginning of a long text tells


def detect(text: str) -> Language | None:
    """ "zh", "en", or None when the text does not say. A mix counts as Chinese ("查一下我的balance")."""
    folded = fold(text[:_LOOK_AT])
    words = [w for w in _WORD.findall(folded) if w not in _NAMES]
    if _KANA_OR_HANGUL.search(folded):
        return None
    han = len(_HAN.findall(_NAMES_ZH.sub("", folded)))
    if han and han >= _SHARE * (han + len(words)):
        return "zh"
    if any(w in _ENGLISH for w in words):
        return "en"
    if len(words) >= 2 and not all(len(w) <= _LONGEST_PINYIN and _PINYIN.fullmatch(w) for w in words):
        return "en"
    return None
