"""The desk for customers who cost more than they bring: a human looks, decides, and answers for it.

proposed()      whom the last run would look at, the costliest first
case(who)       one of them with the orders behind it, and the letter as it would be written
decide(who, …)  a step; `closed` waits for a second person where the house has four eyes
lift(id, …)     taken back; it also ends by itself on its last day
notice(who)     what a clerk needs to know
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from huitou.decisions.holdout import Holdout
from huitou.decisions.letting_go import KINDS, STRICTER, Figures, evidence
from huitou.facts import contribution as facts
from huitou.ground.errors import BadInput, NotYet, Refused
from huitou.ground.ids import lot, new_id
from huitou.ground.languages import LANGUAGES
from huitou.ground.money import Money
from huitou.ground.settings import Settings
from huitou.ground.words import Sentence, said
from huitou.loyalty.cards import book as cards
from huitou.loyalty.letting_go import book, links
from huitou.loyalty.letting_go.book import OPEN, Decision, Drawn
from huitou.loyalty.letting_go.rules import RULES, STEPS, LetGoRules
from huitou.proof.letting_go import Paid
from huitou.runs import finding
from huitou.runs.desks.letting_go import letters
from huitou.runs.desks.letting_go.views import (
    CaseView,
    LetGoPage,
    LetGoView,
    LineView,
    NoticeView,
    PaidView,
    ProposedView,
    RateView,
    WordView,
)
from huitou.runs.moment import Moment
from huitou.runs.people import money_range
from huitou.runs.steps.contribution import NOTE, PROPOSED, aside_of, costs_of
from huitou.runs.steps.letting_go import PAID
from huitou.runs.work import tables_of

if TYPE_CHECKING:
    from huitou.runs.wiring import House
    from huitou.store.books import Row, Unit
    from huitou.store.lake import Edition

PROGRAMME = "letting go"
"""The lot that leaves some of those decided on as they are."""
CLOSED = "closed"
LEAST_WORDS, MOST_WORDS = 10, 1_000
LONGEST_LETTER = 6_000

STATES: dict[str, Sentence] = {
    "waiting": said("Waits for a second person"),
    "standing": said("Holds"),
    "control": said("Left as they are, by lot"),
    "refused": said("The second person said no"),
    "lifted": said("Taken back"),
    "over": said("Over"),
}


class LettingGo:
    """Whom this shop lets go."""

    def __init__(self, house: House, settings: Settings) -> None:
        self._house, self._settings = house, settings

    # -- whom to look at

    def page(self) -> LetGoPage:
        """How things stand; nobody has been looked at before the first run."""
        noted = self._noted(NOTE) or {}
        rows = self.listed()
        appealed = tuple(row for row in rows if row.appealed)
        calm = [row for row in rows if not row.appealed]
        by_state = {state: tuple(r for r in calm if r.state == state) for state in OPEN}
        return LetGoPage(
            days=self.rules.window_days,
            looked_at=noted.get("people", 0),
            proposed=self.proposed(),
            appealed=appealed,
            paid=self.paid(),
            **by_state,
        )

    def proposed(self) -> tuple[ProposedView, ...]:
        """Whom a human should look at, the costliest first; nobody who was decided on."""
        edition = self._house.lake.current()
        if edition is None or not edition.has(PROPOSED):
            return ()
        rows = edition.table(PROPOSED).to_pylist()
        with self._house.books.reading() as unit:
            decided = {row["person_id"] for row in book.listed(unit)}
        return tuple(self._proposed(row) for row in rows if row["person_id"] not in decided)

    def case(self, who: str, language: str | None = None) -> CaseView:
        """Somebody who is proposed, with all that a human needs to judge."""
        person = self._person(who)
        row = self._row(person)
        spoken = self._language(person, language)
        figures = Figures.of(json.loads(row["figures"]))
        until = {step: self.today + timedelta(days=self.rules.days[step]) for step in STEPS}
        return CaseView(
            proposed=self._proposed(row),
            lines=self._lines(person),
            steps=STEPS,
            letters={
                step: letters.written(
                    self._letter(step, tuple(row["kinds"]), figures, until[step], person), spoken
                )
                for step in STEPS
            },
            language=spoken,
            until=until,
            needs_second=self.has_four_eyes,
        )

    # -- deciding

    def decide(
        self,
        who: str,
        step: str,
        words: str,
        by: str,
        *,
        until: date | None = None,
        letter: str | None = None,
        language: str | None = None,
    ) -> LetGoView:
        """A human decides a step; by lot some are left as they are, so that it can be proven.

        Raises `Refused` for who is not proposed: no step stands on less than the evidence.
        """
        person = self._person(who)
        row = self._row(person)
        told = _in_words(words)
        if step not in STEPS:
            raise BadInput(f"{step!r} is no step", to_try=", ".join(STEPS))
        if step == STRICTER and not self.rules.terms:
            raise Refused(
                said("No stricter terms are written down: nobody could keep them."),
                to_try="huitou letgo rules",
            )
        last = until or self.today + timedelta(days=self.rules.days[step])
        if not self.today < last <= self.today + timedelta(days=731):
            raise BadInput(said("{day} cannot be its last day: within two years.", day=last))
        kinds, figures = tuple(row["kinds"]), Figures.of(json.loads(row["figures"]))
        spoken = self._language(person, language)
        drafted = letters.written(self._letter(step, kinds, figures, last, person), spoken)
        made = Decision(
            id=(made_id := new_id()),
            person_id=person,
            step=step,
            kinds=kinds,
            figures=figures.kept(),
            words=told,
            language=spoken,
            letter=(letter or drafted).replace("\r\n", "\n")[:LONGEST_LETTER],
            token_hash=links.hashed(links.token(self._settings.salt, made_id)),
            until=last,
            by=by,
            needs_second=step == CLOSED and self.has_four_eyes,
        )
        with self._house.books.unit() as unit:
            return self._view(unit, book.decide(unit, made, self._lot(person), self._now))

    def agree(self, let_go_id: str, by: str) -> LetGoView:
        """A second person agrees."""
        with self._house.books.unit() as unit:
            person = book.find(unit, let_go_id)["person_id"]
            return self._view(unit, book.agree(unit, let_go_id, by, self._lot(person), self._now))

    def refuse(self, let_go_id: str, by: str, words: str) -> LetGoView:
        """A second person does not agree."""
        with self._house.books.unit() as unit:
            return self._view(unit, book.refuse(unit, let_go_id, by, words, self._now))

    def lift(self, let_go_id: str, by: str, words: str) -> LetGoView:
        """Take a step back; it ends at once."""
        with self._house.books.unit() as unit:
            return self._view(unit, book.lift(unit, let_go_id, by, words, self._now))

    def appeal(self, let_go_id: str, words: str, by: str) -> LetGoView:
        """Staff write down what a customer says against a step."""
        with self._house.books.unit() as unit:
            book.appeal(unit, let_go_id, _in_words(words), by, self._now)
            return self._view(unit, book.find(unit, let_go_id))

    def answer(self, let_go_id: str, by: str, words: str, *, granted: bool) -> LetGoView:
        """Answer an objection: lifted, or it stands because somebody else looked again."""
        told = _in_words(words)
        with self._house.books.unit() as unit:
            row = book.answer(unit, let_go_id, by, told, self._now, granted=granted)
            return self._view(unit, row)

    # -- reading

    def listed(self, states: Sequence[str] = OPEN) -> tuple[LetGoView, ...]:
        """Decisions in these states, the latest first."""
        with self._house.books.reading() as unit:
            return tuple(self._view(unit, row) for row in book.listed(unit, states))

    def find(self, let_go_id: str) -> LetGoView:
        """One decision."""
        with self._house.books.reading() as unit:
            return self._view(unit, book.find(unit, let_go_id))

    def notice(self, who: str) -> NoticeView | None:
        """What a clerk needs to know of who stands there; None where nothing holds."""
        return self.notice_of(self._person(who))

    def notice_of(self, person: str) -> NoticeView | None:
        """The same for an id."""
        with self._house.books.reading() as unit:
            row = book.barred(unit, self.today, [person]).get(person)
        if row is None:
            return None
        terms = self.rules.term(self._settings.language)
        told = letters.notice(row["step"], terms)
        return NoticeView(row["step"], STEPS[row["step"]], row["until"], told)

    def letter(self, let_go_id: str, root: str | None = None) -> str:
        """The letter as it is printed: with the link by which its reader objects."""
        with self._house.books.reading() as unit:
            row = book.find(unit, let_go_id)
        at = root or self._settings.public_url
        token = links.token(self._settings.salt, let_go_id)
        link = f"{at.rstrip('/')}/p/appeal/{token}" if at else ""
        return str(row["letter"]).replace(letters.LINK, link)

    def paid(self) -> PaidView:
        """Whether letting go paid."""
        noted: Any = self._noted(PAID)
        money, days = self._settings.money, self.rules.proof_days
        found = Paid.read(noted) if noted else Paid.nothing()

        def shown(amount: float | None) -> Money | None:
            return None if amount is None else Money(round(amount), money)

        return PaidView(
            acted=found.acted,
            control=found.control,
            more=shown(found.more),
            low=shown(found.low),
            high=shown(found.high),
            verdict=found.verdict,
            words=found.words(money),
            window_days=days,
        )

    @property
    def rules(self) -> LetGoRules:
        """What the merchant decided."""
        return RULES.read(self._house.home, self._settings.money)

    @property
    def has_four_eyes(self) -> bool:
        """Whether this house lets two people decide what is large."""
        return self._settings.approval_limit is not None

    @property
    def today(self) -> date:
        """The day in the shop."""
        return self._settings.day(self._now)

    # -- inside

    @property
    def _now(self) -> datetime:
        return self._house.clock.now()

    def _noted(self, name: str) -> Any:
        edition = self._house.lake.current()
        return None if edition is None else edition.noted(name)

    def _edition(self) -> Edition:
        edition = self._house.lake.current()
        if edition is None:
            raise NotYet(said("No run has finished yet."), to_try="huitou run")
        return edition

    def _person(self, who: str) -> str:
        """The id of one customer; also where too few are known for a forecast."""
        people = finding.everyone(self._house, self._settings, self._edition(), who)
        if len(people) != 1:
            raise BadInput(said("That is not one customer."), to_try="a member number")
        return next(iter(people))

    def _row(self, person: str) -> Row:
        edition = self._edition()
        rows = (
            edition.table(PROPOSED, only=("person_id", [person])).to_pylist()
            if edition.has(PROPOSED)
            else []
        )
        if not rows:
            raise Refused(
                said("Nothing that was measured speaks for letting them go."),
                to_try="huitou letgo list",
            )
        found: Row = rows[0]
        return found

    def _lot(self, person: str) -> Drawn:
        """Their lot, drawn by their oldest key before anybody decided anything."""
        rows = self._edition().table("holders", only=("person_id", [person])).to_pylist()
        key = rows[0]["hold_key"] if rows else person
        settings = self._settings
        share = self.rules.control_share
        drawn = lot(settings.salt, PROGRAMME, key)
        # Whom the whole programme leaves alone is left alone here as well.
        held = Holdout.of_the_year(settings.salt, settings.holdout_share, self.today).holds(key)
        return Drawn(drawn, drawn < share or held, self.today)

    def _letter(
        self, step: str, kinds: tuple[str, ...], figures: Figures, until: date, person: str
    ) -> letters.Letter:
        return letters.Letter(
            step=step,
            kinds=kinds,
            figures=figures,
            until=until,
            appeal_until=self.today + timedelta(days=self.rules.appeal_days),
            name=self._name(person) if self._house.shelf.file.exists() else None,
            shop=self._settings.name,
            rules=self.rules,
            has_link=self._settings.public_url is not None,
        )

    def _language(self, person: str, asked: str | None) -> str:
        """The language asked for, else that of their card, else that of the shop's letters."""
        if asked in LANGUAGES:
            return str(asked)
        with self._house.books.reading() as unit:
            card = cards.of_person(unit, person)
        told = card["language"] if card is not None else None
        return told if told in LANGUAGES else self._settings.language

    def _known(self, person: str) -> str:
        shelf = self._house.shelf
        row = shelf.find(person) if shelf.file.exists() else None
        return (row["name"] or row["key"]) if row else person

    def _name(self, person: str) -> str | None:
        row = self._house.shelf.find(person)
        return row["name"] if row else None

    def _proposed(self, row: Row) -> ProposedView:
        figures, kinds = Figures.of(json.loads(row["figures"])), tuple(row["kinds"])
        money = self._settings.money
        return ProposedView(
            person=row["person_id"],
            name=self._known(row["person_id"]),
            kinds=kinds,
            titles=tuple(KINDS[name].title for name in kinds),
            step=row["step"],
            step_words=STEPS[row["step"]],
            net=money_range(figures.net, figures.low, figures.high, money, self.rules.level),
            orders=figures.orders,
            evidence=evidence(figures, kinds, money),
            rates=tuple(
                RateView(
                    name, KINDS[name].title, rate.done, rate.of, rate.expected, rate.times,
                    rate.low, rate.high,
                )
                for name, rate in figures.rates.items()
            ),
        )  # fmt: skip

    def _lines(self, person: str) -> tuple[LineView, ...]:
        edition, settings, rules = self._edition(), self._settings, self.rules
        moment = edition.noted("moment")
        since = date.fromisoformat(moment["day"]) - timedelta(days=rules.window_days - 1)
        costs = costs_of(rules, settings.staff_hourly)
        with self._house.books.reading() as unit:
            aside = aside_of(unit, settings.zone, since, date.fromisoformat(moment["day"]))
        with self._house.lake.reading(edition) as connection:
            tables = tables_of(connection, settings)
            as_of = Moment.read(moment).as_of
            lines = facts.marked(tables, as_of, since, costs, aside)
            rows = facts.behind(lines, [person]).to_pyarrow().to_pylist()
        return tuple(
            LineView(
                day=row["day"],
                order=row["order_id"],
                what=row["product"] or row["sku"] or "",
                amount=Money(row["amount"], settings.money),
                came_back=row["is_return"],
                reason=row["return_reason"],
                fault=row["fault"],
                late=bool(row["is_return"] and row["is_late"]),
            )
            for row in rows
        )

    def _view(self, unit: Unit, row: Row) -> LetGoView:
        kinds = tuple(row["kinds"])
        known = bool(row["figures"])
        figures = Figures.of(row["figures"]) if known else None
        return LetGoView(
            id=row["id"],
            person=row["person_id"],
            name=self._known(row["person_id"]),
            step=row["step"],
            step_words=STEPS[row["step"]],
            state=row["state"],
            state_words=STATES[row["state"]],
            titles=tuple(KINDS[name].title for name in kinds),
            evidence=evidence(figures, kinds, self._settings.money) if figures else (),
            words=row["words"],
            by=row["by"],
            second_by=row["second_by"],
            decided=self._settings.day(row["at"]),
            until=row["until"],
            letter=row["letter"],
            notice=letters.notice(row["step"], self.rules.term(self._settings.language)),
            said=tuple(
                WordView(each["kind"], each["words"], each["by"], each["at"])
                for each in book.words_of(unit, row["id"])
            ),
            ended_words=row["ended_words"],
        )


def _in_words(words: str) -> str:
    told = " ".join(words.split())
    if not LEAST_WORDS <= len(told) <= MOST_WORDS:
        raise BadInput(said("Say why in a sentence: somebody will judge by it."))
    return told
