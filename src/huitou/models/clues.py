"""Why customers leave, as judged before anybody was asked: suspects, and what speaks for each.

Priors and likelihood ratios are written down here with where they come from and how wide they are
taken to be. `learned` moves them by what customers answer; without answers they stand as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from huitou.care.reasons import LEAVE_ALONE, UNKNOWN, WHYS
from huitou.ground.words import Sentence, said


@dataclass(frozen=True)
class Cause:
    """A suspect: how often it is the reason beforehand, in words, and what to ask."""

    code: str
    words: Sentence
    ask: Sentence
    prior: float
    """Share of leavers, before anything is known of them; 0 for what leaves no trace here."""
    source: str


@dataclass(frozen=True)
class Clue:
    """What a piece of evidence says for or against one cause.

    `strength` of the evidence rises from 0 at `absent` to 1 at `present`; the likelihood ratio
    (how much commoner the evidence is among those who left for this cause than among the others)
    goes from `ratio_absent` to `ratio_present` on the log scale. Unknown evidence says nothing.
    """

    evidence: str
    cause: str
    absent: float
    present: float
    ratio_absent: float
    ratio_present: float
    log_sd: float
    """Sd of the log ratio: 0.7 means right within a factor of two, two times in three."""
    source: str


PRIOR_LOG_SD = 0.7
"""Sd of the log odds of each prior: within a factor of two, two times in three."""

_SWITCHING = "Keaveney 1995, J. Marketing 59(2): reasons for leaving services; taken as an order"
_JUDGED = "judgement, to be replaced by answers given to this shop's own questions"
_NO_TRACE = "leaves no trace in any file: counted under unknown until somebody says it"

CAUSES = (
    Cause(
        "never_hooked",
        said("Bought once and never made it a habit"),
        said("What did you need that day, and where do you usually buy it?"),
        0.20,
        _JUDGED,
    ),
    Cause(
        "returned_goods",
        said("Sent goods back shortly before going silent"),
        said("Was something wrong with your last order, and was it put right?"),
        0.12,
        f"{_SWITCHING}; failures of the service itself lead there, returns show only part of them",
    ),
    Cause(
        "price",
        said("What they used to buy has become dearer"),
        said("Do you find our prices fair compared with elsewhere?"),
        0.12,
        f"{_SWITCHING}; price is named by about three in ten, rarely alone",
    ),
    Cause(
        "assortment",
        said("What they used to buy is no longer sold"),
        said("Is there something you used to find here and now miss?"),
        0.08,
        _JUDGED,
    ),
    Cause(
        "habit_stopped",
        said("A regular habit stopped all at once"),
        said("You used to come regularly. What has changed for you?"),
        0.10,
        _JUDGED,
    ),
    Cause(
        "gift_season",
        said("Buys gifts in the season only"),
        said("Whom did you buy for, and when will the next occasion be?"),
        0.08,
        _JUDGED,
    ),
    Cause(
        "delivery",
        WHYS["delivery"],
        said("Did your last order come in time, whole, and as you had ordered it?"),
        0.03,
        f"{_SWITCHING}; known only where staff or files tell of it",
    ),
    Cause(
        "service",
        WHYS["service"],
        said("How were you treated when you last dealt with us?"),
        0.02,
        f"{_SWITCHING}; known only where somebody complained, or their clerk left",
    ),
    Cause(
        "product",
        WHYS["product"],
        said("Did what you bought do what you bought it for?"),
        0.02,
        f"{_SWITCHING}; known only where somebody complained",
    ),
    Cause(
        "competitor",
        WHYS["competitor"],
        said("Who has it nearer, better or cheaper than we do?"),
        0.03,
        f"{_SWITCHING}; known only where staff tell of a rival, or a shop of ours closed",
    ),
    Cause(
        "our_mail",
        WHYS["our_mail"],
        said("Did we write to you more often than you liked?"),
        0.01,
        _JUDGED,
    ),
    Cause(
        "out_of_work",
        WHYS["out_of_work"],
        said("Would something smaller, or later payment, suit you better now?"),
        0.01,
        _JUDGED,
    ),
    Cause(
        "moved",
        WHYS["moved"],
        said("Do you still live near one of our shops?"),
        0.0,
        _NO_TRACE,
    ),
    Cause(
        "ill",
        WHYS["ill"],
        said("Is there anything that would make buying from us easier for you?"),
        0.0,
        _NO_TRACE,
    ),
    Cause(
        "no_longer_needed",
        WHYS["no_longer_needed"],
        said("Is there anything else that you need now?"),
        0.0,
        _NO_TRACE,
    ),
    Cause(
        UNKNOWN,
        said("Nothing in the orders tells why"),
        said("Why did you stop buying from us, and where do you buy now?"),
        0.18,
        f"{_SWITCHING}; distance and life itself leave no trace in orders",
    ),
)
"""Every reason for leaving that somebody may give; priors add up to 1."""

CLUES = (
    Clue("returned_near_end", "returned_goods", 0.0, 0.5, 0.3, 8.0, 0.7, _JUDGED),
    Clue("price_rise", "price", 0.02, 0.20, 0.4, 4.0, 0.7, _JUDGED),
    Clue("gone_share", "assortment", 0.10, 0.70, 0.3, 5.0, 0.7, _JUDGED),
    # Gaps that vary as those of a Poisson buyer (ratio near 1) show no habit; half of that does.
    Clue("regularity", "habit_stopped", 1.0, 0.4, 0.4, 4.0, 0.7, _JUDGED),
    Clue("one_purchase", "habit_stopped", 0.0, 1.0, 1.0, 0.02, 0.5, "one purchase is no habit"),
    Clue("one_purchase", "never_hooked", 0.0, 1.0, 0.02, 3.0, 0.5, "its definition"),
    Clue("season_gift", "gift_season", 0.0, 1.0, 0.1, 5.0, 0.7, _JUDGED),
    Clue("delivery_failed", "delivery", 0.0, 1.0, 0.4, 10.0, 0.7, _JUDGED),
    Clue("complaint_unanswered", "service", 0.0, 1.0, 0.6, 8.0, 0.7, _JUDGED),
    Clue("complaint_service", "service", 0.0, 1.0, 0.6, 10.0, 0.7, _JUDGED),
    Clue("clerk_left", "service", 0.0, 1.0, 0.8, 4.0, 0.7, _JUDGED),
    Clue("complaint_product", "product", 0.0, 1.0, 0.5, 10.0, 0.7, _JUDGED),
    Clue("out_of_stock", "assortment", 0.05, 0.50, 0.7, 5.0, 0.7, _JUDGED),
    Clue("price_told", "price", 0.05, 0.50, 0.8, 3.0, 0.7, _JUDGED),
    Clue("rival_opened", "competitor", 0.0, 1.0, 0.5, 8.0, 0.7, _JUDGED),
    # When our own shop is gone, somebody else is nearer.
    Clue("store_gone", "competitor", 0.0, 1.0, 0.8, 6.0, 0.7, _JUDGED),
    # Two letters in three months trouble nobody; eight do.
    Clue("our_messages", "our_mail", 2.0, 8.0, 0.5, 8.0, 0.7, _JUDGED),
    Clue("payment_failed", "out_of_work", 0.0, 1.0, 0.8, 6.0, 0.7, _JUDGED),
)
"""Every piece of evidence `facts.evidence` gives, and what it is taken to say."""

QUESTIONS: Mapping[str, Sentence] = {cause.code: cause.ask for cause in CAUSES}
"""Cause -> what to ask the customer."""

WORDS: Mapping[str, Sentence] = {cause.code: cause.words for cause in CAUSES}
"""Cause -> what it means, for the merchant."""

NO_CAUSE = frozenset({UNKNOWN, LEAVE_ALONE, "not_lost"})
"""Answers that name no cause: would not say, wants peace, has not left."""
