"""The books as first released: people, ledger, cases, plans, messages, deliveries, runs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from huitou.store.columns import Amount, Instant, Json
from huitou.store.migrations.guards import Guard, append_only, never_taken_back

revision = "0001_books"
down_revision = None


UNBALANCED = (
    "(SELECT count(*) FROM entry WHERE posting_key = NEW.key) < 2"
    " OR (SELECT sum(amount) FROM entry WHERE posting_key = NEW.key) <> 0"
)
SEALED = "EXISTS (SELECT 1 FROM posting WHERE key = NEW.posting_key)"
DECIDED = " OR ".join(
    ["NOT (OLD.outcome = 'waiting' AND NEW.outcome IN ('applied', 'refused'))"]
    + [
        f"NEW.{name} <> OLD.{name}"
        for name in ("id", "plan_id", "person_id", "hold_key", "arm", "act", "depth", "worst_cost")
    ]
)
MOVED = "NEW.decision_id <> OLD.decision_id OR NEW.channel <> OLD.channel"
SETTLED_BY_NOBODY = "OLD.state = 'in_doubt' AND NEW.settled_by IS NULL"

GUARDS = [
    *append_only("posting"),
    *append_only("entry"),
    *append_only("case_answer"),
    *append_only("silence"),
    Guard("posting", "INSERT", UNBALANCED, "a posting needs two legs or more that sum to zero"),
    Guard("entry", "INSERT", SEALED, "this posting is sealed: no leg can be added"),
    never_taken_back("offer", "state", {"open": ("released", "expired", "settled")}),
    never_taken_back(
        "plan",
        "status",
        {
            "draft": ("approved", "replaced"),
            "approved": ("applying", "replaced"),
            "applying": ("applied",),
            "applied": (),
        },
        also="NEW.as_of <> OLD.as_of OR NEW.applied_as_of <> OLD.applied_as_of",
    ),
    Guard("decision", "UPDATE", DECIDED, "what was decided is not changed afterwards"),
    Guard("message", "UPDATE", "1 = 1", "what was written is not changed afterwards"),
    never_taken_back(
        "delivery",
        "state",
        {
            "planned": ("handing_over", "suppressed", "expired"),
            "handing_over": ("accepted", "refused", "in_doubt", "planned"),
            "in_doubt": ("accepted", "refused"),
        },
        also=f"{MOVED} OR {SETTLED_BY_NOBODY}",
    ),
    Guard("delivery", "DELETE", "1 = 1", "a delivery is kept for ever"),
]


def upgrade() -> None:
    _store()
    _identity()
    _loyalty()
    _care()
    _journeys()
    _channels()
    _runs()
    for guard in GUARDS:
        guard.post()


def _store() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("body", Json(), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.Column("batch", sa.String(length=26), nullable=True),
        sa.Column("drained_at", Instant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
    )
    op.create_index("ix_outbox_waiting", "outbox", ["drained_at", "id"], unique=False)


def _identity() -> None:
    op.create_table(
        "person_alias",
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("survivor", sa.String(length=64), nullable=False),
        sa.CheckConstraint("person_id <> survivor", name=op.f("ck_person_alias_another")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_person_alias")),
    )
    op.create_index("ix_person_alias_survivor", "person_alias", ["survivor"], unique=False)
    op.create_table(
        "person_split",
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("came_from", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "came_from", name=op.f("pk_person_split")),
    )


def _loyalty() -> None:
    _exposure()
    _posting()
    _entry()
    _offer()


def _exposure() -> None:
    op.create_table(
        "exposure",
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("amount", Amount(), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_exposure_not_negative")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_exposure")),
    )


def _posting() -> None:
    op.create_table(
        "posting",
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('promise', 'release', 'expire', 'settle')", name=op.f("ck_posting_kind")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_posting")),
    )


def _entry() -> None:
    op.create_table(
        "entry",
        sa.Column("posting_key", sa.String(length=120), nullable=False),
        sa.Column("leg", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("account", sa.String(length=20), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=True),
        sa.Column("amount", Amount(), nullable=False),
        sa.CheckConstraint(
            "(account = 'owed') = (person_id IS NOT NULL)", name=op.f("ck_entry_person")
        ),
        sa.CheckConstraint(
            "account IN ('owed', 'offered', 'given')", name=op.f("ck_entry_account")
        ),
        sa.CheckConstraint(
            "amount <> 0 AND abs(amount) <= 1000000000000000", name=op.f("ck_entry_amount")
        ),
        sa.ForeignKeyConstraint(
            ["posting_key"],
            ["posting.key"],
            name=op.f("fk_entry_posting_key"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("posting_key", "leg", name=op.f("pk_entry")),
    )
    op.create_index("ix_entry_person", "entry", ["person_id"], unique=False)


def _offer() -> None:
    op.create_table(
        "offer",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("amount", Amount(), nullable=False),
        sa.Column("depth", sa.Float(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("made_at", Instant(timezone=True), nullable=False),
        sa.Column("ends_at", Instant(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("given", Amount(), nullable=True),
        sa.Column("order_id", sa.String(length=200), nullable=True),
        sa.Column("closed_at", Instant(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'released', 'expired', 'settled')", name=op.f("ck_offer_state")
        ),
        sa.CheckConstraint(
            "amount > 0 AND (given IS NULL OR given BETWEEN 0 AND amount)",
            name=op.f("ck_offer_amount"),
        ),
        sa.CheckConstraint("depth > 0 AND depth < 1", name=op.f("ck_offer_depth")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer")),
        sa.UniqueConstraint("code", name=op.f("uq_offer_code")),
    )
    op.create_index("ix_offer_open", "offer", ["state", "ends_at"], unique=False)
    op.create_index("ix_offer_person", "offer", ["person_id"], unique=False)


def _care() -> None:
    _lost_case()
    _case_answer()
    _silence()


def _lost_case() -> None:
    op.create_table(
        "lost_case",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("opened_at", Instant(timezone=True), nullable=False),
        sa.Column("worth", Amount(), nullable=False),
        sa.Column("suspects", Json(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("owner", sa.String(length=120), nullable=True),
        sa.Column("closed_at", Instant(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('open', 'answered', 'returned', 'closed')", name=op.f("ck_lost_case_status")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lost_case")),
    )
    op.create_index("ix_lost_case_worth", "lost_case", ["status", "worth"], unique=False)
    op.create_index(
        "uq_lost_case_open",
        "lost_case",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("status = 'open'"),
        postgresql_where=sa.text("status = 'open'"),
    )


def _case_answer() -> None:
    op.create_table(
        "case_answer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.String(length=64), nullable=False),
        sa.Column("why", sa.String(length=40), nullable=False),
        sa.Column("where_to", sa.String(length=200), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["lost_case.id"], name=op.f("fk_case_answer_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_answer")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_case_answer_fingerprint")),
    )
    op.create_index("ix_case_answer_case_id", "case_answer", ["case_id"], unique=False)


def _silence() -> None:
    op.create_table(
        "silence",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.CheckConstraint(
            "channel IN ('any', 'paper', 'email', 'call')", name=op.f("ck_silence_channel")
        ),
        sa.CheckConstraint("state IN ('silent', 'spoken_to')", name=op.f("ck_silence_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_silence")),
    )
    op.create_index("ix_silence_person", "silence", ["person_id", "at"], unique=False)


def _journeys() -> None:
    _plan()
    _decision()
    _message()


def _plan() -> None:
    op.create_table(
        "plan",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("totals", Json(), nullable=False),
        sa.Column("drafted_at", Instant(timezone=True), nullable=False),
        sa.Column("approved_by", sa.String(length=120), nullable=True),
        sa.Column("approved_at", Instant(timezone=True), nullable=True),
        sa.Column("applied_at", Instant(timezone=True), nullable=True),
        sa.Column("applied_as_of", sa.Date(), nullable=True),
        sa.Column("posted_by", sa.String(length=120), nullable=True),
        sa.Column("posted_at", Instant(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('draft', 'approved', 'applying', 'applied', 'replaced')",
            name=op.f("ck_plan_status"),
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'replaced')"
            " OR (approved_by IS NOT NULL AND approved_at IS NOT NULL)",
            name=op.f("ck_plan_approved"),
        ),
        sa.CheckConstraint(
            "status <> 'applied' OR (applied_at IS NOT NULL AND applied_as_of IS NOT NULL)",
            name=op.f("ck_plan_applied"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
    )
    op.create_index("ix_plan_drafted", "plan", ["drafted_at"], unique=False)


def _decision() -> None:
    op.create_table(
        "decision",
        sa.Column("plan_id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("hold_key", sa.String(length=200), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("arm", sa.String(length=10), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("depth", sa.Float(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("intended", sa.String(length=20), nullable=False),
        sa.Column("intended_depth", sa.Float(), nullable=False),
        sa.Column("intended_gain", Amount(), nullable=False),
        sa.Column("intended_cost", Amount(), nullable=False),
        sa.Column("p_buy", sa.Float(), nullable=False),
        sa.Column("delta", sa.Float(), nullable=False),
        sa.Column("p_taken", sa.Float(), nullable=False),
        sa.Column("worth", Amount(), nullable=False),
        sa.Column("gain", Amount(), nullable=False),
        sa.Column("gain_low", Amount(), nullable=False),
        sa.Column("gain_high", Amount(), nullable=False),
        sa.Column("cost", Amount(), nullable=False),
        sa.Column("attention", Amount(), nullable=False),
        sa.Column("worst_cost", Amount(), nullable=False),
        sa.Column("cap", Amount(), nullable=False),
        sa.Column("exposure", Amount(), nullable=False),
        sa.Column("bound", Amount(), nullable=False),
        sa.Column("value", Amount(), nullable=False),
        sa.Column("staff_minutes", sa.Float(), nullable=False),
        sa.Column("runner_up", sa.String(length=20), nullable=True),
        sa.Column("runner_up_depth", sa.Float(), nullable=True),
        sa.Column("runner_up_gain", Amount(), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("cause", sa.String(length=40), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("refused_because", sa.String(length=40), nullable=True),
        sa.CheckConstraint(
            "act = 'nothing' OR exposure + worst_cost <= bound",
            name=op.f("ck_decision_within_bound"),
        ),
        sa.CheckConstraint(
            "arm = 'treated' OR act = 'nothing'", name=op.f("ck_decision_held_out_gets_nothing")
        ),
        sa.CheckConstraint("arm IN ('treated', 'held_out')", name=op.f("ck_decision_arm")),
        sa.CheckConstraint(
            "outcome IN ('none', 'waiting', 'applied', 'refused')", name=op.f("ck_decision_outcome")
        ),
        sa.CheckConstraint("cap BETWEEN 0 AND worst_cost", name=op.f("ck_decision_cap")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_decision_plan_id")),
        sa.PrimaryKeyConstraint("plan_id", "person_id", name=op.f("pk_decision")),
        sa.UniqueConstraint("id", "arm", name="uq_decision_id_arm"),
    )
    op.create_index(
        "ix_decision_outcome", "decision", ["plan_id", "outcome", "person_id"], unique=False
    )
    op.create_index("ix_decision_person", "decision", ["person_id"], unique=False)
    op.create_index("ix_decision_gain", "decision", ["plan_id", "gain", "person_id"], unique=False)


def _message() -> None:
    op.create_table(
        "message",
        sa.Column("decision_id", sa.String(length=64), nullable=False),
        sa.Column("arm", sa.String(length=10), nullable=False),
        sa.Column("plan_id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("recipient", Json(), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=True),
        sa.Column("staff_minutes", sa.Float(), nullable=False),
        sa.Column("written_at", Instant(timezone=True), nullable=False),
        sa.Column("not_after", Instant(timezone=True), nullable=True),
        sa.CheckConstraint("arm = 'treated'", name=op.f("ck_message_never_held_out")),
        sa.CheckConstraint(
            "channel IN ('paper', 'email', 'call')", name=op.f("ck_message_channel")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id", "arm"],
            ["decision.id", "decision.arm"],
            name=op.f("fk_message_decision_id_arm"),
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_message_plan_id")),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_message")),
    )
    op.create_index("ix_message_plan", "message", ["plan_id", "channel"], unique=False)


def _channels() -> None:
    op.create_table(
        "delivery",
        sa.Column("decision_id", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("at", Instant(timezone=True), nullable=False),
        sa.Column("settled_by", sa.String(length=120), nullable=True),
        sa.CheckConstraint(
            "state IN ('planned', 'handing_over', 'accepted', 'refused', 'in_doubt',"
            " 'suppressed', 'expired')",
            name=op.f("ck_delivery_state"),
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["message.decision_id"], name=op.f("fk_delivery_decision_id")
        ),
        sa.PrimaryKeyConstraint("decision_id", "channel", name=op.f("pk_delivery")),
    )
    op.create_index(
        "ix_delivery_state", "delivery", ["channel", "state", "decision_id"], unique=False
    )


def _runs() -> None:
    _run()
    _run_step()


def _run() -> None:
    op.create_table(
        "run",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("choices", Json(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("started_at", Instant(timezone=True), nullable=False),
        sa.Column("finished_at", Instant(timezone=True), nullable=True),
        sa.CheckConstraint("status IN ('running', 'done', 'given_up')", name=op.f("ck_run_status")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
    )
    op.create_index("ix_run_started", "run", ["started_at"], unique=False)
    op.create_index(
        "uq_run_running",
        "run",
        ["fingerprint"],
        unique=True,
        sqlite_where=sa.text("status = 'running'"),
        postgresql_where=sa.text("status = 'running'"),
    )


def _run_step() -> None:
    op.create_table(
        "run_step",
        sa.Column("run_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("result", Json(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("cpu_seconds", sa.Float(), nullable=False),
        sa.Column("peak_megabytes", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("finished_at", Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_run_step_run_id")),
        sa.PrimaryKeyConstraint("run_id", "name", name=op.f("pk_run_step")),
    )
