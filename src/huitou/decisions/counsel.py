"""What staff do, say and may promise, by the cause that is suspected or known.

    we failed       apology, the fix, amends           habit       keep in touch, call
    outside         wait, and ask later                no need     something else, or a friend
    rival           not for now, unless it pays        unknown     ask

Words to speak are sentences in the customer's language; the rest is for staff. What an offer may
cost is not decided here: the bound is (`bound`), and what pays is priced elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from huitou.care.reasons import LEAVE_ALONE, REASONS, UNKNOWN
from huitou.ground.words import Sentence, said


@dataclass(frozen=True)
class Counsel:
    """The guide for one cause."""

    short: Sentence
    """In one breath: for a receipt, or the head of a page."""
    do: tuple[Sentence, ...]
    """What staff do, in order."""
    say: tuple[Sentence, ...]
    """What to say, in words that can be spoken as they stand."""
    promise: Sentence
    """What may be promised, in words."""
    may_offer: bool = False
    """Whether an offer may be promised at all, within the bound."""
    again_days: int | None = None
    """Days after which to look again; None: when they come, or never."""

    def again(self, today: date) -> date | None:
        """The day to look again."""
        return today + timedelta(days=self.again_days) if self.again_days is not None else None


_AMENDS = said(
    "Say what is mended. Amends within the limit shown, for this customer alone; no more than that."
)
_NOTHING = said("Promise nothing. A visit that is paid for twice earns nothing.")

GUIDES: Mapping[str, Counsel] = {
    "we_failed": Counsel(
        short=said("We failed them: apologise, mend it, make amends."),
        do=(
            said("Read what happened before you ring: they should not have to tell it twice."),
            said("Apologise once, plainly, without a but."),
            said("Say what has been mended, and when. If nothing has, say who is on it."),
            said("Offer amends last, and only if they were hurt."),
        ),
        say=(
            said("Something went wrong on our side, and I would like to hear it from you."),
            said("I am sorry. That is not how we want to treat you."),
            said("This is what we have changed since. Would you give us another try?"),
        ),
        promise=_AMENDS,
        may_offer=True,
        again_days=30,
    ),
    "habit": Counsel(
        short=said("Their habit changed: keep in touch, and do not push."),
        do=(
            said("Ring as somebody who knows them, not as somebody who sells."),
            said("Find out when and how they would come now: another day, another way."),
            said("Write down what suits them, and keep in touch about that."),
        ),
        say=(
            said("We have not seen you for a while, and just wanted to ask how you are."),
            said("Has something changed in your days? Would another time or delivery suit you?"),
        ),
        promise=_NOTHING,
        again_days=45,
    ),
    "outside": Counsel(
        short=said("Their life changed: wish them well, and ask later."),
        do=(
            said("Sell nothing. Wish them well, and mean it."),
            said("Ask whether you may ring again later, and write down the day."),
            said("Until then no letters: the day stands in the file."),
        ),
        say=(
            said("Thank you for telling me. I wish you all the best."),
            said("May we ask again in a few months?"),
        ),
        promise=_NOTHING,
        again_days=90,
    ),
    "no_need": Counsel(
        short=said("They no longer need it: something else that fits, or a friend who does."),
        do=(
            said("Ask what they need now; name one thing at most."),
            said("If nothing fits, ask whether they know somebody whom it would help."),
        ),
        say=(
            said("Is there something else that we could do for you?"),
            said("Do you know somebody who would enjoy what you used to buy?"),
        ),
        promise=_NOTHING,
        again_days=180,
    ),
    "rival": Counsel(
        short=said("Somebody else serves them: not for now, unless a better offer pays."),
        do=(
            said("Ask what the others do better, and write it down word for word."),
            said("Do not speak badly of anybody."),
            said("If the other is clearly better for them, let them go in peace, and look again."),
        ),
        say=(
            said("What do you like there? We would like to learn from it."),
            said("If you ever miss something, we would be glad to see you again."),
        ),
        promise=said(
            "An offer only if it stays within the limit shown; a price war earns nothing."
        ),
        may_offer=True,
        again_days=120,
    ),
    "other": Counsel(
        short=said("Nobody knows why: ask, and write it down."),
        do=(
            said("Ask the two questions, and listen. One minute is enough."),
            said("Write it down in their words."),
        ),
        say=(
            said("We have missed you. May I ask what kept you away?"),
            said("And where do you buy these things now?"),
        ),
        promise=_NOTHING,
        again_days=60,
    ),
}
"""Branch of the tree of reasons -> its guide."""

_OWN: Mapping[str, Counsel] = {
    "price": replace(
        GUIDES["we_failed"],
        short=said("It became too dear: show what is fair, do not bargain."),
        say=(
            said("I know that prices have risen. Which one hurt?"),
            said("Let me show you what gives you the same for less."),
        ),
    ),
    "our_mail": replace(
        GUIDES["we_failed"],
        short=said("We wrote too often: apologise, and write less."),
        do=(
            said("Apologise, and ask how often they would like to hear from us, if at all."),
            said("Write their wish down at once: it is obeyed from this minute."),
        ),
        say=(
            said("I am sorry that we wrote so often. How often would suit you?"),
            said("You will hear from us no more than that."),
        ),
        promise=_NOTHING,
        may_offer=False,
    ),
    "assortment": replace(
        GUIDES["we_failed"],
        short=said("What they came for is gone: name what replaces it, or order it in."),
        say=(
            said("You used to find something here that we no longer have. May I look for it?"),
            said("Shall I ring you when it is back?"),
        ),
    ),
    "gift_season": replace(
        GUIDES["no_need"],
        short=said("They buy gifts: be there shortly before the next occasion."),
        say=(said("Shall we remind you before the next occasion?"),),
    ),
    LEAVE_ALONE: Counsel(
        short=said("Left alone: no calls, no letters, until they ask for them."),
        do=(said("Do nothing. It is obeyed on every channel."),),
        say=(said("Of course. You will not hear from us again. Thank you for everything."),),
        promise=_NOTHING,
    ),
    "not_lost": Counsel(
        short=said("They have not left: thank them, and let them be."),
        do=(said("Thank them, and close the case."),),
        say=(said("That is good to hear. Thank you, and see you soon."),),
        promise=_NOTHING,
    ),
}


def counsel(cause: str | None) -> Counsel:
    """The guide for a cause; for one that nobody knows, the guide that asks."""
    if cause is None or cause not in REASONS:
        return GUIDES["other"]
    reason = REASONS[cause]
    return _OWN.get(reason.name, GUIDES[reason.group])


def is_known(cause: str | None) -> bool:
    """Whether a cause says more than *nobody knows*."""
    return cause is not None and cause != UNKNOWN and cause in REASONS
