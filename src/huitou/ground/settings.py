"""What a merchant has decided about the shop: one readable file, `shop.toml`, in its folder."""

from __future__ import annotations

import math
import tomllib
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime, time
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from huitou.ground import acquisition, roster, toml
from huitou.ground.durable import put_in_place
from huitou.ground.errors import HuitouError, NotYet
from huitou.ground.money import digits
from huitou.ground.roster import Clerk

FILE = "shop.toml"

RANGES: dict[str, tuple[float, float]] = {
    **dict.fromkeys(
        ("margin", "lost_line", "holdout_share", "share_of_value", "interview_share"), (0, 1)
    ),
    **dict.fromkeys(("control_share", "explore_share"), (0, 0.5)),
    **dict.fromkeys(
        ("budget", "staff_hours", "staff_hourly", "letter_cost", "approval_limit"), (0, math.inf)
    ),
    "most_contacts": (1, 90),
    "value_days": (1, 3650),
    "horizon_days": (7, 3650),
    "smtp_port": (1, 65535),
    "imap_port": (1, 65535),
    "complaint_hours": (1, 8760),
    "report_hour": (0, 23),
    "day_hour": (0, 23),
    "share_with_customers": (0, 0.9),
}
"""Numbers that can stand, both ends included."""


@dataclass(frozen=True)
class Settings:
    """The shop's own choices. Amounts are minor units of `currency`, shares lie in [0, 1]."""

    name: str = "My shop"
    currency: str | None = None
    """Reporting currency; set at the first import and not changed afterwards."""
    timezone: str | None = None
    """Days are cut in this zone; moments are kept in UTC."""
    language: str = "en"
    """Language of letters when the customer's own is unknown: en, zh-Hans or zh-Hant."""
    margin: float | None = None
    """Profit per unit of revenue where no cost is known, in [0, 1]; None asks for it."""
    horizon_days: int | None = None
    """How far ahead 'will they buy?' looks; None takes it from the shop's own rhythm."""
    lost_line: float = 0.2
    """A customer is lost when the chance to buy within the horizon is below this."""
    value_days: int = 365
    """What a customer is still worth counts profit over this many days."""
    holdout_share: float = 0.05
    """Share of people that no programme ever touches."""
    control_share: float = 0.1
    """Of those a plan means an act for, the share that gets nothing in it by a lot of its own."""
    explore_share: float = 0.05
    """Chance that another allowed act than the best is drawn, to learn; so much of money and hours
    is kept for it."""
    salt: str = ""
    """Keys the hold-out lot; drawn once when the shop is made."""
    budget: int | None = None
    """Most that one plan may cost in expectation; None: a twentieth of a quarter's profit."""
    approval_limit: int | None = None
    """Above this worst cost a plan is approved by two people; None: one is enough."""
    most_contacts: int = 4
    """Nobody is addressed more often within 90 days."""
    staff_hours: float = 8.0
    """Staff time one plan may take."""
    staff_hourly: int = 2000
    """What an hour of staff costs."""
    clerks: str = ""
    """Who calls customers, with minutes a day and stores: `Mei 240 North, South; Li 90`. Without
    it one clerk, `shop`, has the shop's staff hours."""
    share_of_value: float = 0.5
    """Exposure to one person stays below this share of the lower bound of what is left."""
    letter_cost: int = 100
    """Paper, print and stamp of one letter."""
    share_with_customers: float = 0.3
    """Of what is made of each coin spent on customers, the share that is theirs: 0.3 is three in
    ten. Drawn on the balance with what it costs; no plan is drafted by it."""
    acquisition_spend: str = ""
    """What winning new customers costs, in major units: `1200` a month, or month by month and by
    channel: `2026-01 800 ads; 2026-01 300 flyers`. Empty: not known."""
    interview_share: float = 0.1
    """Of the newly lost who are not worth a case, the share asked why they left, drawn by lot."""
    public_url: str | None = None
    """Where customers reach the pages under /p: https://shop.example; links begin with it."""
    address: str = ""
    """The shop's own postal address, in one line. Where the law asks for it in e-mails that sell,
    none leaves without."""
    letters_by_hand: bool = True
    """Whether a letter may be handed over in the shop where no postal address is known; without
    it only those with an address get letters on paper."""
    smtp_host: str | None = None
    smtp_port: int = 587
    smtp_user: str | None = None
    smtp_password_env: str = "HUITOU_SMTP_PASSWORD"
    """Name of the environment variable that holds the password; the secret itself is not kept."""
    smtp_from: str | None = None
    complaint_hours: int | None = None
    """Hours within which every complaint is answered; None: by its kind, from one day to three."""
    imap_host: str | None = None
    """A mailbox whose letters are complaints: `huitou complaint fetch` reads it over TLS."""
    imap_port: int = 993
    imap_user: str | None = None
    imap_password_env: str = "HUITOU_IMAP_PASSWORD"
    """Name of the environment variable that holds the mailbox's password."""
    imap_folder: str = "INBOX"
    """The folder that is read; nothing in it is ever deleted or marked."""
    email_to_customers: bool = False
    """Whether people may be written to by e-mail because they bought here, where the law allows
    it; without it nobody is, for consent by other ways is not kept yet."""
    text_model_url: str | None = None
    """Address of a model that speaks as OpenAI's does (https://…/v1), to be asked about texts the
    shop's own sorter is unsure of; None: no text ever leaves. Names and numbers are masked."""
    text_model_name: str | None = None
    """What that model is called there."""
    text_model_key_env: str = "HUITOU_TEXT_MODEL_KEY"
    """Name of the environment variable that holds its key; the secret itself is not kept."""
    text_model_private_host: str | None = None
    """A host within the shop's own network that may be asked; without it none there is."""
    alert_urls_env: str = "HUITOU_ALERT_URLS"
    """Name of the environment variable that holds where staff are told of alarms, as addresses of
    Apprise parted by blanks: wecombot, dingtalk, feishu, slack, workflows (Teams), mailtos."""
    alert_manager_urls_env: str = "HUITOU_MANAGER_ALERT_URLS"
    """The same for what nobody answered in time; empty: those go where all alarms go."""

    trusted_proxies: str = "127.0.0.1"
    """Addresses or networks of the proxies before `huitou serve`, with commas between: only they
    are believed about where a visitor comes from. Else all behind a proxy count as one."""
    report_to: str = ""
    """Whom the report goes to by e-mail: addresses with commas between them; empty for nobody."""
    report_day: str = "monday"
    """The day of the week on which it goes."""
    report_hour: int = 8
    """The hour of that day, as the clock in the shop shows it, from which on it goes."""
    report_language: str | None = None
    """Language of the report; None: that of letters."""
    day_by_itself: bool = True
    """Whether `huitou serve` and `huitou worker` do the day's work by themselves, where something
    new has arrived."""
    day_hour: int = 5
    """The hour at which they do, as the clock in the shop shows it."""

    @property
    def report_recipients(self) -> tuple[str, ...]:
        """The addresses of `report_to`, each once."""
        told = (each.strip() for each in self.report_to.split(","))
        return tuple(dict.fromkeys(each for each in told if each))

    @property
    def day_begins(self) -> time | None:
        """When the day's work is done by itself, on the shop's own clock; None where it is not."""
        return time(self.day_hour) if self.day_by_itself else None

    @property
    def zone(self) -> ZoneInfo:
        """The shop's time zone."""
        if self.timezone is None:
            raise NotYet("the shop has no time zone yet", to_try="huitou import FILE --timezone …")
        return ZoneInfo(self.timezone)

    def day(self, now: datetime) -> date:
        """The day in the shop; in UTC while it has no zone."""
        return now.astimezone(self.zone).date() if self.timezone else now.date()

    @property
    def roster(self) -> tuple[Clerk, ...]:
        """Who calls customers."""
        return roster.read(self.clerks, min(roster.DAY, round(60 * self.staff_hours)))

    @property
    def money(self) -> str:
        """The reporting currency; an error where none was set."""
        if self.currency is None:
            raise NotYet("the shop has no currency yet", to_try="huitou import FILE --currency …")
        return self.currency

    def changed(self, **choices: Any) -> Settings:
        """The same settings with some choices changed; each is checked."""
        taken = replace(self, **choices)
        taken.check()
        return taken

    def check(self) -> None:
        """Raise a plain sentence for the first choice that cannot stand."""
        for each in fields(self):
            _check_kind(each.name, str(each.type), getattr(self, each.name))
        for name, (least, most) in RANGES.items():
            _check_range(name, getattr(self, name), least, most)
        if self.currency is not None:
            digits(self.currency)
        roster.read(self.clerks, 0)
        acquisition.read(self.acquisition_spend)
        if self.timezone is not None:
            _check_zone(self.timezone)
        _check_language(self.language)
        if self.report_language is not None:
            _check_language(self.report_language)
        _check_weekday(self.report_day)
        _check_recipients(self.report_recipients)
        if self.public_url is not None:
            _check_address(self.public_url)
        _check_networks(self.trusted_proxies)


