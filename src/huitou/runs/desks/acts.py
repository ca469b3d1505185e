"""What may be done for a customer: the acts of huitou, and the merchant's own."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from huitou.decisions import fair
from huitou.decisions.acts import EXCEPTIONS, LEAVING, Act, Worth
from huitou.decisions.playbook import PLAYBOOK, Effect
from huitou.decisions.price import Z90
from huitou.facts.life import STAGES
from huitou.ground.errors import BadInput, NotYet
from huitou.ground.ids import fingerprint
from huitou.ground.money import Money, to_minor
from huitou.ground.settings import Settings
from huitou.ground.words import Sentence, said
from huitou.journeys import book as journeys
from huitou.journeys.acts import book
from huitou.runs.views import ActView

if TYPE_CHECKING:
    from huitou.runs.wiring import House


class Acts:
    """The acts of one shop."""

    def __init__(self, house: House, settings: Settings) -> None:
        self._house = house
        self._settings = settings

    def listed(self) -> tuple[ActView, ...]:
        """Every act a plan may give, and those that wait for the merchant's words."""
        with self._house.books.reading() as unit:
            ready, times = book.in_use(unit), journeys.given_times(unit)
            removed = {row["name"] for row in book.rows(unit) if row["removed_at"] is not None}
            every = [act for act in book.every(unit).values() if act.name not in removed]
        unfair = {act.name for act in fair.menu_breaches(ready.values())}
        return tuple(self._view(act, ready, unfair, times.get(act.name, 0)) for act in every)

    def add(self, told: Mapping[str, Any], by: str) -> ActView:
        """Add an act of the shop's own: plans are drafted with it from now on.

        Raises `BadInput` in words for one that cannot stand, `Refused` for a name that was used.
        """
        with self._house.books.unit() as unit:
            act = book.add(unit, told, by, self._house.clock.now())
        return next(each for each in self.listed() if each.name == act.name)

    def remove(self, name: str, by: str) -> None:
        """Take an own act away; receipts go on naming it."""
        with self._house.books.unit() as unit:
            book.remove(unit, name, by, self._house.clock.now())

    def _view(self, act: Act, ready: Mapping[str, Act], unfair: set[str], times: int) -> ActView:
        effect = _widest(act)
        return ActView(
            name=act.name,
            kind=act.kind,
            claim=act.claim,
            own=act.own,
            ready=act.name in ready,
            costs=self._costs(act),
            minutes=act.staff_minutes,
            stages=tuple(stage for stage in STAGES if stage in act.stages),
            causes=tuple(sorted(act.causes)),
            because=effect.source,
            low=effect.mean - Z90 * effect.sd,
            middle=effect.mean,
            high=effect.mean + Z90 * effect.sd,
            excepted=EXCEPTIONS.get(act.excepted),
            warning=_warning(act, ready, unfair),
            times=times,
            left=None if act.stock is None else max(0, act.stock - times),
        )

    def _costs(self, act: Act) -> Sentence:
        if act.depth:
            return said("{percent} % of an order, when taken", percent=round(100 * act.depth, 1))
        if act.taken:
            return said("{amount} when taken", amount=self._amount(act.taken))
        if act.given:
            return said("{amount} for each", amount=self._amount(act.given))
        return said("Nothing but the letter or the call")

    def _amount(self, worth: Worth) -> Any:
        if worth.amount and self._settings.currency:
            return Money(worth.amount, self._settings.currency)
        if worth.amount:
            return worth.amount
        return said("{percent} % of a usual basket", percent=round(100 * worth.share, 1))


def _warning(act: Act, ready: Mapping[str, Act], unfair: set[str]) -> Sentence | None:
    if act.name not in ready and act.kind != "nothing":
        return said("It waits for your words: add an act of this kind, and say what you give.")
    if act.name in unfair:
        return said(
            "Old customers come first: some who have been with you longer may not get it, so no"
            " plan gives it. Open it to them, or write why not."
        )
    return None


def _widest(act: Act) -> Effect:
    """The first guess where the act moves most."""
    guesses = [PLAYBOOK.effect(act, stage) for stage in STAGES if stage in act.stages]
    return max(guesses, key=lambda guess: guess.mean)


def read(told: Mapping[str, str], settings: Settings) -> dict[str, Any]:
    """An act as a form or a command line tells it: every value a text, amounts in major units.

    name, kind, claim, percent or amount (what it gives), least, minutes, stock, stages
    (`new, active`), excepted, and `subject_en`, `text_en`, … for a letter of one's own.
    """
    kind, claim = told.get("kind", ""), told.get("claim", "")
    name = told.get("name", "").strip().lower()
    # Whoever writes Chinese need not think of a name in small Latin letters.
    made: dict[str, Any] = {"name": name or f"{kind}_{fingerprint(claim)[:6]}", "kind": kind}
    made |= {"claim": claim, "minutes": _number(told, "minutes", 0.5)}
    made |= {"attention": 0.001, "excepted": told.get("excepted", "")}
    if percent := told.get("percent", "").strip():
        share = _number({"percent": percent.rstrip("%")}, "percent", 0.0) / 100
        made |= {"depth": share} if kind == "offer" else {_paid(kind): {"share": share}}
    if amount := told.get("amount", "").strip():
        made[_paid(kind)] = {"amount": _minor(amount, settings)}
    if least := told.get("least", "").strip():
        made["least"] = {"amount": _minor(least, settings)}
    if stock := told.get("stock", "").strip():
        pieces = _number({"stock": stock}, "stock", 0.0)
        made["stock"] = int(pieces) if pieces.is_integer() else pieces
    stages = [each.strip() for each in told.get("stages", "").split(",") if each.strip()]
    if not stages and made["excepted"] == "return":
        stages = sorted(LEAVING)
    made["stages"] = stages
    letters = {
        language: [told.get(f"subject_{language}", ""), told.get(f"text_{language}", "")]
        for language in ("en", "zh-Hans", "zh-Hant")
        if told.get(f"text_{language}", "").strip()
    }
    return made | ({"letters": letters} if letters else {})


def _paid(kind: str) -> str:
    return "given" if kind in ("surprise", "thank", "remind", "call") else "taken"


def _minor(text: str, settings: Settings) -> int:
    if settings.currency is None:
        raise NotYet("the shop has no currency yet", to_try="huitou import FILE --currency …")
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or not 0 <= value <= 10**9:
        raise BadInput(f"{text!r} is not an amount", to_try="20 or 19.50")
    return to_minor(value, settings.currency)


def _number(told: Mapping[str, str], name: str, absent: float) -> float:
    text = told.get(name, "").strip()
    if not text:
        return absent
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise BadInput(f"{name}: {text!r} is not a number", to_try="10")
    return value
