"""Why a message does not leave, or not now: each rule's own sentence."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from huitou.ground.words import Sentence, said
from huitou.journeys.permission.laws import every
from huitou.journeys.policy import WHY_NOT

PLACES: Mapping[str, Sentence] = {
    "CN": said("Mainland China"),
    "TW": said("Taiwan"),
    "EU": said("European Union"),
    "US": said("United States"),
    "default": said("Anywhere else"),
}

OWN: Mapping[str, Sentence] = {
    "no_consent": said("They never agreed to this on this channel."),
    "not_confirmed": said("They said yes once and have not confirmed it yet."),
    "not_by_traits": said("They want no offers chosen from what they bought."),
    "refused_service": said("They asked not to be written to about service either."),
    "asked_in_words": said("They wrote something that may be a refusal: somebody reads it first."),
    "paused": said("They asked for a pause; it waits until that is over."),
    "holiday": said("It is a holiday where they are; it waits."),
    "own_hours": said("The shop writes at other hours only; it waits."),
    "cap": said("They have heard from us as often as they may for now."),
}
BY_KIND: Mapping[str, Mapping[str, Sentence]] = {
    "basis": {
        "consent": said("Where they are this needs their consent, and there is none."),
        "customer": said("Where they are this needs a purchase of late or their consent."),
        "until_refused": said("Where they are this goes until they refuse, and they did."),
    },
    "signature": {"": said("Where they are it must say who writes, and the shop has no name.")},
    "opt_out": {"": said("Where they are it must offer a way to end it, and there is none.")},
    "postal_address": {
        "": said("Where they are it must carry the shop’s postal address, and none is set.")
    },
    "by_traits": {"": said("They want no offers chosen from what they bought.")},
    "hours": {"": said("It is too early or too late where they are; it waits for the hour.")},
}


def words(rule: str) -> Sentence:
    """A rule's sentence; for one that is not known, its name."""
    told = WHY_NOT.get(rule) or OWN.get(rule) or _by_law().get(rule)
    return told if told is not None else said("The rule {name} stopped it.", name=rule)


@lru_cache(maxsize=1)
def _by_law() -> dict[str, Sentence]:
    return {
        rule.id: BY_KIND[rule.kind][rule.basis]
        for pack in every()
        for rule in pack.rules
        if rule.kind in BY_KIND
    }
