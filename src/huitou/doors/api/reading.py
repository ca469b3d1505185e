"""What programs may read: answers, people, metrics, stages, imports, quarantine, card and proof."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from huitou.doors.api.caller import Reader
from huitou.doors.api.shapes import answer_of, answers_of
from huitou.runs import forecast, verdicts, views
from huitou.runs.outward import currency_of
from huitou.runs.people import SORTS
from huitou.runs.written import answers_in_short

routes = APIRouter()

Limit = Annotated[int, Query(ge=1, le=500, description="How many rows.")]
After = Annotated[str | None, Query(description="Where the page before ended: its `after`.")]
Sort = Annotated[str, Query(pattern=f"^({'|'.join(SORTS)})$", description="The order.")]
Status = Annotated[
    str, Query(pattern="^(open|answered|returned|closed)$", description="The status of a case.")
]
Name = Annotated[str, Path(description="A metric's name, from `/v1/metrics`.")]


@routes.get("/answers", tags=["answers"])
def answers(caller: Reader) -> Any:
    """The five questions: how many, which, why, where to, and how to get them back."""
    return answers_in_short(caller.shop.answers(), caller.write)


@routes.get("/people", tags=["people"], responses=answer_of(views.Page))
def people(
    caller: Reader,
    search: str = "",
    stage: str | None = None,
    act: str | None = None,
    cause: str | None = None,
    sort: Sort = "value",
    after: After = None,
    limit: Limit = 50,
) -> Any:
    """A page of customers; `after` opens the next."""
    page = caller.shop.people(
        search=search, stage=stage, act=act, cause=cause, sort=sort, after=after, limit=limit
    )
    return caller.write(page)


@routes.get("/people/{who}", tags=["people"], responses=answer_of(views.PersonView))
def person(caller: Reader, who: str) -> Any:
    """One customer, by member number, phone, e-mail or id."""
    return caller.write(caller.shop.person(who))


@routes.get("/metrics", tags=["metrics"], responses=answers_of(views.MetricView))
def metrics(caller: Reader) -> Any:
    """Every metric with its definition, unit and value."""
    return caller.write(caller.shop.metrics())


@routes.get("/metrics/{name}", tags=["metrics"])
def metric(
    caller: Reader,
    name: Name,
    by: str | None = None,
    as_of: Annotated[date | None, Query(description="The evening of an earlier day.")] = None,
    known: Annotated[date | None, Query(description="What had arrived by that evening.")] = None,
) -> Any:
    """One metric, apart by a dimension where `by` names one; amounts in major units."""
    table = caller.shop.metric(name, by, as_of=as_of, known=known)
    return {
        "metric": name,
        "by": by,
        "currency": currency_of(table),
        "rows": caller.write(table),
    }


@routes.get("/metrics/{name}/people", tags=["metrics"])
def metric_people(caller: Reader, name: Name) -> Any:
    """The customers behind a metric."""
    table = caller.shop.metric_people(name)
    return {"metric": name, "currency": currency_of(table), "rows": caller.write(table)}


@routes.get("/cohorts", tags=["metrics"], responses=answers_of(views.CohortRow))
def cohorts(caller: Reader) -> Any:
    """Newcomers by month, and the share of them that bought again k months later."""
    return caller.write(caller.shop.cohorts())


@routes.get("/flows", tags=["metrics"], responses=answers_of(views.StageFlow))
def flows(caller: Reader) -> Any:
    """How many people moved from one stage to another between two moments."""
    return caller.write(caller.shop.flows())


@routes.get("/imports", tags=["files"], responses=answers_of(views.ImportRow))
def imports(caller: Reader) -> Any:
    """The files that were taken in, and what became of their rows."""
    return caller.write(caller.shop.imports())


@routes.get("/quarantine", tags=["files"], responses=answers_of(views.QuarantinedRow))
def quarantine(caller: Reader, after: After = None, limit: Limit = 50) -> Any:
    """Rows that wait to be mended, each with its reason."""
    return caller.write(caller.shop.quarantined(after=after, limit=limit))


@routes.get("/card", tags=["forecast"], responses=answer_of(forecast.CardView))
def card(caller: Reader) -> Any:
    """The forecast's card: how it did on this shop's own past."""
    return caller.write(caller.shop.card())


@routes.get("/proof", tags=["proof"])
def proof(caller: Reader) -> Any:
    """The verdict on each programme, and the same reading where nothing was done."""
    return {
        "proofs": caller.write(caller.shop.proofs()),
        "aa": caller.write(caller.shop.aa()),
    }


@routes.get("/proof/{programme}", tags=["proof"], responses=answer_of(verdicts.ProofView))
def verdict(caller: Reader, programme: str) -> Any:
    """One verdict in full: every look, what others would claim, the accounts set aside by name."""
    return caller.write(caller.shop.verdict(programme))


@routes.get("/cases", tags=["cases"], responses=answers_of(views.CaseView))
def cases(caller: Reader, status: Status = "open", limit: Limit = 50) -> Any:
    """Lost customers worth asking, the worthiest first, with what to ask and what was said."""
    return caller.write(caller.shop.cases(status, limit))


@routes.get("/doubts", tags=["cases"], responses=answers_of(views.Doubt))
def doubts(caller: Reader) -> Any:
    """Letters of which nobody knows whether they arrived."""
    return caller.write(caller.shop.in_doubt())
