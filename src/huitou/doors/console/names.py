"""What stages, acts, states and verdicts are called on the screen."""

from __future__ import annotations

import re
from collections.abc import Mapping

from huitou.facts.life import STAGE_NAMES
from huitou.ground.roster import ALONE
from huitou.ground.words import Sentence, said
from huitou.runs.verdicts import WHOLE

CLERKS: Mapping[str, Sentence] = {ALONE: said("The shop")}
"""Clerks whose name is a word of ours and not a person's."""

BEFORE: Mapping[str, Sentence] = {"not_yet": said("Not yet here"), **STAGE_NAMES}
"""Where somebody can come from: a stage, or from outside."""

STAGE_MEANINGS: Mapping[str, Sentence] = {
    "new": said("Bought on one day so far."),
    "active": said("Comes back at about their own rhythm."),
    "loyal": said("Has come back often, and still does."),
    "returned": said("Was lost, and has bought again."),
    "slipping": said("Overdue by their own rhythm: the time to act."),
    "lost": said("Will hardly buy again unless something changes."),
}

ACTS: Mapping[str, Sentence] = {
    "nothing": said("Leave in peace"),
    "thank": said("Thank-you note"),
    "remind": said("Reminder"),
    "mended": said("Word of a fix"),
    "surprise": said("Small gift"),
    "red_packet": said("Red packet"),
    "voucher": said("Voucher"),
    "amends": said("Apology with amends"),
    "upgrade": said("Better service"),
    "step_up": said("One level up"),
    "call": said("Phone call"),
}

KEYS: Mapping[str, Sentence] = {
    "member": said("Member number"),
    "member_no": said("Member number"),
    "phone": said("Phone"),
    "email": said("E-mail"),
}

ROLES: Mapping[str, Sentence] = {
    "owner": said("Owner"),
    "manager": said("Manager"),
    "clerk": said("Clerk"),
    "viewer": said("Reads only"),
}

MODELS: Mapping[str, str] = {
    "nbd": "NBD",
    "bg_nbd": "BG/NBD",
    "mbg_nbd": "MBG/NBD",
    "pareto_nbd": "Pareto/NBD",
}
"""Names of the trade; the same in every language."""

STATUSES: Mapping[str, Sentence] = {
    "draft": said("Draft"),
    "approved": said("Approved"),
    "applying": said("Being carried out"),
    "applied": said("Carried out"),
    "replaced": said("Replaced"),
}

HARM: Mapping[str, Sentence] = {
    "harmful": said("Harmful"),
    "nothing_seen": said("Nothing seen"),
    "too_early": said("Too early to say"),
}

SENT: Mapping[str, Sentence] = {
    "waiting": said("could not be sent yet, and is tried again"),
    "handing_over": said("is being sent"),
    "accepted": said("sent"),
    "refused": said("not taken by the mail server"),
    "in_doubt": said("may or may not have arrived; it is not sent again"),
}
"""What became of a report on its way."""

LEFT_ALONE: Mapping[str, Sentence] = {
    "nothing_pays": said("no act that fits them is expected to bring more than it costs"),
    "bound": said("what would pay could cost more than they are surely still worth"),
    "budget": said("it would pay, but money or staff time earns more elsewhere"),
    "unsure": said("it might pay, but not surely enough to give money on a guess"),
    "regulars_first": said("old customers come first, and they may not get more than those"),
    "silent": said("they asked to be left alone"),
    "never": said("staff marked them as not to be chased"),
    "let_go": said("let go for a time, which somebody decided with the evidence"),
    "not_by_traits": said("they want no offers chosen from what they bought"),
    "too_often": said("addressed as often as anybody may be within 90 days"),
    "no_channel": said("no address at which they may be reached"),
    "contacted_lately": said("addressed only lately"),
    "open_complaint": said("their complaint is open, and nothing is sold to them meanwhile"),
    "not_for_now": said("they said why they stay away; somebody looks again on a date"),
    "open_case": said("their case is open, and its owner speaks to them"),
    "in_test": said("they are in a planned test that still runs"),
    "control": said("the control of this plan alone, drawn anew for each"),
    "explored": said("left alone by lot, to learn whether an act is better than nothing"),
    "test": said("a planned test gave them nothing, to compare with"),
    "held_out": said("the control group, which shows what would have happened anyway"),
}
"""Why a plan leaves people alone, by the code of the reason, to be said after their number."""

