"""The process in which merchants' templates are read and written: `python -m` this, by `scribe`.

It takes requests on stdin and answers on stdout, each with its length before it. It has no secrets
(an empty environment), may open no file to write, and dies at its limits of memory and time; the
house's own process only reads what it says.
"""

from __future__ import annotations

import json
import resource
import struct
import sys
from typing import Any, BinaryIO

from huitou.channels.templates import pen, press
from huitou.channels.templates.words import Unwritable
from huitou.ground.child import limit

MEMORY = 700 * 1024 * 1024
"""Bytes of address space: the interpreter and the presses take a third of it."""

Liquid = tuple[Any, Any, Any]


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer until the other side hangs up."""
    known: dict[str, Liquid] = {}
    while (head := requests.read(4)) and len(head) == 4:
        told = json.loads(requests.read(struct.unpack(">I", head)[0]))
        _allow(int(told["seconds"]))
        raw = json.dumps(_answer(told, known), ensure_ascii=False).encode("utf-8", "replace")
        answers.write(struct.pack(">I", len(raw)) + raw)
        answers.flush()


def _answer(told: dict[str, Any], known: dict[str, Liquid]) -> Any:
    try:
        match told["do"]:
            case "press":
                return {"ok": _pressed(told)}
            case "check":
                return {"ok": _checked(told)}
            case _:
                return {"ok": _written(told, known)}
    except Unwritable as bad:
        return {"bad": str(bad)}


def _pressed(told: dict[str, Any]) -> dict[str, str]:
    frame = press.Frame(**told["frame"])
    if told["channel"] != "email":
        footed = frame if told["channel"] == "paper" and told.get("foot") else None
        return {"text": press.plain_text(told["body"], footed), "html": ""}
    made = press.mail(told["subject"], told["body"], frame)
    return {"text": made.text, "html": made.html}


def _checked(told: dict[str, Any]) -> list[str]:
    """What the sources name that nobody will tell."""
    paths: set[str] = set()
    for where in ("subject", "text", "html"):
        paths |= pen.named(told[where], where)
    return pen.unknown(paths, set(told["allowed"]))


def _written(told: dict[str, Any], known: dict[str, Liquid]) -> list[dict[str, str]]:
    """One message for each of `jobs`; what cannot be written says why and harms no other."""
    for digest, sources in told["new"].items():
        if len(known) > 500:
            known.clear()
        known[digest] = (
            pen.parsed(sources["subject"], "the subject"),
            pen.parsed(sources["text"], "the text"),
            pen.parsed(sources["html"], "the mail", escapes=True) if sources["html"] else None,
        )
    return [_one(known[job["use"]], job["values"]) for job in told["jobs"]]


def _one(liquid: Liquid, values: dict[str, Any]) -> dict[str, str]:
    subject, text, html = liquid
    try:
        return {
            "subject": pen.rendered(subject, values, "the subject"),
            "text": pen.rendered(text, values, "the text"),
            "html": pen.rendered(html, values, "the mail") if html is not None else "",
        }
    except Unwritable as bad:
        return {"bad": str(bad)}


def _allow(seconds: int) -> None:
    """So much more CPU time, counted from now."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(used.ru_utime + used.ru_stime)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (spent + seconds, hard))


if __name__ == "__main__":
    limit({"RLIMIT_AS": MEMORY, "RLIMIT_FSIZE": 0, "RLIMIT_CORE": 0})
    serve(sys.stdin.buffer, sys.stdout.buffer)
