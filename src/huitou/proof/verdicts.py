"""What to do about it: keep, fix, stop, or too early to say; and why, in plain words.

*Keep*: the gain is proven after costs, nothing else speaks against it.
*Stop*: a loss is proven, or the guardrail stopped it because it drove customers or profit away.
*Fix*: something that can be mended is wrong: the lot, the sending, one kind of customer harmed,
costs that eat a proven gain, sales only brought forward, people who ask for silence.
*Too early*: anything else, with the weeks it still takes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from huitou.ground.money import Money
from huitou.ground.words import Sentence, said

Decision = Literal["keep", "fix", "stop", "too_early"]


@dataclass(frozen=True)
class Evidence:
    """All that a verdict rests on. Amounts are minor units of `currency`."""

    sign: int
    """1: a gain is proven, -1: a loss, 0: neither."""
    is_over: bool
    """Whether the window that was written down has passed."""
    applied: bool
    intact: bool
    """Whether what was written down is still what was written down."""
    sent: int | None
    fair: bool
    """Whether the arms' sizes are what the lot gives."""
    enough: bool
    """Whether both arms hold enough people to compare."""
    struck: str | None
    """The guardrail that stopped it: silence, complaint, churn, profit, by hand; None: none."""
    harmed: str | None
    """A stage whose customers are proven worse off, with all stages' error together at 5 %."""
    gross_low: int | None
    """Lower end of the gain before stamps and staff."""
    cost: int
    paid_back: bool
    """Whether, a cycle after the window, what was gained is no more there: it was bought ahead."""
    weeks: int | None
    """Weeks still needed to prove what is hoped for; None: not within ten years."""
    left: int
    """Weeks of the window that are still to come."""
    detectable: int | None
    currency: str


@dataclass(frozen=True)
class Advice:
    """The one word, its code, and the sentence that says why."""

    decision: Decision
    code: str
    words: Sentence


def advise(seen: Evidence) -> Advice:
    """The verdict; the first that holds, from what makes figures void to what they say."""
    for rule in (_broken, _guarded, _lost, _unsent, _gained, _eaten):
        found = rule(seen)
        if found is not None:
            return found
    return _early(seen)


def _broken(seen: Evidence) -> Advice | None:
    if not seen.applied:
        return Advice("too_early", "nothing_applied", said("It has not begun yet."))
    if not seen.intact:
        return Advice(
            "fix",
            "rewritten",
            said(
                "What was written down before the first letter is not what stands there now, so"
                " nothing is said."
            ),
        )
    if seen.fair:
        return None
    return Advice(
        "fix",
        "unfair",
        said(
            "Fix the counting first: the two groups are not as large as the lot makes them, so no"
            " figure here can be trusted."
        ),
    )


def _guarded(seen: Evidence) -> Advice | None:
    if seen.struck is None:
        return None
    decision, words = STRUCK.get(seen.struck, STRUCK["by hand"])
    return Advice(decision, "guardrail", words)


STRUCK: dict[str, tuple[Decision, Sentence]] = {
    "churn": ("stop", said("Stop: the guardrail saw that it drove customers away.")),
    "profit": ("stop", said("Stop: the guardrail saw that it lost profit.")),
    "silence": (
        "fix",
        said("Fix it: so many asked to be left alone that the guardrail stopped it. Write less."),
    ),
    "complaint": (
        "fix",
        said("Fix it: so many complained that the guardrail stopped it. See what about."),
    ),
    "by hand": ("stop", said("Stopped by hand; nothing more of it is sent.")),
}


def _lost(seen: Evidence) -> Advice | None:
    if seen.sign >= 0 or not seen.enough:
        return None
    return Advice("stop", "harmful", said("Stop: it is proven to lose money after all costs."))


def _unsent(seen: Evidence) -> Advice | None:
    if seen.sent != 0 or not seen.is_over:
        return None
    return Advice(
        "fix", "nothing_sent", said("Fix the sending: the time is over and nothing really left.")
    )


def _gained(seen: Evidence) -> Advice | None:
    if seen.sign <= 0 or not seen.enough or seen.sent == 0:
        return None
    if seen.harmed is not None:
        return Advice(
            "fix",
            "segment",
            said(
                "Fix it: it earns on the whole, but customers of the stage “{stage}” are proven"
                " worse off. Leave them out.",
                stage=STAGE_WORDS.get(seen.harmed, said("other")),
            ),
        )
    if seen.paid_back:
        return Advice(
            "fix",
            "borrowed",
            said(
                "Fix it: what it gained was gone one purchase cycle later. It only brought sales"
                " forward."
            ),
        )
    return Advice("keep", "proven", said("Keep it: the gain is proven after all costs."))


STAGE_WORDS = {
    "new": said("new"),
    "active": said("active"),
    "loyal": said("loyal"),
    "slipping": said("slipping away"),
    "lost": said("lost"),
    "returned": said("returned"),
}


def _eaten(seen: Evidence) -> Advice | None:
    if not (seen.is_over and seen.enough and seen.gross_low is not None and seen.gross_low > 0):
        return None
    return Advice(
        "fix",
        "costs",
        said(
            "Fix the costs: people do buy more, and the {cost} for stamps and staff eat it up. Make"
            " it cheaper, or write to fewer.",
            cost=Money(seen.cost, seen.currency),
        ),
    )


def _early(seen: Evidence) -> Advice:
    if not seen.enough:
        return Advice(
            "too_early", "too_few", said("Too early: there are too few people to compare.")
        )
    least = Money(seen.detectable or 0, seen.currency)
    if seen.weeks is None and seen.left and seen.detectable:
        return Advice(
            "too_early",
            "out_of_reach",
            said(
                "Too early to say: it is watched for {weeks} more weeks. The effect hoped for is"
                " too small to be proven with so many customers; one above {least} would be.",
                weeks=seen.left,
                least=least,
            ),
        )
    if seen.weeks is None and not seen.left:
        return Advice(
            "too_early",
            "out_of_reach",
            said(
                "Too early, and it stays so: with so many customers an effect like the one hoped"
                " for cannot be proven within ten years; one above {least} could.",
                least=least,
            ),
        )
    return Advice(
        "too_early",
        "too_early" if not seen.is_over else "unclear",
        said(
            "Too early to say: about {weeks} more weeks.", weeks=max(1, seen.left, seen.weeks or 0)
        ),
    )
