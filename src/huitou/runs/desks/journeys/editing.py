"""A journey as a form: of each node the few things a merchant changes most, as texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from huitou.ground.errors import BadInput
from huitou.ground.words import Sentence, said
from huitou.journeys.paths import writing

LABELS: Mapping[str, Sentence] = {
    "wait": said("How long: 7 days, or tuesday 10:00"),
    "at_most": said("At most how long"),
    "channel": said("Channels, the best first"),
    "template": said("Template"),
    "value": said("Expected to bring"),
    "late_after": said("Not said when later than"),
    "amount": said("How much"),
    "share": said("Share of {arm}"),
}


@dataclass(frozen=True)
class FieldForm:
    """One field of a node."""

    name: str
    """`node.field`, as the form sends it."""
    label: Sentence
    value: str


@dataclass(frozen=True)
class NodeForm:
    """A node with its fields; without any it is changed in the text."""

    name: str
    fields: tuple[FieldForm, ...]


def fields(text: str) -> tuple[NodeForm, ...]:
    """The nodes of a journey, with what a form may change."""
    nodes = writing.plain(text).get("nodes")
    if not isinstance(nodes, dict):
        return ()
    return tuple(
        NodeForm(name, tuple(_fields(name, node)))
        for name, node in nodes.items()
        if isinstance(node, dict)
    )


def changed(text: str, told: Mapping[str, str]) -> str:
    """The journey with these fields changed, written anew; it is not read through here."""
    parts = writing.plain(text)
    for name, value in told.items():
        node_name, _, field = name.partition(".")
        node = parts.get("nodes", {}).get(node_name)
        if not isinstance(node, dict):
            raise BadInput(f"there is no node {node_name!r}")
        _put(node, field, value.strip())
    return writing.written(parts, text)


def _fields(name: str, node: Mapping[str, Any]) -> list[FieldForm]:
    if "wait" in node:
        return [_field(name, "wait", _time(node["wait"]))]
    if "wait_for" in node:
        return [_field(name, "at_most", str(node.get("at_most", "")))]
    if "message" in node or "call" in node:
        return _said(name, node)
    if "gift" in node:
        return [_field(name, "amount", str(node.get("amount", "")))]
    arms = node.get("split")
    if isinstance(arms, dict):
        return [
            FieldForm(
                f"{name}.share:{arm}",
                said("Share of {arm}", arm=arm),
                str(each.get("share", "")) if isinstance(each, dict) else "",
            )
            for arm, each in arms.items()
        ]
    return []


def _said(name: str, node: Mapping[str, Any]) -> list[FieldForm]:
    kind = "message" if "message" in node else "call"
    found = [_field(name, "template", str(node[kind]))]
    if kind == "message":
        channels = node.get("channel", [])
        told = channels if isinstance(channels, list) else [channels]
        found.append(_field(name, "channel", ", ".join(map(str, told))))
    found.append(_field(name, "value", str(node.get("value", ""))))
    found.append(_field(name, "late_after", str(node.get("late_after", "2 days"))))
    return found


def _field(node: str, name: str, value: str) -> FieldForm:
    return FieldForm(f"{node}.{name}", LABELS[name], value)


def _time(told: Any) -> str:
    if not isinstance(told, dict):
        return str(told)
    if "until" not in told:
        return " ".join(f"{n} {unit}" for unit, n in told.items())
    days = told["until"] if isinstance(told["until"], list) else [told["until"]]
    return f"{', '.join(map(str, days))} {told.get('at', '')}"


def _put(node: dict[str, Any], field: str, value: str) -> None:
    if field == "wait":
        node["wait"] = _until(value)
    elif field == "template":
        node["message" if "message" in node else "call"] = value
    elif field == "channel":
        node["channel"] = [each.strip() for each in value.split(",") if each.strip()]
    elif field.startswith("share:"):
        _put_share(node, field.removeprefix("share:"), value)
    elif field in ("value", "amount"):
        if value:
            node[field] = _number(value)
        else:
            node.pop(field, None)
    elif field in ("at_most", "late_after"):
        node[field] = value
    else:
        raise BadInput(f"a form changes no {field!r} of a node")


def _put_share(node: dict[str, Any], arm: str, value: str) -> None:
    arms = node.get("split")
    if not isinstance(arms, dict) or not isinstance(arms.get(arm), dict):
        raise BadInput(f"there is no arm {arm!r}")
    arms[arm]["share"] = _number(value)


def _until(value: str) -> Any:
    days, _, at = value.rpartition(" ")
    if ":" not in at:
        return value
    return {"until": [each.strip() for each in days.split(",") if each.strip()], "at": at}


def _number(value: str) -> Any:
    try:
        return int(value)
    except ValueError:
        pass
    try:
        return float(value)
    except ValueError:
        return value
