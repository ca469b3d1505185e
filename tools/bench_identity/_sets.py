"""Sets of people whose doubles are known: febrl 1-4, and a Chinese one made here.

    found = febrl(Path("…/febrl_1.csv"))     rec_id says whose record it is
    found = chinese(seed=7)                  made here, and taken in as a till's lines

febrl's records have no phone, e-mail or number: each is somebody until their likeness says who.
The Chinese set goes the whole way: deterministic keys first, and likeness between who is left.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from huitou.identity import resolving
from huitou.identity.alike import people, spelling
from huitou.identity.alike.judging import Cut
from huitou.identity.alike.search import search
from huitou.sources import contacts
from huitou.sources.live import tables as live

WHOSE_RECORD = """
SELECT l.order_id, k.person_id FROM lines l JOIN person_keys k ON k.key = 'phone:' || l.phone"""
PRECISION, RECALL = 0.99, 0.95
"""What every set is held to."""
RECORDS = ("person", "name", "address", "birthday", "phones", "emails")


@dataclass(frozen=True)
class Found:
    """What was found in a set: pairs of records that ended as one person, against the truth."""

    name: str
    records: int
    true: int
    precision: float
    recall: float
    doubtful: int
    """Pairs for somebody to look at."""
    cut: Cut

    def __str__(self) -> str:
        return (
            f"{self.name}: {self.records} records, {self.true} true pairs; precision"
            f" {self.precision:.4f}, recall {self.recall:.4f} from weight {self.cut.merge:.2f};"
            f" expected {self.cut.wrong:.2%} wrong, {self.cut.found:.1%} found;"
            f" {self.doubtful} to look at"
        )


def febrl(*files: Path) -> Found:
    """Find the doubles of one of febrl's sets; two files are one set."""
    told = [_febrl_record(row) for file in files for row in _rows(file)]
    table = pa.table(
        {name: [each.get(name) for each in told] for name in RECORDS},
        schema=pa.schema(
            [
                *((name, pa.string()) for name in RECORDS[:4]),
                *((name, pa.list_(pa.string())) for name in RECORDS[4:]),
            ]
        ),
    )
    lake = duckdb.connect()
    lake.register("records", people.spelt(table))
    lake.execute("CREATE TEMP TABLE alike_people AS FROM records WHERE sound IS NOT NULL")
    seen = search(lake, {})
    now = seen.joined()
    ids = [str(each["person"]) for each in told]
    whose = {each: now.get(each, each) for each in ids}
    truth = {each: each.split("-")[1] for each in ids}
    name = " and ".join(file.stem for file in files)
    return _measured(name, truth, whose, seen.count("doubtful"), seen.cut)


def chinese(seed: int = 7, customers: int = 700) -> Found:
    """Make a set of Chinese customers and their doubles, take it in, and find them."""
    records = _customers(np.random.default_rng(seed), customers)
    lake = duckdb.connect()
    _take(lake, records)
    resolving.resolve(lake)
    people.gather(lake)
    people.spell(lake)
    seen = search(lake, people.ranks(lake))
    now = seen.joined()
    person_of: dict[str, str] = dict(lake.execute(WHOSE_RECORD).fetchall())
    whose = {each.id: now.get(person_of[each.id], person_of[each.id]) for each in records}
    truth = {each.id: each.customer for each in records}
    return _measured("Chinese", truth, whose, seen.count("doubtful"), seen.cut)


# -- inside


def _measured(
    name: str, truth: Mapping[str, str], whose: Mapping[str, str], doubtful: int, cut: Cut
) -> Found:
    true = _pairs(truth.values())
    groups = defaultdict(list)
    for record, person in whose.items():
        groups[person].append(truth[record])
    made = _pairs(whose.values())
    right = sum(_pairs(each) for each in groups.values())
    return Found(name, len(truth), true, right / max(1, made), right / true, doubtful, cut)


