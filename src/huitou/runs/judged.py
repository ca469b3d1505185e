"""Read-outs as the doors draw them: of what was written down beforehand, of what was not, of the
rehearsal."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from huitou.ground.money import Money
from huitou.proof.aa import Rehearsal
from huitou.proof.experiment import in_words
from huitou.proof.finding import Finding
from huitou.proof.registered import Reading, Seen
from huitou.runs.people import money_range
from huitou.runs.verdicts import LookView, ProofView, VerdictView, WhaleView, WrittenDown

if TYPE_CHECKING:
    from huitou.store.books import Row


def proof_view(finding: Finding, currency: str) -> ProofView:
    """A finding as the doors draw it."""
    measured = None
    if finding.effect is not None:
        low, high = finding.low or 0, finding.high or 0
        measured = money_range(finding.effect, low, high, currency, finding.level)
    return ProofView(
        programme=finding.programme,
        verdict=finding.verdict,
        words=finding.words,
        treated=finding.treated,
        held_out=finding.held_out,
        effect=measured,
        cost=Money(finding.cost, currency),
        start=finding.start,
        until=finding.until,
        weeks_needed=finding.weeks_needed,
        customers_needed=finding.customers_needed,
        reason=finding.reason,
        estimator=finding.estimator,
        set_aside=finding.set_aside,
    )


def rehearsal_view(rehearsal: Rehearsal, currency: str) -> ProofView:
    """The A/A read-out in the form of a proof: nothing was done, and nothing may be claimed."""
    return ProofView(
        programme="rehearsal",
        verdict="not_proven",
        words=rehearsal.words,
        treated=round(rehearsal.people * (1 - rehearsal.share)),
        held_out=round(rehearsal.people * rehearsal.share),
        effect=None,
        cost=Money(0, currency),
        start=None,
        until=None,
        weeks_needed=None,
        customers_needed=None,
        reason="rehearsal",
        estimator=rehearsal.chosen.estimator.name,
    )


def reading_view(found: Reading, row: Row) -> ProofView:
    """A reading, with the row of the book that it follows."""
    seen = proof_view(found.finding, found.fixed.currency)
    until = found.looks[-1].day if found.looks else seen.until
    return replace(seen, words=found.words, until=until, judged=_judged(found, row))


def _judged(found: Reading, row: Row) -> VerdictView:
    currency = found.fixed.currency
    until = found.finding.until
    if until is None:
        raise ValueError("a registered experiment knows when it ends")
    return VerdictView(
        decision=found.advice.decision,
        code=found.advice.code,
        why=found.advice.words,
        looks=tuple(_look(each, currency) for each in found.looks),
        decided_on=found.decided_on,
        attributed=Money(found.attributed, currency),
        ratio=round(found.ratio, 2) if found.ratio is not None else None,
        # Names are looked up when the page is read, so that who is forgotten is forgotten here.
        whales=tuple(
            WhaleView(
                each.person_id, None, each.held_out,
                Money(each.before, currency), Money(each.after, currency),
            )
            for each in found.whales
        ),
        whales_before=Money(found.whales_before, currency),
        whales_after=Money(found.whales_after, currency),
        later=_look(found.later, currency) if found.later is not None else None,
        written_down=_written(found, row),
        stopped_by=found.struck,
        planned_until=until,
    )  # fmt: skip


def _look(seen: Seen, currency: str) -> LookView:
    def money(amount: int | None) -> Money | None:
        return Money(amount, currency) if amount is not None else None

    return LookView(
        seen.day, Money(seen.effect, currency), money(seen.low), money(seen.high),
        money(seen.bound), seen.crosses,
    )  # fmt: skip


def _written(found: Reading, row: Row) -> WrittenDown:
    fixed = found.fixed
    return WrittenDown(
        id=row["id"],
        digest=row["digest"],
        at=row["at"],
        by=row["by"],
        lot=fixed.lot,
        share=fixed.share,
        outcome=fixed.outcome,
        window_days=fixed.window_days,
        asked_days=fixed.asked_days,
        gap_days=fixed.gap_days,
        looks=fixed.looks,
        alpha=fixed.alpha,
        spending=fixed.spending,
        guardrails=tuple(fixed.guardrails),
        treated=fixed.treated,
        held_out=fixed.held_out,
        promised=Money(fixed.promised, fixed.currency),
        weeks=fixed.weeks,
        estimator=fixed.estimator,
        whale_line=Money(fixed.whale_line, fixed.currency),
        words=in_words(fixed),
    )
