"""The report as the body of an e-mail: plain tables and inline styles, which every reader knows.

No picture is loaded from anywhere, and everything that came from outside is escaped.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

INK, SOFT, LINE = "#1d2420", "#667069", "#e3e6e1"
TONES = {"good": "#1f7a4d", "bad": "#b3402a", "plain": SOFT}
BAR = "#3f7f68"


def as_html(told: Mapping[str, Any]) -> str:
    """The report as one HTML document."""
    parts = "".join(_part(part) for part in told["sections"])
    return (
        f'<!doctype html><html lang="{escape(told["language"])}"><head><meta charset="utf-8">'
        f"<title>{escape(told['title'])}</title></head>"
        f'<body style="margin:0;background:#f5f6f3;color:{INK};'
        "font-family:-apple-system,'Segoe UI','PingFang SC','PingFang TC','Microsoft YaHei',"
        "'Noto Sans CJK SC',sans-serif;font-size:15px;line-height:1.5\">"
        '<div style="max-width:620px;margin:0 auto;padding:24px 16px">'
        f'<p style="margin:0;color:{SOFT}">{escape(told["shop"])}</p>'
        f'<h1 style="margin:2px 0 4px;font-size:24px">{escape(told["title"])}</h1>'
        f'<p style="margin:0 0 16px;color:{SOFT}">{escape(told["days"])} · '
        f"{escape(told['against'])}</p>{parts}"
        f'<p style="color:{SOFT};font-size:12px">{escape(told["foot"])}</p></div></body></html>'
    )


def _part(part: Mapping[str, Any]) -> str:
    figures = "".join(_figure(each) for each in part["figures"])
    bars = "".join(_bar(each) for each in part["bars"])
    words = "".join(
        f'<p style="margin:6px 0;color:{SOFT}">{escape(each)}</p>' for each in part["words"]
    )
    return (
        f'<div style="background:#fff;border:1px solid {LINE};border-radius:8px;'
        'padding:14px 16px;margin:0 0 12px">'
        f'<h2 style="margin:0 0 8px;font-size:16px">{escape(part["title"])}</h2>'
        f'<table role="presentation" style="width:100%;border-collapse:collapse">{figures}</table>'
        f'<table role="presentation" style="width:100%;border-collapse:collapse">{bars}</table>'
        f"{words}</div>"
    )


def _figure(told: Mapping[str, Any]) -> str:
    beside = " · ".join(each for each in (told["change"], told["between"]) if each)
    return (
        f'<tr><td style="padding:4px 8px 4px 0;vertical-align:top">{escape(told["name"])}<br>'
        f'<span style="color:{TONES[told["tone"]]};font-size:13px">{escape(beside)}</span></td>'
        '<td style="padding:4px 0;text-align:right;vertical-align:top;font-size:20px;'
        f'white-space:nowrap">{escape(told["value"])} '
        f'<span style="color:{TONES[told["tone"]]}">{escape(told["arrow"])}</span></td></tr>'
    )


def _bar(told: Mapping[str, Any]) -> str:
    width = max(1, round(100 * told["width"]))
    return (
        f'<tr><td style="padding:3px 8px 3px 0;width:45%">{escape(told["name"])}</td>'
        '<td style="padding:3px 0"><div style="height:8px;border-radius:4px;'
        f'background:{BAR};width:{width}%"></div></td>'
        f'<td style="padding:3px 0 3px 8px;text-align:right;white-space:nowrap">'
        f"{escape(told['shown'])}</td></tr>"
    )
