"""Every error huitou raises on purpose, drawn as one tree.

    HuitouError            a plain sentence, the line to try, an exit code
    ├── BadInput           something in a file: file, row, column, value, reason      exit 2
    │   ├── NothingTaken   a file of which not one row could be taken                 exit 2
    │   └── BadRule        a rule of the merchant's that cannot stand: its line       exit 2
    ├── Ambiguous          two readings fit; the merchant must say which              exit 2
    ├── NotYet             too little data, or a step that must come first            exit 1
    ├── Refused            a rule of the house says no (limit, approval, hold-out)    exit 1
    └── Busy               another process holds the lake                             exit 1

None of these is ever a bug in huitou: a bug is any other exception.
"""

from __future__ import annotations

from typing import Any

from huitou.ground.words import Sentence


class HuitouError(Exception):
    """A sentence for the merchant, and what to type next."""

    exit_code = 1

    def __init__(self, sentence: str | Sentence, *, to_try: str | None = None) -> None:
        super().__init__(str(sentence))
        self.spoken = sentence
        """The same, for doors that speak the reader's language."""
        self.sentence = str(sentence)
        self.to_try = to_try

    @property
    def told(self) -> Sentence:
        """The sentence as a value, to be kept and said later in another language."""
        return self.spoken if isinstance(self.spoken, Sentence) else Sentence(self.spoken)

    def __str__(self) -> str:
        return f"{self.sentence}\n  try: {self.to_try}" if self.to_try else self.sentence


class BadInput(HuitouError):
    """A value in a file that cannot be taken as it stands."""

    exit_code = 2

    def __init__(
        self,
        sentence: str | Sentence,
        *,
        file: str | None = None,
        row: int | None = None,
        column: str | None = None,
        value: str | None = None,
        to_try: str | None = None,
    ) -> None:
        super().__init__(sentence, to_try=to_try)
        self.file, self.row, self.column, self.value = file, row, column, value

    def __str__(self) -> str:
        named = [
            f"{name} {shown!r}" if name in ("column", "value") else f"{name} {shown}"
            for name, shown in (
                ("file", self.file),
                ("row", self.row),
                ("column", self.column),
                ("value", self.value),
            )
            if shown is not None
        ]
        where = f" ({', '.join(named)})" if named else ""
        tail = f"\n  try: {self.to_try}" if self.to_try else ""
        return f"{self.sentence}{where}{tail}"


class NothingTaken(BadInput):
    """A file of which not one row could be taken. The file itself is kept untouched."""


class BadRule(BadInput):
    """A rule in a file of rules that cannot stand: `row` is its line, `column` its name."""

    def __str__(self) -> str:
        where = f"{self.file or ''}{f', line {self.row}' if self.row else ''}"
        tail = f"\n  try: {self.to_try}" if self.to_try else ""
        return f"{where}: {self.sentence}{tail}" if where else f"{self.sentence}{tail}"


class Ambiguous(BadInput):
    """Two readings fit the whole column; guessing would store nonsense for ever."""

    questions: tuple[Any, ...] = ()
    """What the merchant must say, where there is more than one thing."""


class NotYet(HuitouError):
    """There is too little data, or an earlier step has not run. Not a failure."""


class Refused(HuitouError):
    """A rule of the house says no: a limit, an approval that is missing, a hold-out."""


class Busy(HuitouError):
    """Another process holds the lake; says who."""


ABOUT = ("file", "row", "column", "value")
"""What an error may be about."""


def plain(error: HuitouError) -> dict[str, Any]:
    """An error as a value that JSON can carry: kind, sentence, what to try, what it is about."""
    about = {name: getattr(error, name, None) for name in ABOUT}
    return {
        "kind": type(error).__name__,
        "sentence": error.sentence,
        "to_try": error.to_try,
        **{name: value for name, value in about.items() if value is not None},
    }
