"""What a plan may spend: money, staff time, and how far it may go for one person."""

from __future__ import annotations

from dataclasses import dataclass

from huitou.ground.errors import HuitouError

_NOT_NEGATIVE = (
    *("budget", "staff_hours", "letter_cost", "email_cost", "staff_hourly"),
    *("quiet_days", "most_contacts"),
)


@dataclass(frozen=True)
class Limits:
    """The merchant's limits for one plan. Amounts are minor units of the shop's currency."""

    budget: int
    """Most that the plan may cost in expectation, letters, staff and redeemed offers together."""
    staff_hours: float = 8.0
    share_of_value: float = 0.5
    """Exposure to one person stays below this share of the lower bound of what is left."""
    letter_cost: int = 100
    """Paper, print and stamp of one letter."""
    email_cost: int = 1
    """One e-mail."""
    staff_hourly: int = 2000
    """What an hour of staff costs; staff time is limited by `staff_hours` *and* paid for."""
    quiet_days: int = 30
    """Nobody is addressed again within this many days."""
    most_contacts: int = 4
    """Nobody is addressed more often within 90 days (`out.CONTACT_DAYS`)."""
    baskets_capped: float = 2.0
    """An offer takes off at most its depth of this many usual baskets: its worst case is known."""
    attention: float = 1.0
    """How many times the prior it costs to be addressed, as measured: see
    `acts.measured_attention`."""

    def __post_init__(self) -> None:
        """Refuse limits that cannot stand."""
        for name in _NOT_NEGATIVE:
            if getattr(self, name) < 0:
                raise HuitouError(f"{name} is {getattr(self, name)}, and cannot be negative")
        if not 0 <= self.share_of_value <= 1:
            raise HuitouError(
                f"share_of_value is {self.share_of_value}, and must lie between 0 and 1"
            )

    @property
    def staff_minutes(self) -> float:
        """The staff time in minutes."""
        return 60.0 * self.staff_hours


def usual_budget(value: int, value_days: int) -> int:
    """A twentieth of a quarter's expected profit: the budget where the merchant named none.

    Args:
        value: expected profit of all customers over `value_days`, minor units.
        value_days: the days that `value` counts.
    """
    return max(0, int(value * (365.25 / 4) / value_days / 20))
