"""Names of the people who live in the seed. All of them are made up."""

from random import Random

SURNAMES_ZH = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方邹熊孟秦白江阎薛尹段雷侯龙史陶黎贺顾毛郝龚邵万钱严武戴莫孔向汤"
)
DOUBLE_SURNAMES_ZH = ("欧阳", "司马", "上官", "诸葛")
GIVEN_FIRST_ZH = "建志明海晓文国春丽秀玉桂淑美雅思嘉子浩宇一梓欣雨晨佳俊立永家德学振云金红艳慧静敏婷雪梦诗若"
GIVEN_LAST_ZH = "华强伟军平杰涛超勇刚辉鹏飞龙斌波宁毅芳英兰梅霞燕娟玲莉萍红琴怡涵轩然宸琪瑶彤萱妍颖洁丹蓉"
GIVEN_SINGLE_ZH = "伟芳娜敏静磊洋勇艳杰娟涛超明刚平辉玲桂丹萍鑫鹏旭阳帆凯晶琳璐"

FIRST_EN = [
    "Emma",
    "Olivia",
    "Sophie",
    "Amelia",
    "Grace",
    "Lucy",
    "Hannah",
    "Chloe",
    "Nora",
    "Alice",
    "Julia",
    "Laura",
    "Maria",
    "Elena",
    "Anna",
    "Clara",
    "Sarah",
    "Rachel",
    "Diana",
    "Fiona",
    "James",
    "Oliver",
    "Henry",
    "Jack",
    "Thomas",
    "Daniel",
    "Samuel",
    "Peter",
    "Michael",
    "David",
    "Lucas",
    "Adam",
    "Simon",
    "Victor",
    "Martin",
    "Paul",
    "Robert",
    "Kevin",
    "Marco",
    "Leo",
]
LAST_EN = [
    "Smith",
    "Jones",
    "Taylor",
    "Brown",
    "Wilson",
    "Evans",
    "Thomas",
    "Roberts",
    "Walker",
    "Wright",
    "Hughes",
    "Edwards",
    "Green",
    "Hall",
    "Wood",
    "Harris",
    "Clarke",
    "Jackson",
    "Turner",
    "Hill",
    "Cooper",
    "Morris",
    "Ward",
    "Baker",
    "Murphy",
    "Kelly",
    "Bennett",
    "Rossi",
    "Keller",
    "Dubois",
    "Novak",
    "Larsen",
    "Okafor",
    "Mensah",
    "Silva",
    "Costa",
    "Nguyen",
    "Tran",
    "Kim",
    "Park",
]


def chinese_name(random: Random) -> str:
    """A plausible Chinese name: one in fifty has a double surname, one in four a single given character."""
    surname = random.choice(DOUBLE_SURNAMES_ZH) if random.random() < 0.02 else random.choice(SURNAMES_ZH)
    if random.random() < 0.25:
        return surname + random.choice(GIVEN_SINGLE_ZH)
    return surname + random.choice(GIVEN_FIRST_ZH) + random.choice(GIVEN_LAST_ZH)


def english_name(random: Random) -> str:
    """A plausible name of a customer who speaks English with us."""
    return f"{random.choice(FIRST_EN)} {random.choice(LAST_EN)}"


def mask_name(name: str) -> str:
    """What may be told about someone else: 张伟 -> 张*, Emily Carter -> E*** C*****."""
    if name.isascii():
        return " ".join(word[:1] + "*" * (len(word) - 1) for word in name.split())
    kept = 2 if name[:2] in DOUBLE_SURNAMES_ZH else 1
    return name[:kept] + "*" * (len(name) - kept)
