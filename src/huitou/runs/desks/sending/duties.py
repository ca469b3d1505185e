"""What the law where somebody is asks a marketing message to carry, added to it.

A message that cannot carry it, because the shop has not said its address or has no way to end its
letters, stays in: the rule is named, and the shop sees it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from html import escape

from huitou.channels.contract import Parcel
from huitou.channels.post.rules import Way
from huitou.channels.sms.segments import signed
from huitou.journeys.messages import plain
from huitou.journeys.permission.laws import Duty

REGISTERED = ("aliyun", "tencent", "wechat")
"""Ways whose words the provider keeps and has read through: nothing can be added to them, and what
the law asks for was looked at when they were registered. Only the signature is ours to name."""


@dataclass(frozen=True)
class House:
    """Who writes."""

    name: str
    address: str = ""


def carrying(parcel: Parcel, duties: Sequence[Duty], house: House, way: Way) -> Parcel | str:
    """The message with everything it must carry; or the rule that it cannot keep."""
    for duty in duties:
        made = _carrying(parcel, duty, house, way)
        if isinstance(made, str):
            return made
        parcel = made
    return parcel


def _carrying(parcel: Parcel, duty: Duty, house: House, way: Way) -> Parcel | str:
    if duty.kind == "signature":
        return _signed(parcel, duty, way.sign or house.name, way)
    if way.way in REGISTERED:
        return parcel
    if duty.kind == "subject":
        marked = parcel.subject.startswith(duty.text)
        return parcel if marked else replace(parcel, subject=f"{duty.text} {parcel.subject}")
    known = {"shop": house.name, "address": house.address, "unsubscribe": parcel.unsubscribe}
    needed = [name for name in known if f"{{{name}}}" in duty.text]
    if not all(known[name].strip() for name in needed):
        return duty.rule
    line = duty.text.format(**{name: plain(told) for name, told in known.items()})
    return _with(parcel, line, [known[name] for name in needed] or [line])


def _signed(parcel: Parcel, duty: Duty, sign: str, way: Way) -> Parcel | str:
    if not sign.strip() or (way.way in REGISTERED and not way.sign):
        return duty.rule
    return parcel if way.way in REGISTERED else replace(parcel, text=signed(parcel.text, sign))


def _with(parcel: Parcel, line: str, proofs: Sequence[str]) -> Parcel:
    """The message with one more line, where it does not say the same already."""
    text, html = parcel.text, parcel.html
    if not _says(text, proofs):
        between = " " if parcel.channel == "sms" else "\n\n"
        text = f"{text.strip()}{between}{line}\n"
    if html and not _says(html, [escape(each) for each in proofs]):
        html = _before_the_end(html, line)
    return replace(parcel, text=text, html=html)


def _says(text: str, proofs: Iterable[str]) -> bool:
    return all(each in text for each in proofs)


def _before_the_end(html: str, line: str) -> str:
    head, end, rest = html.rpartition("</body>")
    told = f'<p style="font-size:12px;color:#57606a;text-align:center">{escape(line)}</p>'
    return f"{head}{told}{end}{rest}" if end else html + told
