"""A corner shop in Shanghai whose till, web shop and staff each write customers in their own way.

    python shop.py FOLDER       writes orders.csv, and truth.json: order -> whose it is

Four hundred customers, Chinese and foreign. Sixty of them came twice: with another phone, a name
in the other script or in Latin letters, a slip of the pen in the birthday, a street written short.
Forty live with somebody of their surname at the same address, and are not them; four of their twins
shop here too; ten are called like somebody else. No order has a member number.
"""

from __future__ import annotations

import csv
import json
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

LAST = date(2024, 8, 31)
DAYS = 360
CUSTOMERS, DOUBLES, RELATIVES, TWINS, NAMESAKES = 350, 60, 40, 4, 10
COLUMNS = (
    "order_id", "date", "name", "phone", "email", "address", "birthday", "product", "amount",
)  # fmt: skip

SURNAMES = {
    "王": ("王", "Wang"), "李": ("李", "Li"), "张": ("張", "Zhang"), "刘": ("劉", "Liu"),
    "陈": ("陳", "Chen"), "杨": ("楊", "Yang"), "赵": ("趙", "Zhao"), "吴": ("吳", "Wu"),
    "孙": ("孫", "Sun"), "马": ("馬", "Ma"), "罗": ("羅", "Luo"), "谢": ("謝", "Xie"),
}  # fmt: skip
"""Each as the other script, and Latin letters, write it."""
GIVEN = {
    "伟": ("偉", "wei"), "丽": ("麗", "li"), "华": ("華", "hua"), "国": ("國", "guo"),
    "静": ("靜", "jing"), "敏": ("敏", "min"), "强": ("強", "qiang"), "云": ("雲", "yun"),
    "飞": ("飛", "fei"), "兰": ("蘭", "lan"), "宇": ("宇", "yu"), "欣": ("欣", "xin"),
    "东": ("東", "dong"), "梅": ("梅", "mei"), "龙": ("龍", "long"), "佳": ("佳", "jia"),
    "凤": ("鳳", "feng"), "文": ("文", "wen"), "涛": ("濤", "tao"), "晓": ("曉", "xiao"),
}  # fmt: skip
FIRST = (
    "Anna", "Ben", "Carla", "David", "Emily", "Frank", "Grace", "Henry", "Irene", "James", "Karen",
    "Lukas", "Maria", "Nathan", "Olivia", "Patrick", "Rosa", "Samuel", "Teresa", "Victor",
)  # fmt: skip
LAST_NAMES = (
    "Anderson", "Becker", "Campbell", "Dubois", "Edwards", "Fischer", "Garcia", "Hughes", "Ivanov",
    "Johnson", "Keller", "Lambert", "Murphy", "Novak", "Peterson", "Richards", "Schmidt", "Turner",
)  # fmt: skip
ROADS = {
    "衡山路": "衡山路", "淮海中路": "淮海中路", "南京西路": "南京西路", "长乐路": "長樂路",
    "建国西路": "建國西路", "愚园路": "愚園路", "武康路": "武康路", "复兴中路": "復興中路",
}  # fmt: skip
STREETS = ("Hengshan Road", "Changle Road", "Wukang Road", "Yuyuan Road", "Fuxing Road")
PRODUCTS = (("Longjing tea", 128), ("Oolong tea", 96), ("Tea cup", 45), ("Gift box", 260))


@dataclass(frozen=True)
class Customer:
    """Somebody as one door of the shop wrote them down."""

    truth: int
    name: str
    other_names: tuple[str, ...]
    """The same name as others write it."""
    phone: str
    email: str
    address: str
    other_address: str
    birthday: date | None


