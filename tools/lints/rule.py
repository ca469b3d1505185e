"""What a lint is: a rule with a name, its reason, and lines that show it right and wrong."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath

Found = Iterator[tuple[int, str]]
"""Line numbers from 1, each with a sentence."""


@dataclass(frozen=True)
class Rule:
    """One thing we do not do, and why."""

    name: str
    reason: str
    """What taught us."""
    blind: str
    """What the rule cannot see."""
    applies: Callable[[PurePosixPath], bool]
    check: Callable[[PurePosixPath, str], Found]
    example: str
    """A path at which the lines below are read."""
    good_lines: tuple[str, ...]
    bad_lines: tuple[str, ...]

    def find(self, path: PurePosixPath, text: str) -> list[tuple[int, str]]:
        """What is wrong in this file; nothing where the rule does not apply."""
        return sorted(self.check(path, text)) if self.applies(path) else []


def in_source(path: PurePosixPath) -> bool:
    """Whether this is a Python file of the product itself."""
    return path.suffix == ".py" and path.parts[:2] == ("src", "huitou")


@lru_cache(maxsize=1)
def module(text: str) -> ast.Module:
    """A module: each file is read once for all rules, which come one after another."""
    return ast.parse(text)


@lru_cache(maxsize=1)
def nodes(text: str) -> tuple[ast.AST, ...]:
    """All nodes of a module, walked once as it is read once."""
    return tuple(ast.walk(module(text)))


def dotted(node: ast.expr) -> str:
    """`np.random.rand` of an attribute chain; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""


def imported(nodes: Iterable[ast.AST]) -> Iterator[tuple[int, str]]:
    """Every module name that an import statement among `nodes` names, with its line."""
    for node in nodes:
        if isinstance(node, ast.Import):
            for name in node.names:
                yield node.lineno, name.name
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for name in node.names:
                yield node.lineno, f"{node.module}.{name.name}"
