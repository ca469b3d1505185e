"""What customers do on their own pages: complain, follow it, add a word, rate how it ended.

Everything they send goes into the inbox and is durable when the call returns; the books, which a
run may be holding, take it a moment later (see `carrying`). Until then the page shows it from
the inbox.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from huitou.care.complaints import attachments, links, rules, sieve
from huitou.care.complaints import book as complaints
from huitou.ground.errors import HuitouError
from huitou.ground.ids import fingerprint, new_id
from huitou.ground.words import Sentence, said
from huitou.runs.desks.public.carrying import Carrier, carry

if TYPE_CHECKING:
    from huitou.ground.settings import Settings
    from huitou.runs.wiring import House
    from huitou.store.books import Row
    from huitou.store.inbox import Record

MOST_WORDS = 5_000
"""Letters of one text."""
MOST_FILES = 3
LARGEST_FILE = 5 * 2**20
"""Bytes of one file."""
MOST_ANSWERS = 30
"""Words to one complaint within ten minutes."""


class Unfit(HuitouError):
    """Something in a form cannot stand; says which field, in words for the customer."""

    def __init__(self, field: str, words: Sentence) -> None:
        super().__init__(str(words))
        self.field, self.words = field, words


@dataclass(frozen=True)
class Attached:
    """A file as it was sent."""

    name: str
    raw: bytes


@dataclass(frozen=True)
class Typed:
    """What stands in the form's fields; text of strangers, whatever it is."""

    words: str = ""
    kind: str = ""
    name: str = ""
    contact: str = ""
    """A phone number or an address for e-mail."""
    product: str = ""
    store: str = ""
    order: str = ""


@dataclass(frozen=True)
class Sending:
    """One pressing of the button."""

    typed: Typed
    language: str
    mark: str
    """What the form carried, from `Letterbox.mark`."""
    trap: str = ""
    """The field that people do not see."""
    address: str = ""
    """Where it comes from, for counting alone; it is not kept."""
    files: tuple[Attached, ...] = ()


@dataclass(frozen=True)
class Told:
    """One thing that was said, by the customer or by us."""

    ours: bool
    words: str
    at: datetime


@dataclass(frozen=True)
class Followed:
    """A complaint as its own customer sees it: nothing that staff note among themselves."""

    number: str
    state: str
    """`kept` while it is only in the inbox, else a state of the books."""
    received_at: datetime
    due_at: datetime | None
    said: tuple[Told, ...]
    files: tuple[str, ...]
    stars: int | None

    @property
    def over(self) -> bool:
        """Whether we count it as settled, so that it may be rated or opened again."""
        return self.state == "resolved"


class Letterbox:
    """The public desk of one shop. One for a process: it remembers who sent what lately."""

    def __init__(self, house: House, settings: Settings) -> None:
        self._house = house
        self._secret = settings.salt
        self._texts = sieve.Memory()
        self._senders = sieve.Memory()
        self._answers = sieve.Memory()

    @cached_property
    def carrier(self) -> Carrier:
        """Takes what was kept into the books, in the background."""
        return Carrier(self._house)

    def carry(self) -> int:
        """Take all that waits into the books now."""
        return carry(self._house, wait=True, again=True)

    def mark(self) -> str:
        """What a fresh form carries."""
        return links.form_mark(self._secret, new_id(), self._house.clock.now())

    def complain(self, sending: Sending) -> str:
        """Keep a complaint for good; the secret of its page. Raises `Unfit`.

        The same form with the same words again is the same complaint.
        """
        _check(sending.typed.words, sending.files)
        key = f"form:{fingerprint(_nonce(sending.mark), *asdict(sending.typed).values())}"
        token = links.token_of(self._secret, key)
        if not self._is_known(token):
            self._keep(sending, key, token)
        return token

    def follow(self, token: str) -> Followed | None:
        """The complaint behind this secret; None for any that opens nothing."""
        tag = rules.hashed(token)
        # The inbox first: what leaves it between the two looks is in the books by then.
        waiting = self._house.inbox.about(tag)
        with self._house.books.reading() as unit:
            row = complaints.by_token(unit, token)
            entries = complaints.entries(unit, row["id"]) if row else []
            files = complaints.files(unit, row["id"]) if row else []
        sent = next((each for each in waiting if each["kind"] == "complaint"), None)
        begun = _known(row) if row else _kept(sent) if sent else None
        if begun is None:
            return None
        new = _not_in(waiting, {each["key"] for each in entries}, is_taken=row is not None)
        stars = [each["stars"] for each in waiting if each["kind"] == "rate"]
        return replace(
            begun,
            said=(*_told(entries), *(_own(each) for each in new)),
            files=(*_names(files), *_names(file for each in new for file in each["files"])),
            stars=stars[-1] if stars else begun.stars,
        )

    def answer(self, token: str, words: str, mark: str, files: Sequence[Attached] = ()) -> None:
        """Keep the customer's further word; it opens again what we thought was settled."""
        _check(words, files)
        tag = self._own_tag(token)
        key = fingerprint("word", tag, _nonce(mark), words)
        if any(each["key"] == key for each in self._house.inbox.about(tag)):
            return
        kept = self._attach(files)
        self._send("word", tag, key, token=token, words=rules.plain(words), files=kept)

    def rate(self, token: str, stars: int) -> None:
        """Keep how content the customer is, 1 to 5."""
        if stars not in range(1, 6):
            raise Unfit("stars", said("Please choose one of 1 to 5."))
        tag = self._own_tag(token)
        self._send("rate", tag, fingerprint("rate", tag, new_id()), token=token, stars=stars)

    def waiting(self) -> int:
        """How many sendings the books have not taken yet."""
        return self._house.inbox.waiting()

    def _keep(self, sending: Sending, key: str, token: str) -> None:
        doubts = sieve.doubts(self._signs(sending))
        told = _arrived(sending) | {"number": links.number_of(self._secret, key)}
        files = self._attach(sending.files)
        tag = rules.hashed(token)
        self._send("complaint", tag, key, token=token, told=told, doubts=doubts, files=files)

    def _send(self, kind: str, tag: str, key: str, **told: Any) -> None:
        at = self._house.clock.now().isoformat()
        try:
            self._house.inbox.keep({"tag": tag, "kind": kind, "key": key, "at": at, **told})
        except HuitouError:
            ids = [file["id"] for file in told.get("files", ())]
            attachments.drop(self._house.home, ids)
            raise

    def _signs(self, sending: Sending) -> sieve.Signs:
        now = self._house.clock.now()
        words = sending.typed.words
        gist = sieve.gist(words)
        return sieve.Signs(
            trapped=bool(sending.trap),
            open_for=links.opened_for(self._secret, sending.mark, now),
            links=sieve.links_in(" ".join(asdict(sending.typed).values())),
            same=self._texts.count(gist, now) if gist else 1,
            from_one=self._senders.count(sending.address, now) if sending.address else 1,
        )

    def _attach(self, files: Iterable[Attached]) -> list[dict[str, Any]]:
        home = self._house.home
        return [asdict(attachments.keep(home, each.name, each.raw)) for each in files]

    def _is_known(self, token: str) -> bool:
        return self.follow(token) is not None

    def _own_tag(self, token: str) -> str:
        if not self._is_known(token):
            raise HuitouError(str(said("This page is not there any more.")))
        tag = rules.hashed(token)
        if self._answers.count(tag, self._house.clock.now()) > MOST_ANSWERS:
            raise Unfit("words", said("That is a lot at once. Please go on in a few minutes."))
        return tag


