"""`huitou case` and `huitou call`, as staff type them."""

from __future__ import annotations

from collections.abc import Callable

from tests.unit.cli.conftest import Called, PlayedShop

from huitou.care.casefiles.notes import Note

Call = Callable[..., Called]


def test_a_case_is_shown_taken_written_in_and_ended(call: Call, shop: PlayedShop) -> None:
    case = shop.cases()[0].id
    shown = call("--home", shop.home, "case", "show", case)
    assert shown.code == 0 and "£210 to £420, 90%" in shown.out
    assert "show what is fair" in shown.out and "cost £11 so far" in shown.out
    call("--home", shop.home, "case", "assign", case, "Mei")
    assert shop.casefiles.owners == {case: "Mei"} and shop.calls.drawn == 1
    line = ("case", "note", case, "a parcel", "--kind", "done", "--minutes", "3", "--cost", "1.50")
    assert call("--home", shop.home, *line, "--json").json["new"] is True
    assert shop.casefiles.written == [(case, Note("done", "a parcel", 3, 150))]
    assert call("--home", shop.home, *line[:-1], "a lot").code == 2
    call("--home", shop.home, "case", "close", case, "moved")
    assert shop.casefiles.closed == {case: "moved"}
    assert "Heard" not in call("--home", shop.home, "case", "lessons").out
    assert call("--home", shop.home, "case", "open", "M1", "--json").json == {"case": case}


def test_the_days_calls_are_listed_and_told(call: Call, shop: PlayedShop) -> None:
    listed = call("--home", shop.home, "call", "list").out
    assert "+441632960000" in listed and "complaint C7KQ-4M2X comes first" in listed
    assert "3 wait for another day" in listed
    codes = call("--home", shop.home, "call", "outcome", "k0").out
    assert "not_reached" in codes and "Wrong number" in codes
    told = call("--home", shop.home, "call", "outcome", "k0", "will_come", "--promise", "0.1")
    assert "the code to read out: ABCDEFGHJK" in told.out
    late = ("call", "outcome", "k1", "call_back", "--on", "2011-12-20", "--json")
    assert call("--home", shop.home, *late).json["next_day"] == "2011-12-20"
    assert call("--home", shop.home, "call", "outcome", "k1", "magic").code == 2
    assert call("--home", shop.home, "call", "draw", "--json").json["listed"] == 0
    assert call("--home", shop.home, "call", "ask", "M1", "--json").json == {"call": "k0"}
