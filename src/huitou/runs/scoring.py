"""What the forecast is given on an evening: the moment it looks at, and those it learns from."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pyarrow.compute as pc

from huitou.models.forecast import Past
from huitou.models.histories import Origin
from huitou.models.score import Choice

if TYPE_CHECKING:
    from huitou.runs.work import Work


def choice(work: Work, day: date) -> Choice:
    """The forecast as of an evening."""
    return Choice(
        as_of_day=_unknown(day),
        horizon_days=work.moment.horizon_days,
        value_days=work.settings.value_days,
    )


def past(work: Work, day: date) -> Past:
    """Earlier moments whose windows were over on that evening, with who bought in them."""
    edition, moment = work.edition, work.moment
    found = []
    for each, days in moment.windows(day):
        told = edition.table(f"customers_{each}")
        label = edition.table(moment.label(each, days)).combine_chunks()
        place = pc.index_in(told["person_id"], value_set=label["person_id"].combine_chunks())
        came = pc.fill_null(label["days"].take(place), 0).to_numpy()
        found.append(Origin(_unknown(each), told, days, came))
    return Past(found, moment.horizon_days, edition.table("returning"))


def _unknown(day: date) -> date:
    """The first day not known on the evening of `day`: the models count from there."""
    return day + timedelta(days=1)
