"""Names for a simulated club: of units, of people, of companies, in two languages.

Nobody of this name is meant; whatever sounds like a real company is chance.
"""

import random
from typing import NamedTuple

SURNAMES = tuple(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶"
)
GIVEN = (
    *(
        "伟",
        "芳",
        "娜",
        "敏",
        "静",
        "强",
        "磊",
        "洋",
        "艳",
        "勇",
        "军",
        "杰",
        "娟",
        "涛",
    ),
    *(
        "明",
        "超",
        "秀英",
        "志强",
        "建华",
        "晓东",
        "海燕",
        "丽华",
        "文博",
        "子轩",
        "雨桐",
    ),
    *("国栋", "志远", "春梅", "嘉怡", "思远", "俊杰", "美玲", "永刚", "晓梅", "振宇"),
    *("雅琴", "宏伟", "佳慧", "立新", "淑珍", "天佑", "慧敏", "开明", "玉兰", "长江"),
)
ENGLISH_GIVEN = ("Grace", "Kevin", "Linda", "Jason", "Cindy", "Frank", "Helen", "Tony")
ENGLISH_SURNAMES = (
    "Lin",
    "Chen",
    "Wang",
    "Huang",
    "Tan",
    "Lee",
    "Wu",
    "Xu",
    "Cai",
    "Su",
)
FUNCTIONS = {
    "liaison": ("行政主管", "办公室文员", "物流主管", "Office Manager", "前台主管"),
    "decision_maker": ("采购经理", "运营总监", "财务总监", "Purchasing Manager"),
    "executive": ("总经理", "董事长", "副总经理", "General Manager"),
}
PLACES = (
    "厦门",
    "鹭岛",
    "思明",
    "湖里",
    "集美",
    "海沧",
    "同安",
    "翔安",
    "闽南",
    "福建",
)
BRANDS = tuple(
    "华金银海天宏泰盛兴隆鑫恒瑞祥嘉永安达通利丰源德信诚和美佳凯博远东方正新龙凤鹏鹭江山川云锦"
)
ENGLISH_BRANDS = (
    *("Egret", "Harbour", "Gulang", "Banyan", "Lotus", "Jade River", "Blue Bay"),
    *("Golden Sail", "Minnan", "Sunrise", "Evergreen", "Pearl", "Star Ocean", "Unity"),
    *("Silver Crane", "Pioneer", "Red Coral", "Cloudpeak", "Tidewater", "Lighthouse"),
)


class Trade(NamedTuple):
    """A trade: how its companies are called, and Odoo's industry of it."""

    chinese: str
    english: str
    industry: str  # XML id in `base`
    share: int


TRADES = (
    Trade("电子商务", "E-Commerce", "G", 18),
    Trade("服饰", "Garments", "C", 12),
    Trade("电子科技", "Electronics", "C", 14),
    Trade("食品", "Foods", "C", 10),
    Trade("茶业", "Tea", "G", 9),
    Trade("医药", "Pharmaceuticals", "C", 7),
    Trade("物流", "Logistics", "H", 7),
    Trade("文化传媒", "Media", "J", 6),
    Trade("机械", "Machinery", "C", 8),
    Trade("旅游", "Travel", "N", 4),
    Trade("建材", "Building Materials", "F", 6),
    Trade("教育咨询", "Education", "P", 5),
    Trade("律师事务所", "Law Office", "M", 3),
    Trade("保险代理", "Insurance Agency", "K", 3),
    Trade("贸易", "Trading", "G", 12),
)
PUBLIC = (
    *("税务局", "人民法院", "公安分局", "教育局", "市场监督管理局", "人力资源局"),
    *("交通运输局", "卫生健康局", "档案馆", "出入境管理处"),
)
STREETS = (
    *("湖滨南路", "嘉禾路", "厦禾路", "中山路", "环岛东路", "杏林湾路", "钟林路"),
    *("祥平街道", "新店路", "软件园二期", "火炬路", "东渡路", "海天路", "莲前西路"),
)
BRANCH_PLACES = ("漳州", "泉州", "龙岩", "莆田", "三明", "福州")
CITIES = ("厦门", "厦门", "厦门", "厦门", "漳州", "泉州")


class Namer:
    """Gives names, none of them twice."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._given: set[str] = set()

    def company(self, trade: Trade) -> str:
        """Return a company's name: most in Chinese, some in English."""
        choose = self._rng.choice
        while True:
            if self._rng.random() < 0.22:
                brand = choose(ENGLISH_BRANDS)
                more = choose(
                    ("", f" {choose(ENGLISH_SURNAMES)}", " Xiamen", " Fujian")
                )
                kind = choose(("Co., Ltd.", "Ltd.", "Group", "Trading Co., Ltd."))
                name = f"{brand}{more} {trade.english} {kind}"
            else:
                brand = choose(BRANDS) + choose(BRANDS)
                kind = "" if trade.chinese.endswith("所") else "有限公司"
                name = f"{choose(PLACES)}{brand}{trade.chinese}{kind}"
            if self._is_new(name):
                return name

    def office(self) -> str:
        """Return the name of a public body."""
        while True:
            name = f"{self._rng.choice(PLACES[:8])}{self._rng.choice(PUBLIC)}"
            if not self._is_new(name):
                name = f"{name}第{self._rng.choice('一二三四五六七八九')}分局"
                if not self._is_new(name):
                    continue
            return name

    def branch(self, head: str) -> str:
        """Return the name of another branch of a group."""
        stem = head.removesuffix("有限公司")
        for place in BRANCH_PLACES:
            name = f"{stem} ({place})" if head.isascii() else f"{stem}{place}分公司"
            if self._is_new(name):
                return name
        raise ValueError(f"{head} has a branch everywhere")

    def person(self, *, english: bool = False) -> str:
        """Return somebody's name, which others may have, too."""
        choose = self._rng.choice
        if english:
            return f"{choose(ENGLISH_GIVEN)} {choose(ENGLISH_SURNAMES)}"
        return choose(SURNAMES) + choose(GIVEN)

    def _is_new(self, name: str) -> bool:
        if name in self._given:
            return False
        self._given.add(name)
        return True
