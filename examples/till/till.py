"""A till of sixty lines: it reads a code, looks at it, uses it for an order, and takes that back.

    huitou token new "till 1" --scope till                         # prints ht_…, once
    HUITOU_TILL_TOKEN=ht_… python till.py http://127.0.0.1:8000 check K7QM2-XV0DR 49.50 --who 138…
    … redeem K7QM2-XV0DR 49.50 --order 1042 --who 138…
    … reverse K7QM2-XV0DR --order 1042

It needs Python alone. A line that was lost is said again: the same order is the same use.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

TRIES = 3


def asked(root: str, code: str, deed: str, body: dict[str, Any], language: str) -> tuple[int, Any]:
    """One call, said again where the line broke; its status and its answer."""
    address = f"{root}/v1/offers/{urllib.parse.quote(code, safe='')}/{deed}?language={language}"
    head = {
        "Authorization": f"Bearer {os.environ['HUITOU_TILL_TOKEN']}",
        "Content-Type": "application/json",
    }
    for left in reversed(range(TRIES)):
        call = urllib.request.Request(address, json.dumps(body).encode(), head)
        try:
            with urllib.request.urlopen(call, timeout=10) as answer:
                return int(answer.status), json.load(answer)
        except urllib.error.HTTPError as refused:
            return refused.code, json.load(refused)
        except OSError:
            if not left:
                raise
            time.sleep(1)
    raise AssertionError


def said(status: int, answer: Any) -> str:
    """What the clerk reads."""
    if status != 200:
        return f"NO. {answer['error']['sentence']}"
    if answer["why_not"]:
        return f"NO. {answer['why_not']}"
    paid = answer["payable"]
    return f"{answer['state']}" + (f", to pay {paid['amount']} {paid['currency']}" if paid else "")


def main() -> int:
    """Read the line, call, tell; 1 where the code gives nothing."""
    line = argparse.ArgumentParser(description="A small till.")
    for name, more in (
        ("root", {}), ("deed", {"choices": ["check", "redeem", "reverse"]}), ("code", {}),
        ("total", {"nargs": "?"}), ("--order", {}), ("--who", {}),
        ("--language", {"default": "en"}),
    ):  # fmt: skip
        line.add_argument(name, **more)  # type: ignore[arg-type]  # a table of arguments
    told = line.parse_args()
    body = {"order": told.order, "total": told.total, "customer": told.who}
    sent = {name: value for name, value in body.items() if value is not None}
    status, answer = asked(told.root, told.code, told.deed, sent, told.language)
    print(said(status, answer))
    return 0 if status == 200 and not answer["why_not"] else 1


if __name__ == "__main__":
    sys.exit(main())
