"""Value-added services: charged every month, ordered in the operator's app and therefore not sold here."""

from .offering import Offering, Words


def _service(slug: str, names: tuple[str, str], fen: int, texts: tuple[str, str], words: Words) -> Offering:
    return Offering(
        id=f"vas-{slug}",
        category="vas",
        name_zh=names[0],
        name_en=names[1],
        price_fen=fen,
        charge="month",
        text_zh=texts[0],
        text_en=texts[1],
        words_zh=words[0],
        words_en=words[1],
        sellable=False,
    )


SERVICES = (
    _service(
        "ringback",
        ("视频彩铃", "Video Ringback Tone"),
        600,
        ("对方来电时看到您选的短视频", "Callers see a short video of your choice"),
        (("彩铃",), ("ringback", "ringtone")),
    ),
    _service(
        "caller-card",
        ("来电名片", "Caller Card"),
        500,
        ("陌生来电显示名称", "Names unknown callers"),
        (("来电显示",), ("caller id",)),
    ),
    _service(
        "cloud",
        ("云盘会员", "Cloud Drive Membership"),
        1000,
        ("1TB云空间", "1 TB of cloud storage"),
        (("云盘", "网盘"), ("cloud", "storage")),
    ),
    _service(
        "reading",
        ("阅读会员", "Reading Membership"),
        1500,
        ("十万本电子书", "A hundred thousand e-books"),
        (("阅读", "看书会员"), ("reading", "e-books")),
    ),
    _service(
        "video",
        ("视频会员", "Video Membership"),
        2500,
        ("影视免广告，专属流量另计", "Films without advertising; data counted as usual"),
        (("视频会员", "影视会员"), ("video membership", "streaming membership")),
    ),
)
