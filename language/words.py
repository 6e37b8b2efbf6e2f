"""Word lists that several readers share: fillers, politeness, corrections, refusals. All are written for folded text."""

import re

# Sounds that carry nothing. 额 and 那个 begin real words (额度, 那个套餐), so a pause must follow them.
_FILLERS_ZH = (
    r"[嗯呃唔噢喔诶欸]+|[啊哦唉哎喂](?![哟呀])|额(?=[\s,，。.…、]|$)|"
    r"那个(?=[\s,，。.…、]|$|我|你|您|请|帮|给|想|能|麻烦)|就是说"
)
_FILLERS_EN = r"(?<![a-z])(?:u+m+|u+h+|er+m?|hm+|mm+|ah|you know)(?![a-z'])"
FILLER = re.compile(f"(?:{_FILLERS_ZH}|{_FILLERS_EN})")

# Politeness and the frame of a bare answer ("就五十吧", "it's fifty please"): nothing of it is a request.
_POLITE_ZH = (
    "麻烦您|麻烦你|麻烦|谢谢您|谢谢你|谢谢|多谢|您好|你好|请问|请|就是|就要|就|那就|吧|呢|呀|啊|哈|啦|喽|哦|了|的话|"
    "我的号码是|我的号码|手机号码是|手机号是|手机号码|手机号|电话号码|号码是|电话是|号码|电话|我说的是|我要的是|应该是|我选|选择|选|我要|那|是|好的|对"
)
_POLITE_EN = (
    r"(?<![a-z])(?:please|thanks|thank you|it's|its|it is|that's|that is|just|the number is|my number is|number is|number|"
    r"i said|i mean|make it|i'll take|i'll have|i want|i'd like|the|is|okay|ok|yes|sure|well|so|let's say|say|with|for|by|then)"
    r"(?![a-z'])"
)
POLITE = re.compile(f"(?:{_POLITE_ZH}|{_POLITE_EN})")

# A lone no between two values; only looked for where values stand on both sides.
LONE_NO = r"(?<![一-龥])不(?![一-龥])|(?<![a-z])(?:no|nope)(?![a-z])"

# What was said before these words is taken back.
CORRECTION = re.compile(
    r"不对|不不不?|说错了?|搞错了?|错了|哦不|噢不|啊不|不好意思|我是说|我说的是|应该是|"
    r"(?<![a-z])(?:no wait|no sorry|no no|wait|sorry|scratch that|correction|i meant?|i mean|actually|rather|make (?:it|"
    r"that)|wrong)(?![a-z])"
)
