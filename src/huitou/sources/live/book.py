"""Who may tell us by themselves: connections are made and ended here. They are never deleted, for
what they told names them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select, update

from huitou.ground.errors import HuitouError, Refused
from huitou.ground.ids import new_id, new_secret
from huitou.sources.live.contract import KINDS, Connection
from huitou.sources.live.tables import connection
from huitou.store.books import Row, Unit

_ENV = re.compile(r"[A-Z_][A-Z0-9_]{0,79}")


def make(
    unit: Unit,
    kind: str,
    name: str,
    *,
    source: str | None,
    secret_env: str | None,
    by: str,
    now: datetime,
) -> tuple[Connection, str | None]:
    """A new connection, and its write key where it has one; the key is told this once."""
    if kind not in KINDS:
        raise Refused(f"nothing of the kind {kind!r} can be connected", to_try=", ".join(KINDS))
    told = " ".join(name.split())
    if not 0 < len(told) <= 80 or not 0 < len(source or told) <= 80:
        raise Refused("a connection has a name of at most 80 letters")
    made = Connection(new_id(), kind, told, source or told, secret_env, now)
    if made.is_key == (secret_env is not None):
        raise Refused(_SECRETS[made.is_key], to_try=_TRY[made.is_key])
    if secret_env is not None and not _ENV.fullmatch(secret_env):
        raise Refused(
            "the secret itself is not kept: name the environment variable that holds it",
            to_try="--secret-env HUITOU_SHOPIFY_SECRET",
        )
    key = f"hw_{new_secret()}" if made.is_key else None
    row = {name: getattr(made, name) for name in ("id", "kind", "name", "source", "secret_env")}
    row |= {"made_at": now, "made_by": by, "key_hash": hash_of(key) if key else None}
    if not unit.add_new(connection, row):
        raise Refused(f"there is a connection called {told!r} already", to_try="another name")
    return made, key


_SECRETS = {
    True: "a write key is made here: it has no secret of its own",
    False: "a shop that signs has a secret, in an environment variable",
}
_TRY = {True: "the same without --secret-env", False: "--secret-env HUITOU_SHOPIFY_SECRET"}


def end(unit: Unit, name: str, now: datetime) -> Connection:
    """End a connection by its id or name; what it sends from now on is refused."""
    found = next((each for each in every(unit) if name in (each.id, each.name)), None)
    if found is None:
        raise HuitouError(f"there is no connection {name!r}", to_try="huitou connect list")
    change = update(connection).where(connection.c.id == found.id, connection.c.ended_at.is_(None))
    unit.change(change.values(ended_at=now))
    return found


def every(unit: Unit) -> list[Connection]:
    """All connections, the latest first, those that were ended among them."""
    query = select(connection).order_by(connection.c.made_at.desc(), connection.c.id)
    return [_read(row) for row in unit.rows(query)]


def open_ones(unit: Unit) -> tuple[Mapping[str, Connection], Mapping[str, Connection]]:
    """(by the hash of their key, by their id) of those that may tell us."""
    rows = unit.rows(select(connection).where(connection.c.ended_at.is_(None)))
    keyed = {row["key_hash"]: _read(row) for row in rows if row["key_hash"]}
    return keyed, {row["id"]: _read(row) for row in rows}


def hash_of(key: str) -> str:
    """What is kept of a write key."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def _read(row: Row) -> Connection:
    return Connection(
        row["id"], row["kind"], row["name"], row["source"], row["secret_env"], row["made_at"],
        row["ended_at"],
    )  # fmt: skip
