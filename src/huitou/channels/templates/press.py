"""From what the merchant wrote to what Liquid fills: MJML to mail, styles inlined, once a version.

A body is either a whole MJML document (`<mjml>…`), or paragraphs as anybody writes them, with an
empty line between; then the house's own frame goes around them:

    # Thank you                       a heading
    [See your card]({{ links.card }}) a button, alone in its paragraph

Places of Liquid are taken out before and put back after, so that neither press reads them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape, unescape

from huitou.channels.templates.words import TOKEN, Unwritable

BUTTON = re.compile(r"\[([^\]\n]{1,80})\]\((\{\{[^}\n]{1,80}\}\}|https://[^\s)]{1,400})\)")
MARK = re.compile(r"zqL(\d+)Lqz")
DEEPEST = 200
"""Opened elements in a document: presses read it by recursion."""


@dataclass(frozen=True)
class Pressed:
    """Sources for Liquid."""

    text: str
    html: str


@dataclass(frozen=True)
class Frame:
    """The house's paper: MJML with places, and the words at its foot."""

    mjml: str
    foot: str


def paragraphs(body: str) -> list[str]:
    """The body's paragraphs."""
    return [part.strip() for part in re.split(r"\n\s*\n", body.strip()) if part.strip()]


def plain_text(body: str, frame: Frame | None) -> str:
    """The body as text: buttons as lines, headings without their mark."""
    parts = [BUTTON.sub(r"\1: \2", part).removeprefix("# ") for part in paragraphs(body)]
    return "\n\n".join([*parts, "-- \n" + frame.foot] if frame else parts)


def mail(subject: str, body: str, frame: Frame) -> Pressed:
    """Text and HTML of a mail. Raises `Unwritable` in words."""
    if body.lstrip().startswith("<mjml"):
        return _own(body)
    taken = _Taken()
    inner = "\n".join(_paragraph(part, taken) for part in paragraphs(body))
    foot = escape(taken.out(frame.foot)).replace("\n", "<br>")
    whole = frame.mjml.replace("@subject@", escape(taken.out(subject)))
    whole = whole.replace("@body@", inner).replace("@foot@", foot)
    return Pressed(plain_text(body, frame), taken.back(_html(taken.out(whole))))


def _own(body: str) -> Pressed:
    taken = _Taken()
    html = _html(taken.out(body))
    return Pressed(taken.back(_text_of(html)), taken.back(html))


def _paragraph(part: str, taken: _Taken) -> str:
    button = BUTTON.fullmatch(part)
    if button is not None:
        link = escape(taken.out(button[2]), quote=True)
        return f'<p><a class="button" href="{link}">{escape(taken.out(button[1]))}</a></p>'
    if part.startswith("# "):
        return f"<h1>{escape(taken.out(part[2:]))}</h1>"
    return f"<p>{escape(taken.out(part))}</p>".replace("\n", "<br>")


def _html(mjml: str) -> str:
    import css_inline
    import mrml

    if mjml.count("<") > 20_000 or _depth(mjml) > DEEPEST:
        raise Unwritable("the document is nested too deep")
    if "mj-include" in mjml:
        raise Unwritable("a template includes no other file")
    try:
        made = mrml.to_html(mjml)
        inliner = css_inline.CSSInliner(load_remote_stylesheets=False)
        return str(inliner.inline(made.content))
    except (OSError, ValueError, css_inline.InlineError) as bad:
        raise Unwritable(f"the MJML cannot be read: {str(bad).splitlines()[0][:200]}") from bad


def _depth(markup: str) -> int:
    deep = most = 0
    for close, own in re.findall(r"<(/?)[a-zA-Z][^<>]*?(/?)>", markup):
        deep += -1 if close else 0 if own else 1
        most = max(most, deep)
    return most


def _text_of(html: str) -> str:
    """What a document says, without its looks."""
    body = re.sub(r"(?is)<!--.*?-->|<head\b.*?</head>|<style\b.*?</style>", "", html)
    body = re.sub(r'(?is)<a\b[^>]*href="([^"]*)"[^>]*>(.*?)</a>', r"\2 (\1)", body)
    body = re.sub(r"(?i)<br\s*/?>|</(p|div|tr|h\d|li)>", "\n", body)
    lines = (" ".join(line.split()) for line in unescape(re.sub(r"<[^>]*>", "", body)).splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Taken:
    """Places of Liquid, taken out of a text."""

    def __init__(self) -> None:
        self._kept: list[str] = []

    def out(self, text: str) -> str:
        """The text with a mark for each place."""

        def keep(place: re.Match[str]) -> str:
            self._kept.append(place[0])
            return f"zqL{len(self._kept) - 1}Lqz"

        return TOKEN.sub(keep, text)

    def back(self, text: str) -> str:
        """The places put back. Raises `Unwritable` where one was lost on the way."""
        there = {int(number) for number in MARK.findall(text)}
        for number, place in enumerate(self._kept):
            if number not in there:
                raise Unwritable(f"{place[:60]} stands where a mail cannot show it")
        return MARK.sub(lambda mark: self._kept[int(mark[1])], text)
