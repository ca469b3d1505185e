"""Who is asked why they left, and by which way: once a departure, by lot or by worth. Pure rules.

    worth asking (value at or above the line)   all of them, as many a run as staff can take up
    the others                                  a share of them, drawn by lot

Answers of the worthy alone would tell of the worthy alone. So below the line a lot decides, the
chance of each to be asked is written down, and whoever counts answers can weigh them by it.
"""

from __future__ import annotations

import hmac
import unicodedata
from base64 import b32encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256

from huitou.ground.ids import fingerprint, lot
from huitou.ground.words import Sentence, said

TRIGGERS: Mapping[str, Sentence] = {
    "lost": said("Judged lost"),
    "cancelled": said("Cancelled"),
    "unsubscribed": said("Unsubscribed"),
}
"""Why somebody is asked at all."""

WAYS: Mapping[str, Sentence] = {
    "email": said("By e-mail"),
    "paper": said("On paper"),
    "call": said("By a call"),
    "link": said("On a page they opened"),
}
"""How somebody is asked."""

OWN_GROUPS: Mapping[str, Sentence] = {
    "we_failed": said("Something was not right at your shop"),
    "outside": said("Something changed in my life"),
    "no_need": said("I no longer need it"),
    "habit": said("It just happened that way"),
    "rival": said("I found another place"),
    "other": said("None of these"),
}
"""The first question, as the customer reads it; in the order of the tree."""

WHY = said("Why did you stop buying from us?")
WHERE = said("Where do you buy these things now?")
"""The two questions. There is no third."""

OPEN_DAYS = 45
"""How long a link works and a sheet of paper is waited for."""
ONCE_IN = timedelta(days=365)
"""Nobody is asked again within a year, whatever happens."""
PLACE_LETTERS, WORDS_LETTERS = 200, 2000
"""A place and own words longer than this are cut: nobody's answer is lost for its length."""
A_RUN = 30
"""Of the worthy, and again of those drawn by lot, at most so many begin in one run; others wait."""


@dataclass(frozen=True)
class Leaver:
    """Somebody who is judged lost, and who may be asked. Amounts are minor units."""

    person_id: str
    hold_key: str
    """Their oldest key: what the lot hashes."""
    departed_on: date
    """The day they were last seen buying: it names the departure."""
    worth: int
    """What they would be worth if kept."""
    stage: str
    channel: str
    """email, paper or call; empty where there is no way to reach them."""


@dataclass(frozen=True)
class Asking:
    """One interview to begin, with all that is needed to weigh its answer later."""

    person_id: str
    departed_on: date
    channel: str
    trigger: str = "lost"
    stage: str = ""
    band: str = ""
    """`high` at or above the line of worth, `middle` above a quarter of it, else `low`."""
    worth: int = 0
    propensity: float = 1.0
    """The chance this person had to be asked, in (0, 1]."""

    @property
    def id(self) -> str:
        """Computed from person and departure: doing it twice asks once."""
        return fingerprint("interview", self.person_id, self.departed_on.isoformat())[:26]


def chosen(
    leavers: Iterable[Leaver], *, line: int, share: float, salt: str, most: int = A_RUN
) -> list[Asking]:
    """Whom to ask now, the worthy first.

    The lot of a departure never changes, so a cap only delays who was drawn: the chance that is
    written down stays true however often this is done. Who cannot be reached is not asked.

    Args:
        leavers: those lost of late who may be asked at all.
        line: worth at which everybody is asked, minor units.
        share: of the others, the share drawn by lot, in [0, 1].
        salt: the shop's secret; keys the lot.
        most: at most so many of the worthy, and so many of those drawn, in this run.
    """
    reached = [one for one in leavers if one.channel]
    worthy = sorted((one for one in reached if one.worth >= line), key=_by_worth)
    lots = {one: _lot(salt, one) for one in reached if one.worth < line}
    drawn = sorted((one for one in lots if lots[one] < share), key=lambda one: lots[one])
    return [
        *(_asking(one, line, 1.0) for one in worthy[:most]),
        *(_asking(one, line, share) for one in drawn[:most]),
    ]


def way(*, email: bool, address: bool, phone: bool, by_hand: bool) -> str:
    """The way to ask somebody, of those they consent to: e-mail, a letter, a call, a sheet handed
    over at their next visit; empty where there is none."""
    for name, open_ in (("email", email), ("paper", address), ("call", phone), ("paper", by_hand)):
        if open_:
            return name
    return ""


def band(worth: int, line: int) -> str:
    """How much somebody is worth, coarsely: answering depends on it, and so do reasons."""
    if worth >= line:
        return "high"
    return "middle" if 4 * worth >= line else "low"


def tidy(text: str | None, letters: int) -> str | None:
    """What somebody typed, cut to length, without what no keyboard types; None where it is empty.

    Control and direction marks would let a word show itself as another one.
    """
    normal = unicodedata.normalize("NFC", (text or "")[: 4 * letters].replace("\r\n", "\n"))
    kept = (
        c for c in normal if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co")
    )
    return "".join(kept).strip()[:letters] or None


def token_of(salt: str, interview_id: str) -> str:
    """The secret in a customer's link: 160 bits that only this shop can compute.

    It is computed, not kept: the books hold its hash alone, and a sheet that is printed again
    carries the same link.
    """
    drawn = hmac.new(salt.encode(), f"interview {interview_id}".encode(), sha256).digest()
    return b32encode(drawn[:20]).decode().lower()


def token_hash(token: str) -> str:
    """What the books keep of a token."""
    return fingerprint("interview token", token)


def _asking(one: Leaver, line: int, propensity: float) -> Asking:
    return Asking(
        person_id=one.person_id,
        departed_on=one.departed_on,
        channel=one.channel,
        stage=one.stage,
        band=band(one.worth, line),
        worth=one.worth,
        propensity=propensity,
    )


def _lot(salt: str, one: Leaver) -> float:
    return lot(salt, "interview", one.hold_key, one.departed_on.isoformat())


def _by_worth(one: Leaver) -> tuple[int, str]:
    return (-one.worth, one.person_id)
