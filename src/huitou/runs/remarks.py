"""What must be said beside the figures: they rest on a guess, or on things as they were before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huitou.facts.profit import ASSUMED_MARGIN
from huitou.ground.ids import fingerprint
from huitou.ground.settings import Settings
from huitou.ground.words import said
from huitou.runs.first_page import Alert

if TYPE_CHECKING:
    from huitou.runs.wiring import House
    from huitou.store.lake import Edition, Lake

OF_FIGURES = (
    *("timezone", "margin", "horizon_days", "lost_line", "value_days", "holdout_share"),
    *("smtp_host", "email_to_customers", "letters_by_hand"),
)
"""Settings from which a run makes its figures."""

OF_PLANS = (
    *("budget", "staff_hours", "share_of_value", "staff_hourly", "letter_cost"),
    *("most_contacts", "control_share", "explore_share"),
)
"""Settings within which a plan is drafted."""

BASIS, LIMITS = "basis", "limits"
"""Notes: what the figures of an edition, and the latest draft, were made from."""


def note_basis(edition: Edition, settings: Settings, lake: Lake) -> None:
    """Keep with an edition what its figures are made from; while nothing can arrive."""
    made = {"settings": _mark(settings, OF_FIGURES), "arrived": _arrived(lake)}
    edition.note(BASIS, made)


def note_limits(lake: Lake, settings: Settings) -> None:
    """Keep within which settings the latest plan was drafted."""
    lake.standing.note(LIMITS, _mark(settings, OF_PLANS))


def remarks(house: House, settings: Settings, edition: Edition) -> tuple[Alert, ...]:
    """What is to be said beside the figures of this edition, each with what to type."""
    basis = edition.noted(BASIS)
    found = []
    if settings.margin is None and not edition.noted("margin_told"):
        words = said(
            "No margin was given, and no file has costs: profit is reckoned as {percent} % of "
            "revenue, which is a guess. To set yours: {line}",
            percent=round(100 * ASSUMED_MARGIN),
            line="huitou settings set margin 0.35",
        )
        found.append(Alert("margin", words, "warning"))
    if basis["settings"] != _mark(settings, OF_FIGURES):
        words = said(
            "The settings were changed after the run that these figures come from. "
            "Run again: {line}",
            line="huitou run",
        )
        found.append(Alert("settings", words, "warning"))
    if basis["arrived"] != _arrived(house.lake):
        words = said(
            "Orders have arrived since the run that these figures come from. Run again: {line}",
            line="huitou run",
        )
        found.append(Alert("arrived", words, "warning"))
    if house.lake.standing.noted(LIMITS) not in (None, _mark(settings, OF_PLANS)):
        words = said(
            "What a plan may cost was changed after the latest was drafted. Draft it anew: {line}",
            line="huitou plan draft",
        )
        found.append(Alert("limits", words, "warning"))
    return tuple(found)


def _mark(settings: Settings, names: tuple[str, ...]) -> str:
    return fingerprint(*(f"{name}={getattr(settings, name)!r}" for name in names))


def _arrived(lake: Lake) -> int:
    """How many rows of all files were taken in so far."""
    if not lake.standing.has("imports"):
        return 0
    return sum(lake.standing.table("imports", ["applied"])["applied"].to_pylist())
