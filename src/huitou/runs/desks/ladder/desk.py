"""The desk of the ladder: its rules, who stands where, and what is handed over at the till."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from huitou.ground.errors import HuitouError, NotYet, Refused
from huitou.ground.languages import speaker
from huitou.ground.money import Money
from huitou.ground.settings import Settings
from huitou.ground.words import Sentence, said
from huitou.loyalty import book as loyalty
from huitou.loyalty.cards import book as cards
from huitou.loyalty.ladder import book, rules, steps
from huitou.loyalty.ladder.rules import Held, NextStep, Standing
from huitou.loyalty.ladder.steps import Condition, Ladder, Privilege
from huitou.loyalty.points import book as points
from huitou.loyalty.surprises import book as surprises
from huitou.runs import owners
from huitou.runs.desks.ladder.views import (
    KIND_WORDS,
    MOVE_WORDS,
    OFTEN_WORDS,
    LadderView,
    MonthView,
    MoveView,
    NextView,
    PointsView,
    PrivilegeView,
    StandView,
    StepView,
    ThresholdView,
    Tried,
    UseView,
)
from huitou.runs.desks.members.who import Someone, known, who
from huitou.runs.moment import Moment
from huitou.runs.people import money_range
from huitou.runs.steps import climb
from huitou.runs.steps import thresholds as read_outs
from huitou.runs.till import offer_view
from huitou.runs.work import tables_of

if TYPE_CHECKING:
    from huitou.runs.wiring import House
    from huitou.store.books import Row, Unit
    from huitou.store.lake import Edition

MONTHS_SHOWN = 12
YEAR = timedelta(days=365)


class Desk:
    """The ladder of one shop."""

    def __init__(self, house: House, settings: Settings) -> None:
        self._house, self._settings = house, settings

    # -- the rules

    @property
    def ladder(self) -> Ladder:
        """The rules as they are."""
        return steps.RULES.read(self._house.home)

    def tried(self, told: str, language: str = "en") -> Tried:
        """How many would stand on each step today by other rules; nothing is kept."""
        ladder = steps.RULES.understood(told)
        edition = self._edition()
        counts = dict[int, int]()
        if edition is not None:
            moment = Moment.read(edition.noted("moment"))
            with self._house.lake.reading(edition) as connection:
                tables = tables_of(connection, self._settings)
                table = climb.counted(tables, ladder, moment.as_of, moment.day)
            with self._house.books.reading() as unit:
                joined = cards.members(unit)
            moved = climb.verdicts(ladder, table, {}, joined, moment.day)
            for each in moved:
                counts[each.verdict.rank] = counts.get(each.verdict.rank, 0) + 1
            counts[0] = len({*table["person_id"].to_pylist(), *joined}) - len(moved)
        people = rules.counted(ladder, counts)
        named = zip(ladder.steps, people, strict=True)
        return Tried(tuple((s.name, s.claim.told(language), n) for s, n in named), ladder.on)

    # -- the whole

    def drawn(self, language: str = "en") -> LadderView:
        """The whole ladder: people on each step, climbs and falls, privileges delivered."""
        ladder, today = self.ladder, self._today()
        with self._house.books.reading() as unit:
            stands = book.standing(unit)
            last = book.last_look(unit)
            since = _months_ago(last or today, MONTHS_SHOWN - 1)
            months = book.moves_by_month(unit, since)
            used = book.used(unit, today - YEAR)
            members = cards.members(unit)
        counts = dict[int, int]()
        for each in stands.values():
            place = ladder.rank(each.step, each.rank)
            counts[place] = counts.get(place, 0) + 1
        everybody = self._everybody(set(stands) | set(members))
        counts[0] = counts.get(0, 0) + everybody - len(stands)
        people = rules.counted(ladder, counts) if ladder.on else (0,) * len(ladder.steps)
        return LadderView(
            on=ladder.on,
            window=_window(ladder),
            grace_days=ladder.grace_days,
            steps=self._steps(ladder, people, used, language),
            months=_months(months, since, last or today),
            falling=sum(each.falls_on is not None for each in stands.values()),
            members=len(members),
            day=last,
            thresholds=self.thresholds(language),
        )

    def thresholds(self, language: str = "en") -> tuple[ThresholdView, ...]:
        """What crossing each line brought, as the last run read it; or why that cannot be told."""
        edition = self._edition()
        noted = edition.noted(read_outs.NOTE) if edition is not None else None
        ladder = self.ladder
        if noted is None or not ladder.on:
            return ()
        if noted["not_before"]:
            first = date.fromisoformat(noted["not_before"])
            words = said("The first can be read on {day}.", day=first)
            return (ThresholdView("", "", "", "too_early", words),)
        currency = self._settings.money
        return tuple(
            threshold(ladder, each, noted["days"], currency, language) for each in noted["lines"]
        )

    # -- one person

    def person(self, text: str, language: str = "en") -> StandView:
        """Where somebody stands; by card, phone, e-mail, member number or id."""
        return self.stand(who(self._house, self._settings, text), language)

    def of(self, person_id: str, language: str = "en") -> StandView:
        """The same for an id."""
        someone = known(self._house, person_id)
        if not someone.called:
            raise HuitouError(f"there is no customer {person_id[:60]!r}", to_try="huitou export")
        return self.stand(someone, language)

    def stand(self, someone: Someone, language: str) -> StandView:
        """The same for somebody who was found."""
        ladder, row = self.ladder, self._figures(someone.person_id)
        with self._house.books.reading() as unit:
            held = book.held(unit, someone.person_id)
            given = book.delivered(unit, someone.person_id)
            moves = book.history(unit, someone.person_id)
            offers = loyalty.open_to(unit, someone.person_id, self._house.clock.now())
            born = surprises.born(unit, someone.person_id, someone.card)
            points = _points(unit, someone.person_id, self._house.clock.now())
        standing = climb.figures_of(row, joined=someone.card is not None)
        held = held or _first(ladder, standing, self._looked())
        place = ladder.rank(held.step, held.rank) if ladder.on else 0
        further = rules.next_step(ladder, standing.now, place) if ladder.on else None
        nearer = self._nearer(further, language)
        shown_offers = tuple(
            offer_view(each, self._settings, self._house.clock.now()) for each in offers
        )
        card = someone.card
        return StandView(
            person_id=someone.person_id,
            name=someone.called,
            key=someone.key,
            number=card["number"] if card else None,
            confirmed=card is None or not card["known"] or card["confirmed_at"] is not None,
            on=ladder.on,
            step=ladder.steps[place].name,
            claim=ladder.steps[place].claim.told(language),
            place=place + 1,
            of=len(ladder.steps),
            since=held.since if moves else None,
            falls_on=held.falls_on if ladder.on else None,
            next=nearer,
            privileges=(
                self._privileges(ladder, place, given, born, language) if ladder.on else ()
            ),
            points=points,
            offers=shown_offers,
            spend=self._spend(standing),
            visits=standing.now.visits,
            say=_say(someone, ladder, held, place, nearer, shown_offers, language),
            moves=tuple(_moved(ladder, each, language) for each in moves),
        )

    def deliver(self, person_id: str, privilege: str, by: str, language: str = "en") -> StandView:
        """Hand a privilege over, once for its period; Refused, with who did, when it was given."""
        ladder, someone = self.ladder, known(self._house, person_id)
        found = ladder.privilege(privilege)
        if found is None or not ladder.on:
            raise HuitouError(f"there is no privilege {privilege!r}", to_try="huitou ladder rules")
        before = self.stand(someone, language)
        if found not in ladder.privileges(before.place - 1):
            raise Refused(f"{privilege} is not for the step {before.step}")
        with self._house.books.unit() as unit:
            now = self._house.clock.now()
            born = surprises.born(unit, someone.person_id, someone.card)
            if not found.is_time(self._today(), born):
                raise Refused(said("This is for the month of their birthday."))
            book.deliver(unit, someone.person_id, found, before.step, by, now, self._today())
        return self.stand(someone, language)

    def take_back(self, delivery: int, by: str) -> None:
        """It was a slip of the finger: the privilege may be handed over again."""
        with self._house.books.unit() as unit:
            book.take_back(unit, delivery, by, self._house.clock.now())

    def put(self, text: str, step: str, why: str, by: str, language: str = "en") -> StandView:
        """Put somebody on a step by hand, with the reason; rules go on from there."""
        someone, ladder = who(self._house, self._settings, text), self.ladder
        if not ladder.on:
            raise NotYet("the ladder is switched off", to_try="huitou ladder rules --on")
        with self._house.books.unit() as unit:
            now, day = self._house.clock.now(), self._judged_day()
            book.put_by_hand(unit, ladder, someone.person_id, step, why, by, now, day)
        return self.stand(someone, language)

    def confirm(self, person_id: str, by: str) -> None:
        """Staff have seen who holds the card: it shows everything from now on."""
        from huitou.runs.desks.members.consenting import hand_over

        with self._house.books.unit() as unit:
            card = cards.of_person(unit, person_id)
            if card is None:
                raise HuitouError("they have no card", to_try="let them join")
            if cards.confirm(unit, card["id"], by, self._house.clock.now()):
                for form in cards.consents(unit, card["id"]):
                    hand_over(unit, card["person_id"], form, self._house.clock.now(), by=by)

    # -- inside

    def _today(self) -> date:
        named = self._settings.timezone
        now = self._house.clock.now()
        return now.astimezone(self._settings.zone).date() if named else now.date()

    def _judged_day(self) -> date:
        """The day by which people are moved: the last one in the data, where there is some."""
        edition = self._edition()
        return Moment.read(edition.noted("moment")).day if edition else self._today()

    def _looked(self) -> date:
        with self._house.books.reading() as unit:
            return book.last_look(unit) or self._today()

    def _edition(self) -> Edition | None:
        edition = owners.current(self._house)
        return edition if edition is not None and edition.has(climb.TABLE) else None

    def _figures(self, person_id: str) -> Mapping[str, Any] | None:
        edition = self._edition()
        if edition is None:
            return None
        rows = edition.table(climb.TABLE, only=("person_id", [person_id])).to_pylist()
        return rows[0] if rows else None

    def _everybody(self, besides: set[str]) -> int:
        edition = self._edition()
        if edition is None:
            return len(besides)
        return len(
            besides | set(edition.table(climb.TABLE, ["person_id"])["person_id"].to_pylist())
        )

    def _spend(self, standing: Standing) -> Money | None:
        currency = self._settings.currency
        return Money(standing.now.spend, currency) if currency else None

    def _nearer(self, further: NextStep | None, language: str) -> NextView | None:
        if further is None:
            return None
        every, some = rules.in_words(further, self._settings.currency or "XXX")
        step = further.step
        return NextView(step.name, step.claim.told(language), further.share, every, some)

    def _privileges(
        self, ladder: Ladder, place: int, given: list[Row], born: int | None, language: str
    ) -> tuple[PrivilegeView, ...]:
        today = self._today()
        had = [(each, _in_period(given, each, today)) for each in ladder.privileges(place)]
        return tuple(
            _privilege(each, once, language)
            for each, once in had
            if once is not None or each.is_time(today, born)
        )

    def _steps(
        self,
        ladder: Ladder,
        people: tuple[int, ...],
        used: Mapping[str, tuple[int, int]],
        language: str,
    ) -> tuple[StepView, ...]:
        whole = max(1, sum(people))
        currency = self._settings.currency or "XXX"
        return tuple(
            StepView(
                name=step.name,
                claim=step.claim.told(language),
                people=people[place],
                share=people[place] / whole,
                needs=tuple(_needs(each, currency) for each in step.all),
                any=tuple(_needs(each, currency) for each in step.any),
                privileges=tuple(
                    _use(each, sum(people[place:]), used.get(each.name, (0, 0)), language)
                    for each in step.privileges
                ),
            )
            for place, step in enumerate(ladder.steps)
        )


def threshold(
    ladder: Ladder, read: Mapping[str, Any], days: int, currency: str, language: str
) -> ThresholdView:
    """What was read at one line, in words."""
    step = ladder.steps[ladder.rank(read["step"])]
    needs = _needs(Condition(read["what"], read["least"]), currency)
    line = f"{step.claim.told(language)}: {speaker(language).say(needs)}."
    view = ThresholdView(read["step"], read["what"], line, read["verdict"], _TOO[read["verdict"]])
    view = replace(view, near=read["near"])
    if read["effect"] is None:
        return view
    effect = money_range(read["effect"], read["low"], read["high"], currency, read["level"])
    told = {"amount": effect.value, "low": effect.low, "high": effect.high, "n": days}
    sure = read["low"] > 0 or read["high"] < 0
    words = (
        said("Crossing it brought {amount} of profit within {n} days, between {low} and {high}, "
             "19 times out of 20.", **told)
        if sure
        else said("Crossing it brought {amount} of profit within {n} days, but it may be chance: "
                  "between {low} and {high}, 19 times out of 20.", **told)
    )  # fmt: skip
    return replace(view, words=words, effect=effect)


_TOO: Mapping[str, Sentence] = {
    "shown": said("Read."),
    "too_few": said("Too few people near the line to tell."),
    "too_coarse": said("Its figures are too coarse near the line to tell."),
    "heaped": said("People heap just across the line: they place themselves, so it tells nothing."),
}


def _points(unit: Unit, person_id: str, now: datetime) -> PointsView | None:
    """Their points, if they ever had some."""
    held = points.balance(unit, person_id, now=now)
    if not held.available and not held.pending:
        return None
    return PointsView(held.spendable, held.pending)


def _first(ladder: Ladder, standing: Standing, day: date) -> Held:
    """Who never left the lowest step: there, or where their figures will put them."""
    place = rules.deserved(ladder, standing.now)
    return Held(ladder.steps[place].name, place, day, "placed")


def _in_period(given: list[Row], privilege: Privilege, today: date) -> Row | None:
    period = privilege.period(today)
    mine = (each for each in given if each["privilege"] == privilege.name)
    return next((each for each in mine if each["period"] == period), None)


def _privilege(privilege: Privilege, given: Row | None, language: str) -> PrivilegeView:
    return PrivilegeView(
        name=privilege.name,
        claim=privilege.claim.told(language),
        kind=KIND_WORDS[privilege.kind],
        often=OFTEN_WORDS[privilege.often],
        is_open=given is None,
        given_on=given["day"] if given else None,
        given_by=given["by"] if given else None,
        delivery=given["id"] if given else None,
    )


def _use(privilege: Privilege, may: int, used: tuple[int, int], language: str) -> UseView:
    times, people = used
    return UseView(
        privilege.name,
        privilege.claim.told(language),
        KIND_WORDS[privilege.kind],
        OFTEN_WORDS[privilege.often],
        may,
        people,
        times,
    )


def _needs(condition: Condition, currency: str) -> Sentence:
    least = condition.least
    return {
        "spend": lambda: said("{amount} spent", amount=Money(least, currency)),
        "margin": lambda: said("{amount} of profit", amount=Money(least, currency)),
        "orders": lambda: said("{n} orders", n=least),
        "visits": lambda: said("{n} visits on different days", n=least),
        "tenure": lambda: said("{n} days since the first purchase", n=least),
        "joined": lambda: said("a card"),
    }[condition.what]()


def _window(ladder: Ladder) -> Sentence:
    if ladder.window_days is None:
        return said("within the calendar year; what was earned is kept through the next")
    return said("within the last {n} days", n=ladder.window_days)


def _moved(ladder: Ladder, row: Row, language: str) -> MoveView:
    claims = {step.name: step.claim.told(language) for step in ladder.steps}
    return MoveView(
        kind=row["kind"],
        words=MOVE_WORDS[row["kind"]],
        before=str(claims.get(row["step_before"], row["step_before"])),
        after=str(claims.get(row["step"], row["step"])),
        day=row["day"],
        falls_on=row["falls_on"],
        why=row["why"],
        by=row["by"],
    )


def _say(
    someone: Someone,
    ladder: Ladder,
    held: Held,
    place: int,
    nearer: NextView | None,
    offers: tuple[Any, ...],
    language: str,
) -> tuple[Sentence, ...]:
    """What a clerk may say, the most useful first."""
    words: list[Sentence] = []
    if ladder.on and held.falls_on is not None:
        claim = ladder.steps[place].claim.told(language)
        words.append(
            said("Their step “{step}” is theirs until {day}.", step=claim, day=held.falls_on)
        )
    if nearer is not None and nearer.share >= 0.5 and len(nearer.every) + len(nearer.any) == 1:
        (last,) = (*nearer.every, *nearer.any)
        words.append(said("To “{step}” they need only {missing}.", step=nearer.claim, missing=last))
    words += [
        said("They hold an offer, code {code}, until {day}.", code=each.code, day=each.last_day)
        for each in offers
    ]
    if someone.card is None:
        words.append(said("They have no card yet: invite them to join."))
    return tuple(words)


def _months(rows: list[Row], since: date, until: date) -> tuple[MonthView, ...]:
    counted = {(row["month"], row["kind"]): row["n"] for row in rows}
    names, each = [], since.replace(day=1)
    while each <= until:
        names.append(f"{each:%Y-%m}")
        each = (each + timedelta(days=32)).replace(day=1)
    return tuple(
        MonthView(name, counted.get((name, "climbed"), 0), counted.get((name, "fell"), 0))
        for name in names
    )


def _months_ago(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)
