"""`huitou doctor`: whether this machine and this shop are well."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from huitou.doors.cli.desk import AsJson, answer, desk, screen
from huitou.ground.errors import HuitouError

if TYPE_CHECKING:
    from huitou.runs.shop import Shop

ENOUGH_DISK = 2 * 10**9


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    what: str
    well: bool
    said: str


def doctor(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Whether the machine and the shop are well.

    Exit code 1 where something is ill.
    """
    findings = [*_machine(), *_shop(desk(ctx).shop())]
    if as_json:
        answer({"well": all(finding.well for finding in findings), "findings": findings})
    else:
        for finding in findings:
            mark = "well" if finding.well else "ILL "
            screen().print(f"{mark}  {finding.what}: {finding.said}")
    raise typer.Exit(0 if all(finding.well for finding in findings) else 1)


def _machine() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding("Python", sys.version_info >= (3, 11), version)
    yield Finding("processors", True, str(os.cpu_count()))
    java = shutil.which("java")
    yield Finding("Java", True, java or "none; only Spark needs it")


def _shop(shop: Shop) -> Iterator[Finding]:
    free = shutil.disk_usage(shop.home).free
    yield Finding("disk", free > ENOUGH_DISK, f"{free / 10**9:.1f} GB free beside {shop.home}")
    yield Finding("folder", os.access(shop.home, os.W_OK), str(shop.home))
    yield _asked("settings", lambda: _settings(shop))
    yield _books(shop)
    yield _care(shop)
    yield _chores(shop)
    yield _asked("orders", lambda: _orders(shop))
    yield _asked("answers", lambda: _answers(shop))


def _asked(what: str, question: Callable[[], str]) -> Finding:
    try:
        return Finding(what, True, question())
    except HuitouError as error:
        return Finding(what, False, str(error))


def _settings(shop: Shop) -> str:
    shop.settings.check()
    if shop.settings.margin is not None or (shop.has_run() and not _guesses(shop)):
        return "checked"
    return (
        "checked; no margin is set: where files have no costs, profit is a guess; "
        "try: huitou settings set margin 0.35"
    )


def _guesses(shop: Shop) -> bool:
    return any(alert.code == "margin" for alert in shop.remarks())


def _books(shop: Shop) -> Finding:
    wrong = shop.check()
    return Finding("books", not wrong, "; ".join(wrong) or "every promise and letter adds up")


def _care(shop: Shop) -> Finding:
    found = shop.upkeep()
    ill = {
        "sendings of customers that the books would not take; try: huitou run": found.aside,
        "files in the inbox with a line nobody can read: look into them": found.damaged,
        "alarms that nobody answered in time; try: huitou alarm list": found.late,
        "e-mails that asked why somebody left, and nobody knows whether they arrived; "
        "try: huitou interview list": found.interviews_in_doubt,
        "reports of which nobody knows whether they arrived": found.reports_in_doubt,
    }
    wrong = [f"{n} {what}" for what, n in ill.items() if n]
    spam = f"{found.held} complaints are held as likely spam"
    sorter = f"the sorter of texts was taught {found.lessons} texts"
    late = "" if found.sorter_knows else ", and learns them at the next run"
    return Finding("care", not wrong, "; ".join([*wrong, spam, sorter + late]))


def _chores(shop: Shop) -> Finding:
    done = shop.chores_done()
    failed = [f"{row['chore']}: {row['reason']}" for row in done if row["state"] == "failed"]
    when = [f"{row['chore']} {row['began_at']:%Y-%m-%d %H:%M} UTC" for row in done]
    none = "no worker was at work yet; try: huitou serve"
    return Finding("chores", not failed, "; ".join(failed or when) or none)


def _orders(shop: Shop) -> str:
    if shop.is_empty():
        return "none yet; try: huitou import FILE"
    taken = shop.imports()
    return f"{len(taken)} files, {shop.waiting():,} rows wait to be mended"


def _answers(shop: Shop) -> str:
    if not shop.has_run():
        return "none yet; try: huitou run"
    found = shop.answers()
    return " ".join([f"as of {found.as_of}.", *map(str, found.remarks)])
