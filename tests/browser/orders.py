"""A small shop's export, as a Chinese till writes it: drawn from a seed, the same every time."""

from __future__ import annotations

import csv
import random
from datetime import date, timedelta
from pathlib import Path

HEADER = ("订单号", "会员号", "手机号", "下单时间", "商品名称", "数量", "实付金额", "门店")
FIRST, LAST = date(2023, 1, 2), date(2024, 8, 31)
GOODS = ("龙井茶", "茉莉花茶", "普洱茶饼", "白瓷盖碗", "竹茶盘", "茶叶罐")


def write(path: Path, customers: int = 260) -> Path:
    """Write the file in UTF-8 and hand its path back."""
    draw = random.Random(11)
    rows: list[tuple[object, ...]] = []
    for member in range(1, customers + 1):
        day = FIRST + timedelta(days=draw.randint(0, 420))
        gap, leaves = draw.choice((12, 25, 45, 80)), draw.uniform(0.02, 0.2)
        while day <= LAST:
            spent = round(draw.lognormvariate(4.6, 0.5), 2)
            order = f"D{len(rows) + 10001}"
            bought = (draw.choice(GOODS), draw.randint(1, 4), f"￥{spent:.2f}", "一店")
            who = (f"M{member:04d}", f"1380013{member:04d}")
            rows.append((order, *who, day.isoformat(), *bought))
            if draw.random() < leaves:
                break
            day += timedelta(days=max(1, round(draw.expovariate(1 / gap))))
    rows.sort(key=lambda row: str(row[3]))
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows((HEADER, *rows))
    return path


def spent(path: Path) -> Path:
    """Write what winning and keeping them cost beside it, and hand its path back."""
    rows = (("2023-10", "门店", "秋茶", 6000, "new"), ("2024-05", "短信", "", 600, "keep"))
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows((("日期", "渠道", "推广计划", "花费", "用途"), *rows))
    return path