VERDICTS: Mapping[str, Sentence] = {
    "proven": said("Proven"),
    "harmful": said("Harmful"),
    "not_proven": said("Not proven yet"),
}

STEPS: Mapping[str, Sentence] = {
    "looking": said("Looking at the file"),
    "opening": said("Opening the file"),
    "reading": said("Reading the rows"),
    "sorting out": said("Sorting out what cannot be read"),
    "writing": said("Writing the rows down"),
    "merging": said("Taking the rows in"),
    "people": said("Finding out who is who"),
    "lines": said("Giving each line its customer"),
    "facts": said("Counting what happened"),
    "standing": said("Counting what counts on the ladder"),
    "forecast": said("Learning the shop’s rhythm"),
    "stages": said("Judging each by their own rhythm"),
    "learn": said("Learning from earlier letters"),
    "next": said("Finding what fits each customer next"),
    "needs": said("Foreseeing what is needed again"),
    "signs": said("Replaying the alarms on the past"),
    "membership": said("Looking after paid cards"),
    "reminders": said("Asking for reminders"),
    "names": said("Following those who turned out to be one"),
    "members": said("Finding members among customers"),
    "ladder": said("Moving everybody on the ladder"),
    "journeys": said("Letting people into journeys, and moving them on"),
    "evenings": said("Seeing the past evening by evening"),
    "offers": said("Ending offers whose time is over"),
    "complaints": said("Looking after complaints"),
    "cases": said("Opening cases of the lost"),
    "interviews": said("Choosing whom to ask why they left"),
    "alarms": said("Ringing the alarms"),
    "plan": said("Weighing what to do for each customer"),
    "proof": said("Checking against the control group"),
    "promises": said("Holding promises against proofs"),
    "thresholds": said("Reading what the steps of the ladder bring"),
    "shelf": said("Putting everybody on the shelf"),
    "publish": said("Laying out the answers"),
    "alerts": said("Telling staff of the alarms"),
    "events": said("Keeping what was done"),
    "letters": said("Writing the letters"),
    "paper": said("Laying the letters out for print"),
    "call": said("Making the call list"),
    "email": said("Sending the e-mails"),
    "done": said("Done"),
}
"""Steps of an import, a run and a plan that is carried out, as they are told."""


def programme(name: str) -> Sentence:
    """What a verdict is on: everything that was done, or the plan of this id."""
    if name == WHOLE:
        return said("The whole programme")
    if name.startswith(f"{WHOLE}-"):
        return said("The programme before, no. {n}", n=name.rpartition("-")[2])
    return said("Plan {id}", id=name)


def how_sure(level: float) -> Sentence:
    """How often an interval of this level holds the truth."""
    if level >= 0.95:
        return said("19 times out of 20")
    return said("9 times out of 10")


def act(code: str, depth: float = 0.0) -> Sentence:
    """What an act is called: `offer` names its depth."""
    if code == "offer" or depth or _depth(code):
        depth = depth or _depth(code)
        if depth:
            return said("Offer of {percent} %", percent=round(100 * depth))
        return said("Offer")
    return ACTS.get(code, said("{name}", name=code))


def _depth(code: str) -> float:
    # Not of an act of the shop's own: `offer_3f9a01` is no offer of 3901 %.
    found = re.fullmatch(r"offer_(\d{1,2})", code, re.ASCII)
    return int(found[1]) / 100 if found else 0.0