class _Town:
    """Where everybody is drawn from."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self._phones = self.rng.sample(range(10_000_000), 2_000)
        self._boxes = self.rng.sample(range(1_000, 10_000), 2_000)

    def phone(self) -> str:
        return f"1390{self._phones.pop():07d}"

    def customer(self, truth: int) -> Customer:
        return self._chinese(truth) if self.rng.random() < 0.6 else self._foreign(truth)

    def _chinese(self, truth: int, surname: str | None = None) -> Customer:
        last = surname or self.rng.choice(list(SURNAMES))
        first = self.rng.sample(list(GIVEN), 2)
        latin = "".join(GIVEN[each][1] for each in first).title()
        road, number = self.rng.choice(list(ROADS)), self.rng.randint(1, 900)
        return Customer(
            truth,
            last + "".join(first),
            (
                SURNAMES[last][0] + "".join(GIVEN[each][0] for each in first),
                f"{SURNAMES[last][1]} {latin}",
                f"{latin} {SURNAMES[last][1]}",
            ),
            self.phone(),
            f"{latin.lower()}.{SURNAMES[last][1].lower()}{self._boxes.pop()}@example.com",
            f"上海市徐汇区{road}{number}号",
            f"上海市徐匯區{ROADS[road]}{number}號",
            self.born(),
        )

    def _foreign(self, truth: int, surname: str | None = None) -> Customer:
        first, last = self.rng.choice(FIRST), surname or self.rng.choice(LAST_NAMES)
        slip = self.rng.randint(1, len(last) - 2)
        number, street = self.rng.randint(1, 900), self.rng.choice(STREETS)
        return Customer(
            truth,
            f"{first} {last}",
            (f"{last}, {first}", f"{first} {last[:slip]}{last[slip + 1 :]}", f"Ms {first} {last}"),
            self.phone(),
            f"{first.lower()}.{last.lower()}{self._boxes.pop()}@example.com",
            f"{number} {street}, Xuhui, Shanghai 200030",
            f"{number} {street.replace('Road', 'Rd.')}, Xuhui, Shanghai, 200030",
            self.born(),
        )

    def born(self) -> date:
        return date(1950, 1, 1) + timedelta(days=self.rng.randrange(20_000))

    def double(self, who: Customer) -> Customer:
        """The same customer, as another door writes them."""
        day = who.birthday
        if day is not None and self.rng.random() < 0.2:
            day = day.replace(day=day.day % 28 + 1 if day.day != 28 else 18)
        return replace(
            who,
            name=self.rng.choice((who.name, *who.other_names)),
            phone=self.phone(),
            email="",
            address=self.rng.choice((who.address, who.other_address)),
            birthday=day if self.rng.random() < 0.8 else None,
        )

    def relative(self, who: Customer, truth: int) -> Customer:
        """Somebody who lives there and has the surname; of most the birthday is not told."""
        is_chinese = who.name[0] in SURNAMES
        other = who
        while other.name == who.name:
            other = (
                self._chinese(truth, who.name[0])
                if is_chinese
                else self._foreign(truth, who.name.split()[-1])
            )
        day = other.birthday if self.rng.random() < 0.4 else None
        return replace(other, address=who.address, other_address=who.other_address, birthday=day)

    def twin(self, who: Customer, truth: int) -> Customer:
        return replace(self.relative(who, truth), birthday=who.birthday)

    def namesake(self, who: Customer, truth: int) -> Customer:
        return replace(self.customer(truth), name=who.name, other_names=who.other_names, email="")


def everybody(seed: int = 11) -> list[Customer]:
    """All records of customers, doubles among them."""
    town = _Town(seed)
    found = [town.customer(number) for number in range(CUSTOMERS)]
    truth = iter(range(CUSTOMERS, 10_000))
    chosen = iter(town.rng.sample(found, DOUBLES + RELATIVES + TWINS + NAMESAKES))
    doubles = [town.double(next(chosen)) for _ in range(DOUBLES)]
    relatives = [town.relative(next(chosen), next(truth)) for _ in range(RELATIVES)]
    twins = [town.twin(next(chosen), next(truth)) for _ in range(TWINS)]
    namesakes = [town.namesake(next(chosen), next(truth)) for _ in range(NAMESAKES)]
    return [*found, *doubles, *relatives, *twins, *namesakes]


def orders(people: list[Customer], seed: int = 12) -> Iterator[tuple[dict[str, object], int]]:
    """Orders of a year, with whose each is."""
    rng = random.Random(seed)
    number = 1000
    for each in people:
        for _ in range(rng.randint(1, 4)):
            number += 1
            product, price = rng.choice(PRODUCTS)
            yield (
                {
                    "order_id": f"A{number}",
                    "date": LAST - timedelta(days=rng.randrange(DAYS)),
                    "name": each.name,
                    "phone": each.phone,
                    "email": each.email,
                    "address": each.address,
                    "birthday": each.birthday or "",
                    "product": product,
                    "amount": price * rng.randint(1, 3),
                },
                each.truth,
            )


def write(folder: Path) -> Path:
    """Write the files; where the orders are."""
    folder.mkdir(parents=True, exist_ok=True)
    told = list(orders(everybody()))
    path = folder / "orders.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(row for row, _ in sorted(told, key=lambda each: str(each[0]["date"])))
    truth = {str(row["order_id"]): whose for row, whose in told}
    (folder / "truth.json").write_text(json.dumps(truth), encoding="utf-8")
    return path


if __name__ == "__main__":
    print(write(Path(sys.argv[1] if len(sys.argv) > 1 else "duplicates")))