def _check(words: str, files: Sequence[Attached]) -> None:
    if not rules.plain(words):
        raise Unfit("words", said("Please say in a few words what happened."))
    if len(words) > MOST_WORDS:
        raise Unfit(
            "words",
            said("That is {had} letters, and {n} fit here. Please shorten it, or send the rest "
                 "as a second message.", had=len(words), n=MOST_WORDS),
        )  # fmt: skip
    if len(files) > MOST_FILES:
        raise Unfit("files", said("Only {n} files can be sent at once.", n=MOST_FILES))
    for each in files:
        _check_file(each)


def _check_file(file: Attached) -> None:
    if len(file.raw) > LARGEST_FILE:
        most = LARGEST_FILE >> 20
        told = said("“{name}” is larger than {n} MB.", name=file.name[:80], n=most)
        raise Unfit("files", told)
    if attachments.media(file.raw) is None:
        told = said("“{name}” is neither a picture nor a PDF.", name=file.name[:80])
        raise Unfit("files", told)


def _arrived(sending: Sending) -> dict[str, Any]:
    """The sending as the fields of `rules.Arrived`, ready to be written."""
    typed = sending.typed
    contact = typed.contact.strip()
    is_email = "@" in contact
    return {
        "words": rules.plain(typed.words),
        "channel": "form",
        "language": sending.language,
        "kind": typed.kind if typed.kind in rules.KINDS else "other",
        "name": typed.name,
        "email": contact if is_email else None,
        "phone": None if is_email else contact,
        "product": typed.product,
        "store": typed.store,
        "order_id": typed.order,
    }


def _nonce(mark: str) -> str:
    return mark[:100]


def _known(row: Row) -> Followed:
    return Followed(
        number=row["number"],
        state=row["state"],
        received_at=row["received_at"],
        due_at=row["due_at"],
        said=(),
        files=(),
        stars=row["csat"],
    )


def _kept(sent: Record) -> Followed:
    at = datetime.fromisoformat(sent["at"])
    return Followed(sent["told"]["number"], "kept", at, None, (), (), None)


def _not_in(waiting: Iterable[Record], keys: set[str], *, is_taken: bool) -> list[Record]:
    """What waits in the inbox and is not in the books yet."""
    words = [each for each in waiting if each["kind"] == "word" and each["key"] not in keys]
    sent = [] if is_taken else [each for each in waiting if each["kind"] == "complaint"][:1]
    return [*sent, *words]


def _told(entries: Iterable[Row]) -> tuple[Told, ...]:
    # What was given in money stands in the words of the answer it came with.
    shown = [each for each in entries if each["kind"] in ("in", "out")]
    return tuple(Told(each["kind"] == "out", each["words"], each["at"]) for each in shown)


def _own(record: Record) -> Told:
    words = record["told"]["words"] if record["kind"] == "complaint" else record["words"]
    return Told(ours=False, words=words, at=datetime.fromisoformat(record["at"]))


def _names(files: Iterable[Any]) -> tuple[str, ...]:
    return tuple(file["name"] for file in files if file["name"])
