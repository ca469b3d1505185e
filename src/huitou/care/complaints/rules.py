"""What a complaint is: its kinds and deadlines, the steps it may take, what is overdue.

arrives -> new -> assigned -> answered -> resolved
            ^        ^------------'----------'     reopened: the customer writes again
           held      (likely spam: nothing lost, no alarm, no freeze)
           dismissed (none at all; may be taken back)
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from huitou.ground.errors import HuitouError
from huitou.ground.ids import fingerprint, new_id
from huitou.ground.words import Sentence, said

if TYPE_CHECKING:
    from huitou.care.complaints.attachments import File

KINDS: Mapping[str, Sentence] = {
    "product": said("The goods"),
    "service": said("How they were treated"),
    "delivery": said("The delivery"),
    "price": said("The price"),
    "other": said("Something else"),
}
"""What a complaint is about, as staff read it."""

HOURS: Mapping[str, int] = {"delivery": 24, "service": 24, "product": 48, "price": 72, "other": 72}
"""Hours until an answer is due. Somebody waits for a parcel now; a price can be explained later."""

CHANNELS = ("form", "email", "api", "staff", "import")
STATES: Mapping[str, Sentence] = {
    "new": said("Just come in"),
    "assigned": said("In hand"),
    "answered": said("Answered"),
    "resolved": said("Resolved"),
    "held": said("Held: likely spam"),
    "dismissed": said("No complaint"),
}
OPEN = ("new", "assigned", "answered")
"""While it is in one of these, the customer is sent nothing that sells."""
WAITING = ("new", "assigned")
"""The customer waits for our word."""

STEPS: Mapping[str, tuple[str, ...]] = {
    "new": ("assigned", "answered", "resolved", "held", "dismissed"),
    "assigned": ("answered", "resolved", "held", "dismissed"),
    "answered": ("resolved", "assigned", "dismissed"),
    "resolved": ("assigned",),
    "held": ("new", "dismissed"),
    "dismissed": ("new",),
}
"""Where a complaint may go from each state; the database keeps the same list."""

SPOKEN: Mapping[str, Sentence] = {
    "owner": said("Given to {about}"),
    "person": said("Joined to a customer"),
    "sent": said("Sent by e-mail"),
    "unsent": said("The e-mail did not leave: {about}"),
    "doubt": said("Nobody knows whether the e-mail arrived: {about}"),
}
TOLD = ("sent", "unsent", "doubt", "tell")
"""What is written beside an answer once it is known how it reaches the customer."""
UNTOLD = "doubt:the process that sent it was gone"
UNTOLD_AFTER = timedelta(minutes=10)
"""An answer beside which nothing stands by then belongs to a process that is gone."""
IMPORTED = "import"
"""Who answered what was taken in from a file: long ago, and not through us."""
TELL: Mapping[str, Sentence] = {
    "phone": said("To be told by phone"),
    "page": said("The customer reads it on the page of their complaint"),
    "nobody": said("There is no way to tell them: no e-mail, no phone"),
}
"""How the customer hears an answer that no e-mail carries."""

CUSTOMER = "customer"
"""Who wrote an entry when no member of staff did."""

QUIET_DAYS = 14
"""An answered complaint that nobody wrote to for so long counts as resolved: else one polite
answer would freeze a customer for ever."""

WIDTHS: Mapping[str, int] = {
    "name": 120, "phone": 40, "email": 200, "product": 200, "store": 120, "order_id": 120,
}  # fmt: skip
MOST_WORDS = 20_000
"""Characters kept of one text; a door says so before it is reached."""

_LETTERS = "23456789CDFGHJKLMNPQRTVWXY"
"""No 0 or O, 1 or I, nor vowels: it is read out on the phone and spells nothing."""


@dataclass(frozen=True)
class Arrived:
    """A complaint as it came in, whatever way it came."""

    key: str
    """Names this one sending: the same key again is the same complaint."""
    words: str
    channel: str
    language: str = "en"
    kind: str = "other"
    name: str | None = None
    phone: str | None = None
    email: str | None = None
    product: str | None = None
    store: str | None = None
    order_id: str | None = None
    person_id: str | None = None
    held: bool = False
    """Likely spam: kept, but nobody is woken and nothing is frozen."""
    token: str | None = None
    """The secret of the customer's page, where the door has handed it out already."""
    number: str | None = None
    """The number the customer was told, where the door has told it already."""
    files: tuple[File, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what no door should let through."""
        _one_of("kind", self.kind, tuple(KINDS))
        _one_of("channel", self.channel, CHANNELS)
        if not self.key:
            raise HuitouError("a complaint needs a key, so that it is taken once")

    @property
    def fitted(self) -> Arrived:
        """The same, as the books can hold it: what is too long for its place moves to the words."""
        clean = {name: _plain(getattr(self, name)) for name in WIDTHS}
        long = {name: told for name, told in clean.items() if len(told or "") > WIDTHS[name]}
        cut: dict[str, Any] = {
            name: (told or "")[: WIDTHS[name]].strip() or None for name, told in clean.items()
        }
        words = "\n".join([_plain(self.words) or "", *(f"{k}: {told}" for k, told in long.items())])
        fits = len(self.key) <= 200 and self.key == _plain(self.key)
        key = self.key if fits else sha256(self.key.encode("utf-8", "replace")).hexdigest()
        return replace(self, **cut, words=words.strip(), key=key, language=self.language[:20])


def step(before: str, after: str) -> None:
    """Refuse a step that a complaint cannot take."""
    if after not in STEPS[before]:
        raise HuitouError(
            f"a complaint that is {before} cannot become {after}",
            to_try=f"one of: {', '.join(STEPS[before])}",
        )


def due(kind: str, now: datetime, hours: int | None = None) -> datetime:
    """Until when it must be answered: `hours` as the shop says, else by its kind."""
    return now + timedelta(hours=HOURS[kind] if hours is None else hours)


def overdue(state: str, due_at: datetime, now: datetime) -> bool:
    """Whether the customer waits longer than was promised."""
    return state in WAITING and now > due_at


def new_number() -> str:
    """A number to read out on the phone: `7KQM-4X2D`."""
    drawn = int(fingerprint(new_id()), 16)
    letters = "".join(
        _LETTERS[drawn // len(_LETTERS) ** place % len(_LETTERS)] for place in range(8)
    )
    return f"{letters[:4]}-{letters[4:]}"


def number_of(text: str) -> str:
    """A number as somebody typed it, in the form in which it is kept."""
    letters = re.sub(r"[^0-9A-Za-z]", "", text).upper()
    return f"{letters[:4]}-{letters[4:]}" if len(letters) == 8 else text.strip().upper()


def hashed(token: str) -> str:
    """All that is kept of the secret of the customer's page."""
    return sha256(token.encode()).hexdigest()


def plain(text: str) -> str:
    """A text without what no database or screen can show."""
    return _plain(text) or ""


def spoken(words: str) -> tuple[Sentence, ...]:
    """What an entry of kind `state` says: it is kept as `what:about` lines, said in any language.

    state, owner, person: what it became · sent, unsent: by e-mail, and what stood in the way ·
    tell: how the customer is to hear it, phone or page.
    """
    told = (line.partition(":") for line in words.splitlines())
    return tuple(_spoken(what, about) for what, _, about in told)


def _spoken(what: str, about: str) -> Sentence:
    if what == "state" and about in STATES:
        return said("Now: {state}", state=STATES[about])
    if what in SPOKEN:
        return said(SPOKEN[what].text, about=about)
    return TELL.get(about, said("{names}", names=f"{what} {about}".strip()))


def _plain(text: str | None) -> str | None:
    if text is None:
        return None
    whole = text.encode("utf-8", "replace").decode()
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", "", whole).strip() or None


def _one_of(what: str, given: str, allowed: tuple[str, ...]) -> None:
    if given not in allowed:
        raise HuitouError(f"{given!r} is no {what} of complaint", to_try=", ".join(allowed))