def _pairs(values: Iterable[str]) -> int:
    return sum(n * (n - 1) // 2 for n in Counter(values).values())


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        rows = csv.DictReader(opened, skipinitialspace=True)
        return [{name.strip(): (cell or "").strip() for name, cell in row.items()} for row in rows]


def _febrl_record(row: Mapping[str, str]) -> dict[str, str | None]:
    """A record as a file of customers has it: a name, an address, a birthday."""
    street = f"{row['street_number']} {row['address_1']}".strip()
    town = f"{row['postcode']} {row['state']}".strip()
    parts = (street, row["address_2"], row["suburb"], town)
    return {
        "person": row["rec_id"],
        "name": f"{row['given_name']} {row['surname']}".strip() or None,
        "address": ", ".join(part for part in parts if part) or None,
        "birthday": row["date_of_birth"] or None,
    }


# -- the Chinese set


@dataclass(frozen=True)
class Record:
    """What a till wrote of a customer, one of the times."""

    id: str
    customer: str
    member: str | None
    name: str
    phone: str | None
    email: str | None
    address: str | None
    birthday: date | None


SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = (
    "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂文辉红建国华志宏海燕玲春雪梅晓东子涵雨轩浩宇欣怡"
    "思远嘉琪梓萱俊豪佳诗婷玉成家瑞云飞龙庆安宁康乐永福德仁义礼智信"
)
CITIES = (
    "上海市徐汇区", "上海市静安区", "北京市朝阳区", "广东省深圳市南山区",
    "浙江省杭州市西湖区", "江苏省南京市鼓楼区", "四川省成都市锦江区", "湖北省武汉市江汉区",
)  # fmt: skip
ROADS = (
    "衡山路", "淮海中路", "建国路", "南京西路", "科技园南路", "文三路", "中山北路", "春熙路",
    "解放大道", "长安街", "人民路", "和平里", "学院路", "湖滨路", "滨江大道", "新华路",
)  # fmt: skip
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


class _Maker:
    """Draws what customers are called, and how tills write it down."""

    def __init__(self, rng: np.random.Generator) -> None:
        from opencc import OpenCC

        self.rng, self._numbers = rng, iter(rng.permutation(10**7))
        self._old_script = OpenCC("s2t")

    def old(self, text: str) -> str:
        """In the traditional script."""
        return str(self._old_script.convert(text))

    def pick(self, choices: Sequence[str]) -> str:
        return choices[int(self.rng.integers(len(choices)))]

    def name(self, surname: str | None = None) -> str:
        weight = 1 / (np.arange(len(SURNAMES)) + 3)
        drawn = SURNAMES[int(self.rng.choice(len(SURNAMES), p=weight / weight.sum()))]
        given = "".join(self.pick(GIVEN) for _ in range(2 if self.rng.random() < 0.8 else 1))
        return (surname or drawn) + given

    def phone(self) -> str:
        return "138" + f"{int(next(self._numbers)):08d}"

    def email(self, name: str) -> str:
        return f"{spelling.sound(name)}{int(self.rng.integers(100, 10_000))}@example.com"

    def address(self) -> str:
        return f"{self.pick(CITIES)}{self.pick(ROADS)}{self.rng.integers(1, 600)}号"

    def birthday(self) -> date:
        return date(1948, 1, 1) + timedelta(days=int(self.rng.integers(0, 21_000)))

    def written(self, name: str) -> str:
        """The same name, as somebody else writes it."""
        way = self.rng.random()
        if way < 0.35:
            return self.old(name)
        if way < 0.6:
            surname, given = spelling.sound(name[0]).title(), spelling.sound(name[1:]).title()
            return f"{given} {surname}" if way < 0.45 else f"{surname} {given}"
        return name + "先生" if way < 0.65 else name

    def dialled(self, phone: str) -> str:
        """The same phone, as somebody else writes it."""
        way = self.rng.random()
        if way < 0.3:
            return f"+86 {phone[:3]} {phone[3:7]} {phone[7:]}"
        return phone.translate(FULL_WIDTH) if way < 0.6 else f"0086{phone}"

    def located(self, address: str) -> str | None:
        way = self.rng.random()
        if way < 0.15:
            return None
        if way < 0.4:
            return self.old(address)
        return address.translate(FULL_WIDTH) + "3栋502室" if way < 0.6 else address


def _customers(rng: np.random.Generator, customers: int) -> list[Record]:
    """Customers, their doubles, and who only lives with them or is called like them."""
    make, records = _Maker(rng), list[Record]()
    for number in range(customers):
        name = make.name()
        first = Record(
            f"r{number}", f"c{number}", None, name, make.phone(), make.email(name), make.address(),
            make.birthday(),
        )  # fmt: skip
        records.append(first)
        if rng.random() < 0.6:
            records.append(_double(make, first))
        if rng.random() < 0.2:
            records.append(_relative(make, first))
        if rng.random() < 0.1:
            records.append(_namesake(make, first))
    return records


def _double(make: _Maker, first: Record) -> Record:
    """The same customer: most with another phone, some with the same one written otherwise."""
    has_phone = make.rng.random() < 0.3
    email = first.email if make.rng.random() < 0.25 else None
    phone = make.dialled(first.phone or "") if has_phone else make.phone()
    day = first.birthday if make.rng.random() < 0.85 else None
    address = make.located(first.address or "")
    # Who gives neither birthday nor address with a new phone cannot be known again by anybody.
    if day is None and address is None:
        address = first.address
    return Record(
        f"{first.id}b", first.customer, None, make.written(first.name), phone, email, address, day
    )


def _relative(make: _Maker, first: Record) -> Record:
    name = make.name(first.name[0])
    day = make.birthday() if make.rng.random() < 0.6 else None
    return Record(
        f"{first.id}h", f"{first.customer}h", None, name, make.phone(), None, first.address, day
    )


def _namesake(make: _Maker, first: Record) -> Record:
    return Record(
        f"{first.id}n", f"{first.customer}n", None, first.name, make.phone(), None,
        make.address(), make.birthday(),
    )  # fmt: skip


def _take(lake: duckdb.DuckDBPyConnection, records: Sequence[Record]) -> None:
    """Put the records where a file and its profiles would be, phones read as files' are."""
    live.create(lake)
    phones = contacts.phones(pa.array([each.phone for each in records]), "CN").to_pylist()
    told = pa.table(
        {
            "id": [each.id for each in records],
            "member_no": pa.array([each.member for each in records], pa.string()),
            "phone": phones,
            "email": pa.array([each.email for each in records], pa.string()),
            "name": [each.name for each in records],
            "address": pa.array([each.address for each in records], pa.string()),
            "birthday": pa.array([each.birthday for each in records], pa.date32()),
        }
    )
    lake.register("told", told)
    lake.execute("""
        CREATE TABLE lines AS SELECT * EXCLUDE (id), id AS order_id,
            TIMESTAMP '2026-01-01' + to_minutes(row_number() OVER ()) AS ordered_at FROM told""")
    lake.unregister("told")
