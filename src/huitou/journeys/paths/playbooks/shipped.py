"""Journeys that are shipped, each a file beside this one; and the words of their messages.

The texts are `texts/<template>.txt`: a block for each language, begun by `## en`, its first line
the subject, the rest the body, in Liquid.
"""

from __future__ import annotations

from pathlib import Path

from huitou.ground.errors import HuitouError

HERE = Path(__file__).parent


def names() -> tuple[str, ...]:
    """The journeys that are shipped."""
    return tuple(sorted(file.stem for file in HERE.glob("*.yaml")))


def text(name: str) -> str:
    """A journey as it is shipped."""
    if name not in names():
        raise HuitouError(f"no playbook is called {name!r}", to_try=f"one of: {', '.join(names())}")
    return (HERE / f"{name}.yaml").read_text(encoding="utf-8")


def templates() -> tuple[str, ...]:
    """The messages whose words are shipped."""
    return tuple(sorted(file.stem for file in (HERE / "texts").glob("*.txt")))


def words(template: str) -> dict[str, tuple[str, str]]:
    """Language -> subject and body of a message that is shipped."""
    if template not in templates():
        raise HuitouError(f"no words are shipped for {template!r}")
    told = (HERE / "texts" / f"{template}.txt").read_text(encoding="utf-8")
    found = {}
    for block in told.split("## ")[1:]:
        language, _, rest = block.partition("\n")
        subject, _, body = rest.strip().partition("\n")
        found[language.strip()] = (subject.strip(), body.strip())
    return found
