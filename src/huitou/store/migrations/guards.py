"""Triggers that keep a rule whoever writes, in both databases' words; used by migrations only."""

from __future__ import annotations

from dataclasses import dataclass

from alembic import op
from sqlalchemy import Connection, inspect

VIOLATION = "integrity_constraint_violation"


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
    at_once: bool = False
    """An INSERT whose rows are looked at together afterwards, where a database can do so."""

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

    def repost(self) -> None:
        """Set the guard up anew where a form of it stands."""
        on_table = "" if op.get_bind().dialect.name == "sqlite" else f" ON {self.table}"
        op.execute(f"DROP TRIGGER {self.name}{on_table}")
        if on_table:
            op.execute(f"DROP FUNCTION {self.name}()")
        self.post()

    def _on_sqlite(self) -> list[str]:
        # Afterwards what would be new stands in the row: it need not be made up beforehand.
        moment = "AFTER" if self.at_once else "BEFORE"
        return [
            f"CREATE TRIGGER {self.name} {moment} {self.event} ON {self.table} WHEN {self.when}"
            f" BEGIN SELECT RAISE(ABORT, '{self.sentence}'); END"
        ]

    def _on_postgresql(self) -> list[str]:
        refuse = f"RAISE EXCEPTION '{self.sentence}' USING ERRCODE = '{VIOLATION}';"
        made = f"CREATE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        calls = f"EXECUTE FUNCTION {self.name}()"
        if self.at_once:
            found = f"SELECT 1 FROM fresh WHERE {self.when.replace('NEW.', 'fresh.')}"
            return [
                f"{made} IF EXISTS ({found}) THEN {refuse} END IF; RETURN NULL; END $$",
                f"CREATE TRIGGER {self.name} AFTER INSERT ON {self.table}"
                f" REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT {calls}",
            ]
        begun = f"CREATE TRIGGER {self.name} BEFORE {self.event} ON {self.table} FOR EACH ROW"
        if "SELECT" not in self.when:
            # Asked before the function is called, which costs ten times as much as the question.
            return [f"{made} {refuse} END $$", f"{begun} WHEN ({self.when}) {calls}"]
        back = "OLD" if self.event == "DELETE" else "NEW"
        return [
            f"{made} IF {self.when} THEN {refuse} END IF; RETURN {back}; END $$",
            f"{begun} {calls}",
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


def excuse(table: str, columns: tuple[str, ...]) -> None:
    """Let these columns of a table change while somebody is being forgotten, and no others.

    The guards of its UPDATEs that stand are set up anew, each with this one exception.
    """
    bind = op.get_bind()
    kept = [each["name"] for each in inspect(bind).get_columns(table)]
    if unknown := set(columns) - set(kept):
        raise RuntimeError(f"{table} has no {', '.join(sorted(unknown))}")
    same = " AND ".join(_unchanged(name) for name in kept if name not in columns) or "1 = 1"
    let = f"EXISTS (SELECT 1 FROM forgetting WHERE open) AND {same}"
    change = _excused_on_sqlite if bind.dialect.name == "sqlite" else _excused_on_postgresql
    change(bind, table, let)


def _unchanged(name: str) -> str:
    # Of two nulls neither equals the other, in both databases.
    new, old = f'NEW."{name}"', f'OLD."{name}"'
    return f"coalesce({new} = {old}, {new} IS NULL AND {old} IS NULL)"


def _excused_on_sqlite(bind: Connection, table: str, let: str) -> None:
    standing = bind.exec_driver_sql(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?"
        " AND sql LIKE '% BEFORE UPDATE ON %'",
        (table,),
    ).all()
    for name, sql in standing:
        head, rest = sql.split(" WHEN ", 1)
        when, tail = rest.rsplit(" BEGIN SELECT RAISE(", 1)
        bind.exec_driver_sql(f"DROP TRIGGER {name}")
        bind.exec_driver_sql(f"{head} WHEN ({when}) AND NOT ({let}) BEGIN SELECT RAISE({tail}")


def _excused_on_postgresql(bind: Connection, table: str, let: str) -> None:
    standing = bind.exec_driver_sql(
        "SELECT p.proname, p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
        " WHERE t.tgrelid = to_regclass(%s) AND NOT t.tgisinternal"
        " AND pg_get_triggerdef(t.oid) LIKE '%% BEFORE UPDATE ON %%'",
        (f'"{table}"',),
    ).all()
    for name, body in standing:
        # Before anything else the function says: a trigger's own WHEN may not ask another table.
        head, rest = body.split("BEGIN", 1)
        bind.exec_driver_sql(
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$"
            f"{head}BEGIN IF {let} THEN RETURN NEW; END IF;{rest}$$"
        )
