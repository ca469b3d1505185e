"""The rooms whose rules are a file to read and to edit: one entry a room, and no more to do.

The command line, the API and the console mount what they offer of rules from here. A reader is
named, not imported: it is loaded when its rules are asked for, and the command line starts at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from huitou.ground.registry import Registry
from huitou.ground.words import Sentence, said

if TYPE_CHECKING:
    from huitou.ground.rules import RuleFile
    from huitou.ground.settings import Settings
    from huitou.runs.wiring import House

Around = tuple[Any, ...]


def _alone(_settings: Settings) -> Around:
    """Rules that are read with nothing else."""
    return ()


def _money(settings: Settings) -> Around:
    return (settings.money,)


def _shop(settings: Settings) -> Around:
    return (str(settings.zone), settings.email_to_customers)


def _no_more(_house: House, _settings: Settings, _what: Any) -> None:
    """Nothing else is asked, or done."""


@dataclass(frozen=True)
class Room:
    """The rules of one room, and where people find them."""

    name: str
    """Of the file: `rules/NAME.toml`."""
    reader: str
    """The module of `huitou` that holds its `RULES`."""
    command: str
    """Group and name of its command: `huitou points rules`."""
    page: str
    """Where the console shows them."""
    title: Sentence
    about: Sentence
    path: str = ""
    """Its address in the API, where that is not the page's own, like `/points/rules`."""
    scope: str = "plan"
    """What a token that changes them may do."""
    managers: bool = False
    """Whether only managers see them in the console."""
    has_switch: bool = False
    """Whether they say `on`."""
    dated: bool = False
    """Whether they say since which day they are on."""
    around: Callable[[Settings], Around] = _alone
    """What of the shop they are read with."""
    may: Callable[[House, Settings, Any], None] = _no_more
    """Refuses rules that can be read and yet cannot hold in this shop."""
    kept: Callable[[House, Settings, str], None] = _no_more
    """What follows when others were written; told who wrote them."""
    more: Callable[[House, Settings], Any] | None = None
    """What else there is to say of them, for programs."""
    tried: Callable[[House, Settings, str, str], Any] | None = None
    """What a text would bring about, in a language, where that can be told without keeping it."""

    @property
    def file(self) -> RuleFile[..., Any]:
        """The file, and how it is read."""
        found: RuleFile[..., Any] = import_module(f"huitou.{self.reader}").RULES
        return found

    @property
    def address(self) -> str:
        """Its address in the API."""
        return self.path or f"{self.page}/rules"


def _earns(_house: House, settings: Settings, rules: Any) -> None:
    """What earns by the amount needs a currency to count in."""
    if rules.on:
        for kind in rules.kinds.values():
            kind.rate(settings.money)


def _cards_stay(house: House, settings: Settings, rules: Any) -> None:
    """A card that somebody holds cannot be taken away."""
    from huitou.ground.errors import BadRule
    from huitou.loyalty.membership import book

    today = house.clock.now().astimezone(settings.zone).date()
    with house.books.reading() as unit:
        held = {row["card"] for row in book.held(unit, today).values()}
    if missing := held - {each.name for each in rules.cards}:
        words = said("members hold the card {name}: it stays until they end", name=min(missing))
        raise BadRule(words, file="rules/membership.toml", column="card")


def _in_force(house: House, settings: Settings, by: str) -> None:
    """The one judge of what may be sent reads rules from the books."""
    from huitou.runs import sending

    sending.put(house, settings, by)


def _in_full(house: House, settings: Settings) -> Any:
    from huitou.runs.desks.consents.desk import Consents

    return Consents(house, settings).rules()


def _climbed(house: House, settings: Settings, told: str, language: str) -> Any:
    from huitou.runs.desks.ladder.desk import Desk

    return Desk(house, settings).tried(told, language)


ROOMS: Registry[Room] = Registry("room of rules")
for _room in (
    Room("points", "loyalty.points.rules", "points rules", "/points", said("Rules of rewards"),
         said("What earns how much, how long it waits, when it ends and what it is worth. A change "
              "holds for what is earned from now on."),
         has_switch=True, dated=True, may=_earns),
    Room("ladder", "loyalty.ladder.steps", "ladder rules", "/ladder",
         said("The rules of the ladder"),
         said("Steps, what each asks for, and what it gives"),
         managers=True, has_switch=True, tried=_climbed),
    Room("membership", "loyalty.membership.cards", "membership rules", "/membership",
         said("Rules of cards"), said("Fees, what comes back, notice, grace and refund"),
         managers=True, has_switch=True, around=_money, may=_cards_stay),
    Room("offers", "loyalty.offers", "offer rules", "/offers", said("Rules of offers"),
         said("Who must be named at the till, and how soon somebody is won back again")),
    Room("surprises", "loyalty.surprises.rules", "surprise rules", "/surprises",
         said("Rules of surprises"), said("Which gifts, on which occasions, within which budget"),
         has_switch=True),
    Room("referrals", "loyalty.referrals.rules", "referral rules", "/referrals",
         said("Rules of referrals"), said("What both sides get, and when"), has_switch=True),
    Room("letgo", "loyalty.letting_go.rules", "letgo rules", "/letgo",
         said("Rules of letting go"),
         said("What returns and staff cost, how sure it must be, and how long each step lasts"),
         managers=True, around=_money),
    Room("demands", "loyalty.demands.rules", "demand rules", "/demands",
         said("Rules of demands"),
         said("What a clerk may concede, and the words to refuse with"),
         managers=True, around=_money),
    Room("channels", "channels.post.rules", "sending ways", "/sending", said("Ways out"),
         said("By what each channel leaves, and how fast. Secrets are named by their variable, "
              "never written here."), path="/sending/ways", managers=True),
    Room("sending", "journeys.permission.rules", "sending rules", "/settings/sending",
         said("Rules of sending"),
         said("Whose law is kept, at which hours, and how often at most"),
         path="/sending/rules", scope="ask", around=_shop, kept=_in_force, more=_in_full),
    Room("reminders", "journeys.reminders.rules", "reminder rules", "/needs",
         said("Who is reminded of what"), said("Whom to remind, how long before, how often"),
         path="/needs/rules/reminders", managers=True),
    Room("machines", "care.machines.rules", "machine rules", "/needs",
         said("Kinds of machines, and what is given for an old one"),
         said("When each kind is serviced and worn out"), path="/needs/rules/machines",
         managers=True, around=_money),
):  # fmt: skip
    ROOMS.add(_room)