def _check_kind(name: str, wanted: str, value: Any) -> None:
    kinds = wanted.split(" | ")
    found = "None" if value is None else type(value).__name__
    if found not in kinds and not (found == "int" and "float" in kinds):
        raise HuitouError(f"{name} is {value!r}, and must be of the kind {wanted}")


def _check_range(name: str, value: float | None, least: float, most: float) -> None:
    if value is None or (least <= value <= most and math.isfinite(value)):
        return
    allowed = f"lie between {least} and {most}" if most < math.inf else f"be {least} or more"
    raise HuitouError(f"{name} is {value}, and must {allowed}")


def _check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
        raise HuitouError(
            f"{name!r} is not a time zone", to_try="--timezone Asia/Shanghai"
        ) from unknown


def _check_networks(told: str) -> None:
    for each in filter(None, (part.strip() for part in told.split(","))):
        try:
            ip_network(each)
        except ValueError as unread:
            raise HuitouError(
                f"trusted_proxies: {each!r} is no address and no network",
                to_try="127.0.0.1, 10.0.0.0/8",
            ) from unread


def _check_language(tag: str) -> None:
    from huitou.ground.languages import LANGUAGES

    if tag not in LANGUAGES:
        raise HuitouError(
            f"letters cannot be written in {tag!r}", to_try=f"one of: {', '.join(LANGUAGES)}"
        )


WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _check_recipients(told: tuple[str, ...]) -> None:
    for each in told:
        name, _, host = each.partition("@")
        if not name or not host or "@" in host or any(part.isspace() for part in each):
            raise HuitouError(
                f"report_to: {each!r} is no e-mail address",
                to_try="you@example.com, boss@example.com",
            )


def _check_address(told: str) -> None:
    """Links to customers begin with it: nothing else than a place on the web may stand here."""
    try:
        parts = urlsplit(told)
        whole = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        whole = False
    if not whole or parts.query or parts.fragment or any(part.isspace() for part in told):
        raise HuitouError(f"public_url: {told!r} is no address", to_try="https://shop.example")


def _check_weekday(name: str) -> None:
    if name not in WEEKDAYS:
        raise HuitouError(f"{name!r} is no day of the week", to_try='report_day = "monday"')


def read(home: Path) -> Settings:
    """The settings in `home`; the defaults where there is no file yet."""
    path = home / FILE
    if not path.exists():
        return Settings()
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as bad:
        raise HuitouError(f"{path} cannot be read: {bad}") from bad
    known = {field.name for field in fields(Settings)}
    for name in written:
        if name not in known:
            raise HuitouError(f"{path}: there is no setting {name!r}")
    settings = Settings(**written)
    settings.check()
    return settings


def write(home: Path, settings: Settings) -> None:
    """Keep the settings in `home`, whole or not at all."""
    settings.check()
    home.mkdir(parents=True, exist_ok=True)
    fresh = home / f".{FILE}.new"
    fresh.write_text(toml.pairs(asdict(settings)), encoding="utf-8", newline="\n")
    put_in_place(fresh, home / FILE)
