"""Packs on top of a plan (data, calls, roaming) and home broadband."""

from .offering import GB, Offering, Words


def _data(slug: str, zh: str, en: str, fen: int, mb: int, days: int, words: Words) -> Offering:
    """One data pack; lasts `days` from the day it is bought."""
    return Offering(
        id=f"pack-data-{slug}",
        category="dataPack",
        name_zh=zh,
        name_en=en,
        price_fen=fen,
        charge="once",
        text_zh=f"国内通用流量，{_days_zh(days)}有效，立即生效",
        text_en=f"Data for use in China, good for {_days_en(days)}, starts at once",
        words_zh=words[0],
        words_en=words[1],
        data_mb=mb,
        valid_days=days,
    )


def _voice(slug: str, zh: str, en: str, fen: int, minutes: int, words: Words) -> Offering:
    return Offering(
        id=f"pack-voice-{slug}",
        category="voicePack",
        name_zh=zh,
        name_en=en,
        price_fen=fen,
        charge="once",
        text_zh="国内通话分钟数，30天有效",
        text_en="Minutes for calls within China, good for 30 days",
        words_zh=words[0],
        words_en=words[1],
        voice_min=minutes,
        valid_days=30,
    )


def _roaming(slug: str, place: tuple[str, str], fen: int, gigabytes: int, days: int, words: Words) -> Offering:
    zh, en = place
    return Offering(
        id=f"pack-roam-{slug}",
        category="roamingPack",
        name_zh=f"{zh}漫游{days}天包",
        name_en=f"{en} Roaming, {days} Days",
        price_fen=fen,
        charge="once",
        text_zh=f"在{zh}使用{gigabytes}GB流量，{_days_zh(days)}有效",
        text_en=f"{gigabytes} GB to use in {en}, good for {_days_en(days)}",
        words_zh=(f"{zh}漫游", f"{zh}流量包", *words[0]),
        words_en=(f"{en.lower()} roaming", *words[1]),
        data_mb=gigabytes * GB,
        valid_days=days,
    )


def _broadband(mbps: int, fen: int, names: tuple[str, str], words: Words) -> Offering:
    return Offering(
        id=f"broadband-{mbps}m",
        category="broadband",
        name_zh=names[0],
        name_en=names[1],
        price_fen=fen,
        charge="month",
        text_zh=f"家庭光纤宽带，下行{mbps}Mbps，含光猫，免费上门安装",
        text_en=f"Home fibre, {mbps} Mbps down, modem and installation included",
        words_zh=words[0],
        words_en=words[1],
        speed_mbps=mbps,
    )


def _days_zh(days: int) -> str:
    return "当日" if days == 1 else f"{days}天"


def _days_en(days: int) -> str:
    return "one day" if days == 1 else f"{days} days"


DATA_PACKS = (
    _data(
        "1g-day",
        "1GB日包",
        "1 GB Day Pack",
        500,
        1 * GB,
        1,
        (("一天的流量包", "日包", "一个G"), ("day pack", "one gig", "1 gig")),
    ),
    _data("500m", "500MB流量包", "500 MB Pack", 600, 500, 30, (("五百兆", "半个G", "小流量包"), ("half a gig", "small pack"))),
    _data("3g", "3GB流量包", "3 GB Pack", 1500, 3 * GB, 30, (("三个G", "3G的流量包"), ("three gigs", "3 gig"))),
    _data("5g", "5GB流量包", "5 GB Pack", 2000, 5 * GB, 30, (("五个G", "5G的流量包"), ("five gigs", "5 gig"))),
    _data("10g", "10GB流量包", "10 GB Pack", 3000, 10 * GB, 30, (("十个G", "10G的流量包", "十G"), ("ten gigs", "10 gig"))),
    _data(
        "20g", "20GB流量包", "20 GB Pack", 5000, 20 * GB, 30, (("二十个G", "20G的流量包"), ("twenty gigs", "20 gig", "big pack"))
    ),
    _data(
        "night-30g",
        "30GB夜间流量包",
        "30 GB Night Pack",
        1000,
        30 * GB,
        30,
        (("夜间包", "晚上的流量"), ("night pack", "overnight data")),
    ),
)
VOICE_PACKS = (
    _voice(
        "100",
        "100分钟语音包",
        "100 Minutes Pack",
        1000,
        100,
        (("一百分钟", "通话包", "语音包"), ("hundred minutes", "call pack")),
    ),
    _voice(
        "300", "300分钟语音包", "300 Minutes Pack", 2500, 300, (("三百分钟", "大语音包"), ("three hundred minutes", "voice pack"))
    ),
)
ROAMING_PACKS = (
    _roaming("hkmo-3d", ("港澳", "Hong Kong & Macao"), 4800, 3, 3, (("香港", "澳门"), ("hong kong", "macau"))),
    _roaming("jpkr-7d", ("日韩", "Japan & Korea"), 9800, 5, 7, (("日本", "韩国"), ("japan", "korea"))),
    _roaming(
        "sea-7d",
        ("东南亚", "Southeast Asia"),
        8800,
        5,
        7,
        (("泰国", "新加坡", "马来西亚", "越南"), ("thailand", "singapore", "vietnam")),
    ),
    _roaming(
        "eu-15d", ("欧洲", "Europe"), 19800, 10, 15, (("法国", "德国", "意大利", "英国"), ("france", "germany", "italy", "uk"))
    ),
    _roaming(
        "us-15d", ("美加", "USA & Canada"), 16800, 10, 15, (("美国", "加拿大", "北美"), ("america", "canada", "united states"))
    ),
)
BROADBAND = (
    _broadband(
        200, 3900, ("200M家庭宽带", "Home Fibre 200"), (("两百兆", "200兆宽带", "最便宜的宽带"), ("200 meg", "basic broadband"))
    ),
    _broadband(500, 5900, ("500M家庭宽带", "Home Fibre 500"), (("五百兆宽带", "500兆宽带"), ("500 meg", "standard broadband"))),
    _broadband(
        1000, 8900, ("千兆家庭宽带", "Home Fibre Gigabit"), (("一千兆", "1000兆宽带", "千兆"), ("gigabit", "1000 meg", "fastest"))
    ),
)
