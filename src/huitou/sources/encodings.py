"""Which letters the bytes mean. UTF-8 proves itself; anything else is declared or confirmed.

A detector once read a Chinese customer file as Korean without an error, and names so stored are
nonsense for ever. So there is no detector here: every encoding that can decode all the bytes is
offered with the first lines as it would read them.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from huitou.ground.errors import Ambiguous, BadInput
from huitou.ground.words import said
from huitou.sources.contract import Choice, Question, typed
from huitou.sources.recognise import recognised_names
from huitou.sources.survey import Survey, survey

Names = Callable[[Sequence[str]], int]
"""How many cells of a line name a column of the kind of file that is read."""

CANDIDATES = ("gb18030", "cp950", "utf-16-le", "utf-16-be", "cp932", "cp949", "cp1252")
"""In the order they are offered: mainland, Taiwan, two-byte Unicode, Japan, Korea, the West."""

BAD = "\ufffd"
"""Stands before the hexadecimal figures of a byte that is no letter in the encoding."""

_BLOCK = 2**20


def _mark_bad(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    bad = error.object[error.start : error.end]
    return BAD + bad.hex().upper() + BAD, error.end


codecs.register_error("huitou.mark", _mark_bad)


def checked(encoding: str) -> str:
    """The encoding's own name; a plain sentence for one Python does not know."""
    known = {"big5": "cp950", "gbk": "gb18030", "gb2312": "gb18030", "ansi": "cp1252"}
    plain = known.get(encoding.lower().replace("_", "-"), encoding)
    try:
        found = codecs.lookup(plain)
        if not found._is_text_encoding:
            raise LookupError(encoding)
    except LookupError as unknown:
        raise BadInput(
            f"{encoding!r} is not an encoding", to_try=f"--encoding {CANDIDATES[0]}"
        ) from unknown
    return found.name


def text_of(path: Path, declared: str | None, names: Names) -> str:
    """The text of a small table that is no file of orders; bytes that are no letters stay marked.

    `names` counts the columns that a line names. Raises `Ambiguous`, with the question, where the
    letters are neither beyond doubt nor declared.
    """
    found = decide(path, survey(path), declared, names)
    if isinstance(found, Question):
        unclear = Ambiguous(found.words, file=path.name, to_try=found.option)
        unclear.questions = (found,)
        raise unclear
    return path.read_bytes().decode(found, errors="huitou.mark").removeprefix("\ufeff")


def letters_only(row: Mapping[str, str]) -> None:
    """Refuse a row with bytes that are no letters; `BadInput` names the column."""
    for column, value in row.items():
        if BAD in value:
            raise BadInput(
                said("These bytes are no letters in the encoding of the file."),
                column=column,
                value=value,
                to_try="mend the row, or name another encoding: --encoding gb18030",
            )


def decide(
    path: Path, surveyed: Survey, declared: str | None, names: Names = recognised_names
) -> str | Question:
    """The encoding beyond doubt, or the question with every reading that is possible."""
    if declared is not None:
        return checked(declared)
    if surveyed.bom is not None:
        return surveyed.bom
    candidates = [] if surveyed.wide else _doubted(path, surveyed)
    if surveyed.utf8 and surveyed.wide is None and not candidates:
        return "utf-8"
    if surveyed.wide is not None:
        candidates = [surveyed.wide]
    elif not surveyed.utf8:
        candidates = [name for name in CANDIDATES if _decodes(path, name)]
    telling = [name for name in candidates if _recognised(path, name, names)]
    nearly = [] if surveyed.utf8 or surveyed.wide else _nearly(path, names)
    beyond_doubt = len(telling) == 1 and set(nearly) <= set(telling)
    if beyond_doubt and (surveyed.wide is not None or not surveyed.utf8):
        return telling[0]
    return _question(path, list(dict.fromkeys([*nearly, *(telling or candidates)])) or ["utf-8"])


