"""Draws the one picture of the README: from a file of orders to a proof, and round again.

`python -m tools.picture` writes `docs/pictures/story.svg`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "pictures" / "story.svg"
WIDTH, HEIGHT = 980, 330
FACE = "font-family='Inter, Helvetica, Arial, sans-serif'"


@dataclass(frozen=True)
class Stop:
    """One stop on the way."""

    title: str
    words: tuple[str, str]
    chapters: str


STOPS = (
    Stop("A file of orders", ("every row applied,", "unchanged, quarantined"), "sources"),
    Stop("Customers", ("what each of them", "did, day by day"), "identity · facts"),
    Stop("A forecast", ("will they buy? worth?", "tested on your past"), "models"),
    Stop("A plan", ("one act each, under", "a bound; you approve"), "decisions"),
    Stop("Letters", ("each once, and none", "to those held out"), "journeys · channels"),
    Stop("A proof", ("treated less held out,", "with its interval"), "proof"),
)


def drawn() -> str:
    """The picture as SVG."""
    step = WIDTH / len(STOPS)
    parts = [_frame(), _way(step)]
    parts += [_stop(stop, step * (place + 0.5)) for place, stop in enumerate(STOPS)]
    return "\n".join([*parts, _loop(step), "</svg>"]) + "\n"


def _frame() -> str:
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {HEIGHT}' role='img' "
        "aria-label='From a file of orders to a proof, and round again'>\n"
        "<defs><marker id='tip' viewBox='0 0 10 10' refX='8' refY='5' markerWidth='7' "
        "markerHeight='7' orient='auto'><path d='M0 0 10 5 0 10z' fill='#b45309'/></marker>"
        "</defs>\n"
        f"<rect width='{WIDTH}' height='{HEIGHT}' rx='18' fill='#fffbf5'/>"
    )


def _way(step: float) -> str:
    arrows = (
        f"<path d='M{step * (place + 0.5) + 34:.0f} 96 H{step * (place + 1.5) - 36:.0f}' "
        "stroke='#b45309' stroke-width='2' marker-end='url(#tip)'/>"
        for place in range(len(STOPS) - 1)
    )
    return "\n".join(arrows)


def _stop(stop: Stop, x: float) -> str:
    number = STOPS.index(stop) + 1
    first, second = stop.words
    return "\n".join(
        (
            f"<circle cx='{x:.0f}' cy='96' r='28' fill='#b45309'/>",
            _text(x, 104, 22, "#fffbf5", str(number), weight=700),
            _text(x, 158, 17, "#1c1917", stop.title, weight=700),
            _text(x, 183, 13, "#57534e", first),
            _text(x, 201, 13, "#57534e", second),
            _text(x, 226, 12, "#b45309", stop.chapters),
        )
    )


def _loop(step: float) -> str:
    left, right = step * 0.5, WIDTH - step * 0.5
    path = f"M{right:.0f} 240 V258 Q{right:.0f} 276 {right - 18:.0f} 276 H{left + 18:.0f} "
    path += f"Q{left:.0f} 276 {left:.0f} 258 V240"
    words = "the next file tells who came back"
    return (
        f"<path d='{path}' fill='none' stroke='#b45309' stroke-width='2' "
        "stroke-dasharray='5 5' marker-end='url(#tip)'/>\n"
        + _text(WIDTH / 2, 300, 14, "#57534e", words)
        + "\n"
        + _text(WIDTH / 2, 40, 18, "#1c1917", "回头 · turn back", weight=600)
    )


def _text(x: float, y: float, size: int, colour: str, words: str, weight: int = 400) -> str:
    return (
        f"<text x='{x:.0f}' y='{y:.0f}' font-size='{size}' font-weight='{weight}' fill='{colour}' "
        f"text-anchor='middle' {FACE}>{words}</text>"
    )


if __name__ == "__main__":
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_text(drawn(), encoding="utf-8")
