"""Who may come in: reads and writes staff, sessions, one-time links and API tokens.

No password is ever set by us. The first user comes in by a one-time link that `huitou serve`
prints, and chooses one. Sessions live in the books, so that they can be ended at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import ColumnElement, case, func, literal, select, update

from huitou.doors.tables import ROLES, api_token, staff_link, staff_session, staff_user
from huitou.ground.errors import Refused
from huitou.ground.ids import fingerprint, new_id, new_secret
from huitou.store.books import Books, Row, Unit

IDLE = timedelta(hours=12)
"""A session that nobody used for this long has ended."""
LONGEST = timedelta(days=7)
"""No session lives longer, used or not."""
LINK_LIFE = timedelta(hours=24)
PATIENCE = 5
"""Wrong passwords in a row before a name has to wait; each further one doubles the wait."""
WAITS = tuple((more, timedelta(minutes=2**more)) for more in range(7))
"""How long after so many more; later ones wait as long as the last."""
SHORTEST_PASSWORD = 10

_hasher = PasswordHash((Argon2Hasher(),))
# Checked against when there is no such name, so that the answer takes as long either way.
_NOBODY = _hasher.hash(new_secret())


@dataclass(frozen=True)
class User:
    """One member of staff who is signed in."""

    id: str
    name: str
    role: str

    def may(self, *roles: str) -> bool:
        """Whether the user has one of these roles; an owner may do everything."""
        return self.role == "owner" or self.role in roles


@dataclass(frozen=True)
class Token:
    """An API token, without its secret."""

    id: str
    name: str
    scopes: tuple[str, ...]
    made_at: datetime
    used_at: datetime | None


class Staff:
    """The people who work here, and the keys they hold."""

    def __init__(self, books: Books) -> None:
        self.books = books

    def is_empty(self) -> bool:
        """Whether nobody has an account yet."""
        with self.books.reading() as look:
            return bool(look.value(select(func.count()).select_from(staff_user)) == 0)

    def everyone(self) -> tuple[User, ...]:
        """All members of staff that are not disabled, by name."""
        query = select(staff_user).where(staff_user.c.disabled_at.is_(None))
        with self.books.reading() as look:
            rows = look.rows(query.order_by(staff_user.c.name))
        return tuple(User(row["id"], row["name"], row["role"]) for row in rows)

    def invite(self, role: str, now: datetime) -> str:
        """A secret that lets one person choose a name and a password, once, within a day."""
        if role not in ROLES:
            raise Refused(f"there is no role {role!r}", to_try=f"one of: {', '.join(ROLES)}")
        secret = new_secret()
        row = {"hash": _hashed(secret), "role": role, "made_at": now, "ends_at": now + LINK_LIFE}
        with self.books.unit() as unit:
            unit.add(staff_link, [row])
        return secret

    def link_is_good(self, secret: str, now: datetime) -> bool:
        """Whether the link may still be used. Looking does not use it up: scanners look too."""
        query = select(staff_link.c.hash).where(*_usable(secret, now))
        with self.books.reading() as look:
            return look.first(query) is not None

    def welcome(self, secret: str, name: str, password: str, now: datetime) -> str:
        """Use up a link: make the user, and hand back the secret of a session."""
        name = name.strip()
        if not 1 <= len(name) <= 80:
            raise Refused("a name has between 1 and 80 letters")
        _check_password(password)
        # Before the password is hashed: that takes its time, and strangers could ask for it.
        if not self.link_is_good(secret, now):
            raise Refused("this link has been used, or is too old", to_try="huitou serve")
        made = {"id": new_id(), "name": name, "password_hash": _hasher.hash(password)}
        used = update(staff_link).where(*_usable(secret, now)).values(used_at=now)
        with self.books.unit() as unit:
            link = unit.first(select(staff_link).where(*_usable(secret, now)))
            if link is None or unit.change(used) != 1:
                raise Refused("this link has been used, or is too old", to_try="huitou serve")
            if unit.first(select(staff_user.c.id).where(staff_user.c.name == name)):
                raise Refused(f"somebody is already called {name!r}")
            unit.add(staff_user, [{**made, "role": link["role"], "made_at": now}])
            return _open_session(unit, str(made["id"]), now)

    def sign_in(self, name: str, password: str, now: datetime) -> str:
        """Hand back the secret of a new session; Refused for a wrong name or password."""
        with self.books.unit() as unit:
            user = unit.first(select(staff_user).where(staff_user.c.name == name.strip()))
            if user and not _may_try(unit, user["id"], now):
                raise Refused("too many wrong passwords; wait a few minutes and try again")
        right = _hasher.verify(password, user["password_hash"] if user else _NOBODY)
        if not user or not right or user["disabled_at"]:
            raise Refused("the name or the password is wrong")
        calm = update(staff_user).where(staff_user.c.id == user["id"])
        with self.books.unit() as unit:
            unit.change(calm.values(failures=0, wait_until=None))
            return _open_session(unit, user["id"], now)

    def user_of(self, session: str, now: datetime) -> User | None:
        """Who holds this session; None when it has ended."""
        kept = staff_session.join(staff_user, staff_session.c.user_id == staff_user.c.id)
        query = (
            select(staff_user.c.id, staff_user.c.name, staff_user.c.role, staff_session.c.seen_at)
            .select_from(kept)
            .where(
                staff_session.c.hash == _hashed(session),
                staff_session.c.ends_at > now,
                staff_session.c.seen_at > now - IDLE,
                staff_user.c.disabled_at.is_(None),
            )
        )
        with self.books.reading() as look:
            row = look.first(query)
        if row is None:
            return None
        if now - row["seen_at"] > timedelta(minutes=5):
            self._note_seen(session, now)
        return User(row["id"], row["name"], row["role"])

    def _note_seen(self, session: str, now: datetime) -> None:
        held = staff_session.c.hash == _hashed(session)
        with self.books.unit() as unit:
            unit.change(update(staff_session).where(held).values(seen_at=now))

    def sign_out(self, session: str) -> None:
        """End this session."""
        with self.books.unit() as unit:
            unit.change(staff_session.delete().where(staff_session.c.hash == _hashed(session)))

    def change_password(self, user: User, old: str, new: str, now: datetime) -> str:
        """Change a password, end all the user's sessions, and hand back a fresh one."""
        _check_password(new)
        with self.books.reading() as look:
            kept = look.value(select(staff_user.c.password_hash).where(staff_user.c.id == user.id))
        if not kept or not _hasher.verify(old, kept):
            raise Refused("the old password is wrong")
        fresh = _hasher.hash(new)
        with self.books.unit() as unit:
            change = update(staff_user).where(staff_user.c.id == user.id)
            unit.change(change.values(password_hash=fresh))
            unit.change(staff_session.delete().where(staff_session.c.user_id == user.id))
            return _open_session(unit, user.id, now)

    def disable(self, user_id: str, now: datetime) -> None:
        """Let somebody go: the account and all its sessions end at once."""
        with self.books.unit() as unit:
            change = update(staff_user).where(staff_user.c.id == user_id)
            unit.change(change.values(disabled_at=now))
            unit.change(staff_session.delete().where(staff_session.c.user_id == user_id))

    def issue_token(self, name: str, scopes: Sequence[str], now: datetime) -> str:
        """A new API token; its secret is shown this once."""
        secret = f"ht_{new_secret()}"
        row = {"id": new_id(), "name": name, "hash": _hashed(secret), "scopes": sorted(scopes)}
        with self.books.unit() as unit:
            unit.add(api_token, [{**row, "made_at": now}])
        return secret

    def token_of(self, secret: str, now: datetime) -> Token | None:
        """The token with this secret; None when there is none or it was revoked."""
        held = (api_token.c.hash == _hashed(secret), api_token.c.revoked_at.is_(None))
        with self.books.reading() as look:
            row = look.first(select(api_token).where(*held))
        if row is None:
            return None
        if row["used_at"] is None or now - row["used_at"] > timedelta(minutes=5):
            with self.books.unit() as unit:
                unit.change(update(api_token).where(*held).values(used_at=now))
        return _token(row)

    def tokens(self) -> tuple[Token, ...]:
        """The tokens that are in use, newest first."""
        query = select(api_token).where(api_token.c.revoked_at.is_(None))
        with self.books.reading() as look:
            return tuple(
                _token(row) for row in look.rows(query.order_by(api_token.c.made_at.desc()))
            )

    def revoke(self, token_id: str, now: datetime) -> None:
        """End a token at once."""
        with self.books.unit() as unit:
            change = update(api_token).where(api_token.c.id == token_id)
            unit.change(change.values(revoked_at=now))


