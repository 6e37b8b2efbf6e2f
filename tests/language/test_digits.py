"""PINs and codes as they are typed and spoken."""

import pytest

from language.digits import find_runs, read_digits


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("246810", "246810"),
        ("２４６８１０", "246810"),
        ("24 68 10", "246810"),
        ("246-810", "246810"),
        ("2,4,6,8,1,0", "246810"),
        ("二四六八幺零", "246810"),
        ("二四六八一零", "246810"),
        ("洞幺两三", "0123"),
        ("拐拐八八", "7788"),
        ("二 四 六 八 幺 洞", "246810"),
        ("我的密码是二四六八幺零", "246810"),
        ("密码：246810。", "246810"),
        ("嗯 二四六八 呃 幺零", "246810"),
        ("是246810", "246810"),
        ("好的，一二三四五六", "123456"),
        ("三个零一二三", "000123"),
        ("验证码是 1 2 3 4 5 6 谢谢", "123456"),
        ("it's two four six, eight one oh", "246810"),
        ("double oh seven four", "0074"),
        ("triple one three five seven", "111357"),
        ("twenty-four sixty-eight ten", "246810"),
        ("my pin is 1 3 5 7 9 0", "135790"),
        ("um two four six uh eight one zero", "246810"),
        ("two for six eight", "2468"),
        ("the code is 112233 please", "112233"),
        ("one three five oh five", "13505"),
    ],
)
def test_reads(text: str, digits: str) -> None:
    assert read_digits(text) == digits


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("二四六八一一 不对 二四六八一零", "246810"),
        ("二四六八一一 不对 一零", "246810"),
        ("246811 no wait 246810", "246810"),
        ("二四六八，不，二四六九", "2469"),
        ("two four six eight no two four six nine", "2469"),
        ("24 说错了 135790", "135790"),
        ("不对 246810", "246810"),
    ],
)
def test_hears_a_self_correction(text: str, digits: str) -> None:
    assert read_digits(text) == digits


@pytest.mark.parametrize(
    "text",
    [
        "",
        "转人工",
        "246810元",
        "50.5",
        "fifty yuan",
        "两百五",
        "不",
        "no",
        "please",
        "我要充50",
        "123456 忘了怎么办",
        "to for",
        "x" * 5000,
        "密码忘了",
        "my pin",
    ],
)
def test_anything_else_is_no_code(text: str) -> None:
    assert read_digits(text) is None


def test_a_run_ends_where_a_number_with_units_begins() -> None:
    assert [r.digits for r in find_runs("给一三八零零一三八零零零五十块")] == ["13800138000"]


def test_groups_keep_blanks_apart() -> None:
    (run,) = find_runs("50 138 0013 8000")
    assert [g.digits for g in run.groups] == ["50", "138", "0013", "8000"]
