"""Text that wants to be something else than words, for hypothesis and for tables."""

import os

from hypothesis import settings, strategies

PIECES = (
    "</Say><Dial>+19005551234</Dial><Say>",
    "<break time='99s'/>",
    "&lt;break time='99s'/&gt;",
    "&amp;lt;Dial&amp;gt;",
    "<![CDATA[",
    "]]>",
    "<!--",
    "<?xml version='1.0'?>",
    "<!DOCTYPE a [<!ENTITY b 'c'>]>&b;",
    "&#0;",
    "&#xFFFE;",
    "\x00",
    "\x0b",
    "\x1b[31m",
    "\x85",
    "\u2028",
    "\ud800",
    "\udfff",
    "\ufffe",
    "\uffff",
    "\U0001ffff",
    "\u202e",
    "\u200d",
    "\ufe0f",
    "\U000e0041",
    "\ue000",
    "👨‍👩‍👧‍👦",
    "😀",
    "1️⃣",
    "🇨🇳",
    "👍🏽",
    "‼️",
    "ℹ️",
    "〰️",
    "https://pay.example.com/?a=1&b=<c>",
    "HTTP://X",
    "www.example.com",
    "[点这里](https://example.com)",
    "**粗**",
    "# 标题",
    "\n- ",
    "\n-----\n",
    "——",
    "`code`",
    "|a|b|",
    "138****8000",
    "13800138000",
    "+8613800138000",
    "¥12.50",
    "。。。",
    "?!",
    "e\u0301",
    "𠀀",
    "查余额",
    "Balance, please. ",
)

CALM = settings(deadline=None, max_examples=int(os.environ.get("EXAMPLES", "200")))  # the machine may be busy

anything = strategies.text(strategies.characters(), max_size=300)
hostile = strategies.lists(strategies.one_of(strategies.sampled_from(PIECES), anything), max_size=12).map("".join)
long = strategies.builds(
    lambda piece, times: (piece * times)[:10_000], strategies.sampled_from(PIECES), strategies.integers(1, 10_000)
)
any_text = strategies.one_of(anything, hostile, long)
languages = strategies.sampled_from(["zh", "en"])
