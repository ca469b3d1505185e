"""No committed file says where packages come from: whoever installs decides."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from tools.lints.rule import Found, Rule

# Written in halves, so that this file does not break its own rule.
HOSTS = (
    "pypi" + ".org", "python" + "hosted.org", "registry.npm" + "js.org", "npm" + "mirror.com",
    "pypi.tuna" + ".tsinghua", "mirrors.ali" + "yun.com/pypi", "un" + "pkg.com",
    "jsdel" + "ivr.net",
    "cdn" + "js.cloudflare", "conda.ana" + "conda.org", "repo1.maven" + ".org",
)  # fmt: skip
PATTERN = re.compile(
    "|".join(re.escape(host) for host in HOSTS) + "|--(?:extra-)?index" + "-url[ =]"
)
TEXT = {".py", ".toml", ".lock", ".in", ".md", ".txt", ".cfg", ".ini", ".yml", ".yaml", ".json",
        ".sh", ".html", ""}  # fmt: skip


def _applies(path: PurePosixPath) -> bool:
    # Vendored files are what their makers wrote; that they are vendored is the point.
    return path.suffix in TEXT and "vendor" not in path.parts[:-1]


def _check(path: PurePosixPath, text: str) -> Found:
    for number, line in enumerate(text.splitlines(), 1):
        if hit := PATTERN.search(line):
            yield number, f"{hit.group()!r} names where packages come from"


RULE = Rule(
    name="hosts",
    reason="A lock that names a host installs nothing behind a company's mirror, and fetches from "
    "a place the merchant did not choose.",
    blind="A host of another name.",
    applies=_applies,
    check=_check,
    example="requirements.lock",
    good_lines=("alembic==1.20.1 \\", "see https://example.org/paper.pdf"),
    bad_lines=tuple(f"# from https://{host}/x" for host in HOSTS),
)
