"""The demo customers of the stand-in operator, as the pages offer them in demo mode. Tests take customers of their own instead."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DemoCustomer:
    """`number` is E.164, `pin` the service PIN; `zh` and `en` say what there is to see."""

    number: str
    pin: str
    name: str
    zh: str
    en: str

    @property
    def local_number(self) -> str:
        """The number as it is dialled at home."""
        return self.number.removeprefix("+86")


DEMO_CUSTOMERS = (
    DemoCustomer("+8613800138000", "246810", "张伟", "中文 · 金卡 · 初始余额 ¥86.50", "Chinese · gold tier · starts with ¥86.50"),
    DemoCustomer(
        "+8613900139000", "135790", "Emily Carter", "英文 · 银卡 · 初始余额 ¥42.75", "English · silver tier · starts with ¥42.75"
    ),
    DemoCustomer(
        "+8613700137000",
        "112233",
        "王芳",
        "中文 · 初始余额 ¥3.20 · 宽带已停",
        "Chinese · starts with ¥3.20 · broadband suspended",
    ),
)
