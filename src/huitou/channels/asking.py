"""The two questions on a sheet of paper: boxes to tick, room to write, and a code for the phone."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from huitou.care.interviews.rules import OWN_GROUPS, WHERE, WHY
from huitou.care.reasons import LEAVE_ALONE, REASONS, of_group
from huitou.channels.sheets import lines, page
from huitou.ground.languages import Speaker, speaker
from huitou.ground.words import said
from huitou.journeys.messages import Message, plain

STYLE = """<style>
.ask { box-sizing: border-box; width: 210mm; min-height: 297mm; padding: 16mm 20mm;
  break-after: page; font-size: 10pt; line-height: 1.4; position: relative }
.ask h1 { margin: 0 0 4mm } .ask h2 { font-size: 11pt; margin: 4mm 0 1mm }
.ask p { margin: 0 0 2mm }
.ask ul { list-style: none; margin: 0; padding: 0; columns: 2; column-gap: 8mm }
.ask li { break-inside: avoid; padding: .6mm 0 }
.ask li.group { font-weight: 600; margin-top: 1.5mm }
.box { display: inline-block; width: 3.4mm; height: 3.4mm; border: .3mm solid #111;
  margin-right: 2mm; vertical-align: -.4mm }
.line { border-bottom: .2mm solid #777; height: 7mm }
.qr { float: right; width: 34mm; margin: 0 0 3mm 6mm; font-size: 8pt; text-align: center }
.qr svg { width: 34mm; height: 34mm } .number { color: #444; font-size: 8pt }
.alone { border: .3mm solid #111; padding: 2.5mm 3mm; margin-top: 4mm }
</style>"""


def sheets(messages: Sequence[tuple[Message, str]], language: str) -> bytes:
    """Sheets to print, one page each: (message, its link; empty where there is none)."""
    title = speaker(language).say(WHY)
    return page(title, language, STYLE + "\n".join(sheet(*each) for each in messages))


def sheet(message: Message, link: str) -> str:
    """One sheet."""
    says, to = speaker(message.language), message.recipient
    head = [plain(part) for part in (to.name or to.key, *to.address)]
    return (
        f'<main class="ask" lang="{escape(message.language)}">\n{_code(link, says)}'
        f"<p>{lines(head)}</p>\n<h1>{escape(message.subject)}</h1>\n{_paragraphs(message)}\n"
        f"<h2>1. {escape(says.say(WHY))}</h2>\n<ul>{_boxes(says)}</ul>\n"
        f'<h2>2. {escape(says.say(WHERE))}</h2>\n<div class="line"></div>\n'
        f"<h2>{escape(says.say(said('In your own words, if you like')))}</h2>\n"
        '<div class="line"></div><div class="line"></div>\n'
        f'<p class="alone"><span class="box"></span><b>'
        f"{escape(says.say(REASONS[LEAVE_ALONE].own))}</b></p>\n"
        f'<p class="number">{escape(message.decision_id)}</p>\n</main>'
    )


def qr(link: str) -> str:
    """A link as an inline SVG that a phone reads; dark on white, whatever the page is."""
    import segno

    drawn: str = segno.make(link, error="m").svg_inline(
        border=2, dark="#000", light="#fff", omitsize=True
    )
    return drawn


def _code(link: str, says: Speaker) -> str:
    if not link:
        return ""
    words = escape(says.say(said("Or answer with your phone")))
    return f'<div class="qr">{qr(link)}<br>{words}</div>\n'


def _paragraphs(message: Message) -> str:
    return "\n".join(f"<p>{lines(part.splitlines())}</p>" for part in message.body.split("\n\n"))


def _boxes(says: Speaker) -> str:
    rows = []
    for group, words in OWN_GROUPS.items():
        rows.append(f'<li class="group">{escape(says.say(words))}</li>')
        for reason in of_group(group):
            if reason.name != LEAVE_ALONE:
                own = escape(says.say(reason.own))
                rows.append(f'<li><span class="box"></span>{own}</li>')
    return "\n".join(rows)
