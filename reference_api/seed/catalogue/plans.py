"""Monthly plans: what people call them is mostly their price."""

from .offering import GB, Offering, Words


def _plan(
    price: int,
    names: tuple[str, str],
    contents: tuple[int, int, int],
    texts: tuple[str, str],
    words: Words,
    sellable: bool = True,
    tiers: tuple[str, ...] = (),
) -> Offering:
    """One plan of `price` yuan a month; contents are (GB, minutes, SMS)."""
    gigabytes, minutes, sms = contents
    zh, en = words
    return Offering(
        id=f"plan-{price}",
        category="plan",
        name_zh=names[0],
        name_en=names[1],
        price_fen=price * 100,
        charge="month",
        text_zh=texts[0],
        text_en=texts[1],
        words_zh=(f"{price}元套餐", f"{price}块的", f"{price}那个", *zh),
        words_en=(f"{price} plan", f"{price} yuan", *en),
        data_mb=gigabytes * GB,
        voice_min=minutes,
        sms=sms,
        sellable=sellable,
        tiers=tiers,
    )


PLANS = (
    _plan(
        8,
        ("8元保号套餐", "Keep-Your-Number 8"),
        (0, 0, 0),
        (
            "月租最低，保留号码，通话每分钟0.15元，流量每GB 5元",
            "The lowest fee that keeps your number; calls ¥0.15 a minute, data ¥5 a GB",
        ),
        (("保号", "最低套餐", "最便宜的", "八块套餐"), ("keep number", "cheapest", "minimum plan")),
    ),
    _plan(
        19,
        ("19元轻享套餐", "Lite 19"),
        (5, 50, 20),
        ("每月5GB流量、50分钟通话，适合主要连Wi-Fi的您", "5 GB and 50 minutes a month, for those mostly on Wi-Fi"),
        (("轻享", "十九块套餐", "入门套餐"), ("lite", "starter", "nineteen")),
    ),
    _plan(
        39,
        ("39元畅聊套餐", "Talk 39"),
        (10, 300, 50),
        ("每月10GB流量、300分钟通话，打电话多的更合算", "10 GB and 300 minutes a month, good value for callers"),
        (("畅聊", "三十九套餐", "打电话套餐"), ("talk", "calling plan", "thirty nine")),
    ),
    _plan(
        59,
        ("59元畅享套餐", "Everyday 59"),
        (30, 200, 50),
        ("每月30GB流量、200分钟通话，选的人最多", "30 GB and 200 minutes a month, the one most people choose"),
        (("畅享", "五十九套餐", "五九", "热门套餐"), ("everyday", "fifty nine", "popular")),
    ),
    _plan(
        69,
        ("69元会员专享套餐", "Member 69"),
        (60, 400, 100),
        ("每月60GB流量、400分钟通话，银卡和金卡会员可办", "60 GB and 400 minutes a month, for silver and gold members"),
        (("会员套餐", "会员专享", "六十九套餐"), ("member plan", "sixty nine")),
        tiers=("silver", "gold"),
    ),
    _plan(
        79,
        ("79元追剧套餐", "Stream 79"),
        (50, 300, 100),
        ("每月50GB流量、300分钟通话，常看视频用得上", "50 GB and 300 minutes a month, for people who watch a lot of video"),
        (("追剧", "七十九套餐", "视频套餐"), ("stream", "video plan", "seventy nine")),
    ),
    _plan(
        99,
        ("99元全家套餐", "Family 99"),
        (80, 500, 100),
        ("每月80GB流量、500分钟通话，可带两张副卡", "80 GB and 500 minutes a month, with up to two extra SIM cards"),
        (("全家", "家庭套餐", "九十九套餐", "九九"), ("family", "ninety nine")),
    ),
    _plan(
        129,
        ("129元5G畅玩套餐", "5G Play 129"),
        (120, 800, 200),
        ("每月120GB 5G流量、800分钟通话，网速优先", "120 GB of 5G and 800 minutes a month, with priority speed"),
        (("5G套餐", "畅玩", "一百二十九套餐", "一二九"), ("5g play", "five g plan", "one twenty nine")),
    ),
    _plan(
        199,
        ("199元尊享套餐", "Premium 199"),
        (300, 1500, 500),
        (
            "每月300GB 5G流量、1500分钟通话，含机场贵宾厅两次",
            "300 GB of 5G and 1,500 minutes a month, with two airport lounge visits",
        ),
        (("尊享", "一百九十九套餐", "一九九", "最贵的", "高端套餐"), ("premium", "top plan", "one ninety nine")),
    ),
    _plan(
        36,
        ("36元老友套餐", "Old Friend 36"),
        (3, 150, 30),
        ("老用户套餐，已停止办理，在用的您可继续使用", "Closed to new customers; those who have it may keep it"),
        (("老友", "老套餐", "三十六套餐"), ("old friend", "legacy", "thirty six")),
        sellable=False,
    ),
)
