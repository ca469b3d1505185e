"""The HTTP API: who may do what, what is answered, how errors are said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.unit.api.conftest import Client
from tests.unit.console.fake_shop import FakeShop

from huitou.doors.api.doing import _own_name
from huitou.doors.api.shapes import shape
from huitou.doors.book import Staff
from huitou.ground.errors import BadInput, Busy, HuitouError, NotYet, Refused
from huitou.runs import forecast, views

READS = (
    "answers", "people", "metrics", "metrics/customers", "metrics/customers/people", "cohorts",
    "flows", "imports", "quarantine", "card", "proof", "proof/5f0c62a1b3d4", "plan", "plan/plan1",
    "report", "report?period=month&until=2011-12-09", "harm", "effects", "people/12349", "balance",
    "people/12349/why", "people/12349/why?on=2011-06-09", "plan/plan1/dry-run",
    "plan/plan1/replay",
)  # fmt: skip


@pytest.fixture
def somebody(shop: FakeShop) -> str:
    return shop.rows[0].key


@pytest.mark.parametrize("path", READS)
def test_a_reader_reads_everything(client: Client, path: str) -> None:
    assert client("read").get(f"/{path}").status_code == 200


def test_a_person_is_found_by_their_number(client: Client, somebody: str) -> None:
    assert client("read").get(f"/people/{somebody}").json()["row"]["key"] == somebody


@pytest.mark.parametrize("path", READS)
def test_without_a_token_nothing_is_told(client: Client, path: str) -> None:
    answer = client().get(f"/{path}")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.json()["error"]["to_try"].startswith("huitou token new")


def test_a_revoked_token_opens_nothing(client: Client, staff: Staff, shop: FakeShop) -> None:
    reader = client("read")
    assert reader.get("/answers").status_code == 200
    for token in staff.tokens():
        staff.revoke(token.id, shop.clock.now())
    assert reader.get("/answers").status_code == 401


@pytest.mark.parametrize("path", ["plan/draft", "plan/plan1/approve", "plan/plan1/apply", "run"])
def test_who_reads_may_not_change(client: Client, path: str) -> None:
    answer = client("read").post(f"/{path}", json={})
    assert answer.status_code == 403
    assert answer.json()["error"]["kind"] == "Refused"


def test_who_changes_may_not_read(client: Client) -> None:
    assert client("plan").get("/answers").status_code == 403


def test_a_plan_is_drafted_approved_and_applied(client: Client, shop: FakeShop) -> None:
    planner = client("plan", "read")
    drafted = planner.post("/plan/draft", json={"budget": "499.50", "staff_hours": 3})
    assert drafted.json()["status"] == "draft"
    assert (drafted.json()["budget"], drafted.json()["staff_hours"]) == (499.5, 3)
    assert shop.settings.budget == 90000
    assert planner.post("/plan/plan1/apply").status_code == 403
    assert planner.post("/plan/plan1/approve").json()["status"] == "approved"
    assert planner.post("/plan/plan1/apply").json() == {"letters": 982}
    assert planner.get("/plan").json()["status"] == "applied"


def test_the_answers_have_the_figures_and_their_intervals(client: Client) -> None:
    told = client("read").get("/answers").json()
    assert set(told["value_at_risk"]) == {"value", "low", "high", "currency", "level"}
    assert set(told["plan"]) >= {"cost", "gain", "gain_low", "gain_high", "acts", "held_out"}
    assert told["lost"]["came_back_share"] == pytest.approx(143 / 1102)


def test_pages_follow_each_other_without_gap_or_overlap(client: Client, shop: FakeShop) -> None:
    reader, seen, after = client("read"), [], None
    while after is not None or not seen:
        page = reader.get("/people", params={"limit": 200, **({"after": after} if after else {})})
        seen += [row["id"] for row in page.json()["rows"]]
        after = page.json()["after"]
    assert sorted(seen) == sorted(row.id for row in shop.rows)


def test_a_file_is_handed_in(client: Client, shop: FakeShop) -> None:
    handed = client("import").post(
        "/imports", files={"file": ("orders.csv", b"order_id\n1\n")}, data={"currency": "GBP"}
    )
    assert handed.status_code == 200
    assert handed.json()["file"] == "orders.csv"
    assert handed.json()["quarantined"] == 706


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\shop\\orders.csv", "orders.csv"),
        ("..", "upload"),
        (None, "upload"),
        ("订单.csv", "订单.csv"),
        ("a\0b.csv", "ab.csv"),
    ],
)
def test_an_uploaded_name_stays_in_its_folder(name: str | None, kept: str) -> None:
    assert _own_name(name) == kept


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotYet("too early"), 409),
        (Busy("the lake is being written"), 409),
        (Refused("no"), 403),
        (BadInput("what is this", file="a.csv", row=3, column="amount", value="1e999"), 422),
        (HuitouError("there is no such metric", to_try="one of: …"), 404),
    ],
)
def test_errors_say_what_and_what_to_try(
    client: Client, shop: FakeShop, monkeypatch: pytest.MonkeyPatch, error: HuitouError, status: int
) -> None:
    def fail() -> Any:
        raise error

    monkeypatch.setattr(shop, "answers", fail)
    answer = client("read").get("/answers")
    assert answer.status_code == status
    told = answer.json()["error"]
    assert (told["sentence"], told["to_try"]) == (error.sentence, error.to_try)
    assert told.get("row") == getattr(error, "row", None)


@pytest.mark.parametrize("query", ["limit=0", "limit=100000", "sort=name", "language=fr"])
def test_a_call_that_cannot_be_understood_is_told_so(client: Client, query: str) -> None:
    answer = client("read").get(f"/people?{query}")
    assert 400 <= answer.status_code < 500
    assert answer.json()["error"]["sentence"]


def test_a_path_that_does_not_exist_is_said_in_the_same_form(client: Client) -> None:
    answer = client("read").get("/nothing-here")
    assert answer.status_code == 404
    assert answer.json()["error"]["kind"] == "Http"


def test_openapi_names_every_route_and_loads_nothing_from_elsewhere(client: Client) -> None:
    told = client().get("/openapi.json").json()
    assert {"/answers", "/people/{who}", "/plan/{plan}/apply"} <= set(told["paths"])
    assert client().get("/docs").status_code == 404


@pytest.mark.parametrize(("path", "view"), [("people", views.Page), ("card", forecast.CardView)])
def test_what_openapi_says_is_what_is_sent(client: Client, path: str, view: type) -> None:
    assert list(mismatches(client("read").get(f"/{path}").json(), shape(view))) == []


def test_a_whole_person_has_the_shape_openapi_says(client: Client, somebody: str) -> None:
    sent = client("read").get(f"/people/{somebody}").json()
    assert list(mismatches(sent, shape(views.PersonView))) == []


KINDS = {
    "string": str, "integer": int, "number": (int, float), "boolean": bool, "null": type(None),
    "object": dict, "array": list,
}  # fmt: skip


def mismatches(value: Any, schema: dict[str, Any], place: str = "$") -> Iterator[str]:
    """Where `value` is not what `schema` says; enough of JSON Schema for our shapes."""
    if "anyOf" in schema:
        if all(list(mismatches(value, each, place)) for each in schema["anyOf"]):
            yield f"{place}: none of the alternatives fits {value!r}"
        return
    kinds = schema.get("type", list(KINDS))
    allowed = tuple(KINDS[kind] for kind in ([kinds] if isinstance(kinds, str) else kinds))
    if not isinstance(value, tuple(_flat(allowed))):
        yield f"{place}: {value!r} is not {kinds}"
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from mismatches(inner, schema.get("items", {}), f"{place}[{number}]")
    elif isinstance(value, dict) and "properties" in schema:
        if set(value) != set(schema["properties"]):
            yield f"{place}: {sorted(set(value) ^ set(schema['properties']))}"
        for name in set(value) & set(schema["properties"]):
            yield from mismatches(value[name], schema["properties"][name], f"{place}.{name}")


def _flat(kinds: tuple[Any, ...]) -> Iterator[type]:
    for kind in kinds:
        yield from kind if isinstance(kind, tuple) else (kind,)


def test_the_report_is_paper_for_programs_too(client: Client) -> None:
    answer = client("read").get("/report.pdf?period=week")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")


def test_only_who_may_plan_lifts_a_stop(client: Client, shop: FakeShop) -> None:
    assert client("read").post("/harm/p1/lift").status_code == 403
    assert client("plan").post("/harm/p1/lift").json() == {"plan": "p1", "state": "lifted"}
    assert (shop.harm.lifted_by or "").startswith("token ")