def utf8_file(path: Path, encoding: str, surveyed: Survey, folder: Path) -> Path:
    """The file as UTF-8 without a mark: itself where it is that, else a copy in `folder`.

    Bytes that are no letters are kept as marked figures, so that their rows can be quarantined.
    """
    if encoding == "utf-8" and surveyed.utf8 and surveyed.bom is None:
        return path
    copy = folder / "utf8.txt"
    decoder = codecs.getincrementaldecoder(encoding)("huitou.mark")
    with path.open("rb") as source, copy.open("w", encoding="utf-8", newline="") as out:
        first = True
        while block := source.read(_BLOCK):
            text = decoder.decode(block)
            out.write(text.removeprefix("\ufeff") if first else text)
            first = False
        out.write(decoder.decode(b"", final=True))
    return copy


def _doubted(path: Path, surveyed: Survey) -> list[str]:
    """Chinese encodings as which valid UTF-8 would make sense too; nearly always none.

    Only letters of two bytes can be mistaken, and a text in several scripts that a Chinese
    encoding reads as plain Han letters most likely is Chinese.
    """
    if surveyed.ascii or not surveyed.utf8 or not surveyed.two_byte_only:
        return []
    letters = {c for c in _head(path, "utf-8") if c > "\u024f"}
    scripts = {unicodedata.name(letter, "?").split()[0] for letter in letters}
    if len(scripts) < 2:
        return []
    return ["utf-8", *(name for name in CANDIDATES[:2] if _decodes(path, name))]


def _nearly(path: Path, names: Names) -> list[str]:
    """Encodings that read nearly every line and recognise the header, the best first.

    A few lines were pasted from elsewhere: read so, only those are quarantined.
    """
    with path.open("rb") as file:
        some = file.read(_SAMPLED)
    whole = some if len(some) < _SAMPLED else some[: some.rfind(b"\n")]
    lines = [line for line in whole.splitlines() if not line.isascii()]
    read = {name: sum(_reads(line, name) for line in lines) for name in _LINE_BY_LINE}
    best = [name for name in _LINE_BY_LINE if read[name] >= _NEARLY * len(lines)]
    return sorted(
        (name for name in best if _recognised(path, name, names)), key=lambda name: -read[name]
    )


def _reads(line: bytes, encoding: str) -> bool:
    try:
        text = line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return not _CONTROLS.search(text)


_SAMPLED = 2**22
_NEARLY = 0.9
_LINE_BY_LINE = ("utf-8", *(name for name in CANDIDATES if not name.startswith("utf-16")))
_CONTROLS = re.compile("[\x80-\x9f]")
"""Nobody writes these: an encoding that finds them reads something else."""


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    if encoding.startswith("utf-16"):
        return False  # any even number of bytes decodes; without zero bytes it proves nothing
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                if _CONTROLS.search(decoder.decode(block)):
                    return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _recognised(path: Path, encoding: str, names: Names) -> bool:
    """Whether a line names two fields. An English header reads alike in all but two-byte
    encodings, so there it speaks for none."""
    lines = _head(path, encoding).splitlines()[:10]
    telling = [line for line in lines if not line.isascii() or encoding.startswith("utf-16")]
    return any(names(_cells(line)) >= 2 for line in telling)


def _cells(line: str) -> list[str]:
    delimiter = max(",\t;|", key=line.count)
    return [cell.strip('" ') for cell in line.split(delimiter)]


def _head(path: Path, encoding: str) -> str:
    with path.open("rb") as file:
        raw = file.read(65536)
    return codecs.getincrementaldecoder(encoding)("replace").decode(raw).removeprefix("\ufeff")


def _question(path: Path, candidates: list[str]) -> Question:
    choices = tuple(Choice(name, _sample(path, name)) for name in candidates)
    return Question(
        "encoding",
        None,
        choices,
        said("The letters of this file can be read in more than one way. Which lines look right?"),
        typed("--encoding", choices),
    )


def _sample(path: Path, encoding: str) -> str:
    lines = _head(path, encoding).splitlines()
    telling = [line for line in lines[1:] if not line.isascii()][:2]
    return "\n".join(line[:120] for line in (*lines[:1], *telling))
