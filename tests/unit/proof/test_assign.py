"""Who is compared with whom, where there are two lots."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from huitou.proof.assign import campaign, programme, universally

PEOPLE = st.lists(
    st.tuples(
        st.sampled_from([("treated", None), ("held_out", "universal"), ("held_out", "programme"),
                         ("held_out", None)]),
        st.sampled_from(["nothing", "thank", "offer"]),
    ),
    min_size=1, max_size=40,
)  # fmt: skip


def table(people: list[tuple[tuple[str, str | None], str]]) -> pa.Table:
    rows = [
        {"person_id": f"p{n}", "arm": arm, "held_by": by, "intended": intended}
        for n, ((arm, by), intended) in enumerate(people)
    ]
    schema = pa.schema(
        [(name, pa.string()) for name in ("person_id", "arm", "held_by", "intended")]
    )
    return pa.Table.from_pylist(rows, schema=schema)


@given(PEOPLE)
def test_a_campaign_is_read_against_either_lot_and_the_programme_against_the_universal_one(
    people: list[tuple[tuple[str, str | None], str]],
) -> None:
    receipts = table(people)
    ours = {row["person_id"]: row["arm"] for row in campaign(receipts).to_pylist()}
    whole = {row["person_id"]: row["arm"] for row in programme(receipts).to_pylist()}
    for row in receipts.to_pylist():
        person, by = row["person_id"], row["held_by"]
        assert (person in ours) == (row["intended"] != "nothing")
        assert ours.get(person, row["arm"]) == row["arm"]
        out = row["arm"] == "held_out" and by != "programme"
        assert whole[person] == ("held_out" if out else "treated"), "intention to treat"
    assert len(whole) == receipts.num_rows


def test_plans_from_before_knew_one_lot() -> None:
    old = table([(("held_out", None), "thank"), (("treated", None), "thank")])
    assert universally(old).to_pylist() == [True, False]
    assert universally(old.drop_columns(["held_by"])).to_pylist() == [True, False]
    assert programme(old)["arm"].to_pylist() == ["held_out", "treated"]
