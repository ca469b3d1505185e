"""Triggers that keep a rule whoever writes, in both databases' words; used by migrations only."""

from __future__ import annotations

from dataclasses import dataclass

from alembic import op


@dataclass(frozen=True)
class Guard:
    """Refuse an INSERT, UPDATE or DELETE of a row of `table` for which `when` is true.

    `when` is SQL over NEW and OLD that both databases understand; `sentence` is the error's text.
    """

    table: str
    event: str
    when: str
    sentence: str
    also: str = ""
    """Sets a second guard of one event of one table apart from the first."""

    @property
    def name(self) -> str:
        """Of trigger and function."""
        return f"guard_{self.table}_{self.event.lower()}{self.also}"

    def post(self) -> None:
        """Set the guard up in the database being migrated."""
        for statement in self.statements(op.get_bind().dialect.name):
            op.execute(statement)

    def statements(self, dialect: str) -> list[str]:
        """The SQL, per dialect."""
        return self._on_sqlite() if dialect == "sqlite" else self._on_postgresql()

    def _on_sqlite(self) -> list[str]:
        return [
            f"CREATE TRIGGER {self.name} BEFORE {self.event} ON {self.table} WHEN {self.when}"
            f" BEGIN SELECT RAISE(ABORT, '{self.sentence}'); END"
        ]

    def _on_postgresql(self) -> list[str]:
        back = "OLD" if self.event == "DELETE" else "NEW"
        return [
            f"CREATE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF {self.when} THEN RAISE EXCEPTION '{self.sentence}'"
            f" USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {back}; END $$",
            f"CREATE TRIGGER {self.name} BEFORE {self.event} ON {self.table}"
            f" FOR EACH ROW EXECUTE FUNCTION {self.name}()",
        ]


def append_only(table: str) -> list[Guard]:
    """Rows are added, never changed or taken away: a correction is another row."""
    sentence = f"{table} is append-only: write a correction beside it"
    return [Guard(table, event, "1 = 1", sentence) for event in ("UPDATE", "DELETE")]


def never_taken_back(
    table: str, column: str, steps: dict[str, tuple[str, ...]], *, also: str = "1 = 0"
) -> Guard:
    """`column` moves only along `steps`: from each state to those named, or stays as it is.

    A state that is no key of `steps` is final: its row is not changed at all. `also` is one more
    condition that refuses, because a table has one guard for each event.
    """
    ways = " OR ".join(
        f"(OLD.{column} = '{start}' AND NEW.{column} IN ({_list((*ends, start))}))"
        for start, ends in steps.items()
    )
    refused = f"NOT ({ways}) OR {also}"
    return Guard(table, "UPDATE", refused, f"{table} cannot go from that {column} to this")


def _list(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)