def _token(row: Row) -> Token:
    return Token(row["id"], row["name"], tuple(row["scopes"]), row["made_at"], row["used_at"])


def _hashed(secret: str) -> str:
    return fingerprint("huitou secret", secret)


def _usable(secret: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    held = staff_link.c.hash == _hashed(secret)
    return (held, staff_link.c.used_at.is_(None), staff_link.c.ends_at > now)


def _may_try(unit: Unit, user_id: str, now: datetime) -> bool:
    """Count a try as a failure before it is one, unless the name has to wait.

    One statement that reads and writes: of many tries at a time no more than `PATIENCE` come
    through. A right password sets the count back.
    """
    tries, moment = staff_user.c.failures + 1, staff_user.c.wait_until.type
    waits = [(tries == PATIENCE + more, literal(now + wait, moment)) for more, wait in WAITS]
    longest = (tries > PATIENCE, literal(now + WAITS[-1][1], moment))
    free = staff_user.c.wait_until.is_(None) | (staff_user.c.wait_until <= now)
    counted = update(staff_user).where(staff_user.c.id == user_id, free)
    return unit.change(counted.values(failures=tries, wait_until=case(*waits, longest))) == 1


def _check_password(password: str) -> None:
    if not SHORTEST_PASSWORD <= len(password) <= 200:
        raise Refused(f"a password has at least {SHORTEST_PASSWORD} letters")


def _open_session(unit: Unit, user_id: str, now: datetime) -> str:
    secret = new_secret()
    row = {"hash": _hashed(secret), "user_id": user_id, "made_at": now, "seen_at": now}
    unit.add(staff_session, [{**row, "ends_at": now + LONGEST}])
    return secret
