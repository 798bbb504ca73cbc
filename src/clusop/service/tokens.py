"""Tokens: ``clusop_<scope>_<handle>_<secret>``. Found by the handle, proven by the secret, of which only the hash is kept."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from clusop.reasons import Reason
from clusop.service.actor import CLUSOP
from clusop.service.audit_line import AuditLine, write_audit
from clusop.service.ingest.batch import ALL_WORKSPACES
from clusop.service.store.facts import claim
from clusop.service.store.tables.access import tokens
from clusop.service.told_text import MAX_NAME_CHARS, cleaned

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection, Row

    from clusop.service.actor import Actor

__all__ = [
    "ADMIN",
    "INGEST",
    "READ",
    "SCOPES",
    "Token",
    "create_token",
    "end_token",
    "first_tokens",
    "is_among",
    "is_meant_as_token",
    "is_name_taken",
    "list_tokens",
    "note_use",
    "revoke_token",
    "secret_hashes",
    "token_of",
]

INGEST, READ, ADMIN = SCOPES = ("ingest", "read", "admin")
_PREFIX = "clusop_"
_FORM = re.compile(_PREFIX + r"[a-z]{1,16}_([0-9a-f]{16})_([A-Za-z0-9_-]{43})", re.ASCII)
_SECRET_BYTES = 32
_HANDLE_BYTES = 8
_FIRST_START = "first-start"
_MADE_FIRST = "made at the first start"
# Compared with where no token has the handle: a wrong handle takes as long as a wrong secret.
_NO_HASH = hashlib.sha256(b"no token").digest()


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it is kept. ``scopes`` are what was given; :meth:`may` knows what they include."""

    id: int
    name: str
    handle: str
    scopes: frozenset[str]
    workspace: str
    created_at_ms: int
    expires_at_ms: int | None
    revoked_at_ms: int | None
    used_at_ms: int | None

    def may(self, scope: str) -> bool:
        """Whether it has the scope; an admin may read."""
        return scope in self.scopes or (scope == READ and ADMIN in self.scopes)

    def refusal(self, now_ms: int) -> Reason | None:
        """Why it is good for nothing now."""
        over = self.revoked_at_ms is not None or (self.expires_at_ms is not None and self.expires_at_ms <= now_ms)
        return Reason("token-expired") if over else None


def create_token(connection: Connection, name: str, scope: str, now_ms: int, workspace: str = ALL_WORKSPACES) -> str:
    """Make a token; the whole of it, which is told this once. It has no end until :func:`end_token` sets one."""
    handle, secret = secrets.token_hex(_HANDLE_BYTES), secrets.token_urlsafe(_SECRET_BYTES)
    connection.execute(
        tokens.insert().values(
            name=name,
            handle=handle,
            secret_hash=_hash(secret),
            scopes=json.dumps([scope]),
            workspace=workspace,
            created_at_ms=now_ms,
        )
    )
    return f"clusop_{scope}_{handle}_{secret}"


def end_token(connection: Connection, told: str, expires_at_ms: int) -> None:
    """Let the token ``told`` end at a time."""
    form = _FORM.fullmatch(told)
    handle = form[1] if form else ""
    connection.execute(tokens.update().where(tokens.c.handle == handle).values(expires_at_ms=expires_at_ms))


def first_tokens(connection: Connection, now_ms: int, actor: Actor = CLUSOP) -> tuple[str, str] | None:
    """An ingest and an admin token, made once in the life of a database, by one replica; ``actor`` started it."""
    if not claim(connection, _FIRST_START):
        return None
    ingest, admin = (create_token(connection, _first(scope), scope, now_ms) for scope in (INGEST, ADMIN))
    lines = [
        AuditLine("token-created", f"token:{made.split('_')[2]}", _MADE_FIRST, {"name": _first(scope), "scope": scope})
        for scope, made in ((INGEST, ingest), (ADMIN, admin))
    ]
    write_audit(connection, actor, lines, now_ms)
    return ingest, admin


def _first(scope: str) -> str:
    return f"first {scope} token"


def token_of(connection: Connection, told: str) -> Token | None:
    """The token that ``told`` proves, expired or not; ``None`` where it is none."""
    form = _FORM.fullmatch(told)
    handle, secret = (form[1], form[2]) if form else ("", "")
    row = connection.execute(select(tokens).where(tokens.c.handle == handle)).first() if handle else None
    is_right = hmac.compare_digest(_hash(secret), row.secret_hash if row is not None else _NO_HASH)
    return _token(row) if row is not None and is_right else None


def secret_hashes(connection: Connection) -> Mapping[str, bytes]:
    """Of all tokens, by handle."""
    rows = connection.execute(select(tokens.c.handle, tokens.c.secret_hash))
    return {row.handle: row.secret_hash for row in rows}


def is_among(told: str, hashes: Mapping[str, bytes]) -> bool:
    """Whether ``told`` proves one of the tokens with these :func:`secret_hashes`."""
    form = _FORM.fullmatch(told)
    handle, secret = (form[1], form[2]) if form else ("", "")
    is_right = hmac.compare_digest(_hash(secret), hashes.get(handle, _NO_HASH))
    return handle in hashes and is_right


def is_meant_as_token(told: str) -> bool:
    """Whether ``told`` begins as our tokens do, good or not. Others' bearer tokens and passwords do not."""
    return told.startswith(_PREFIX)


def list_tokens(connection: Connection) -> list[Token]:
    """All tokens, oldest first."""
    return [_token(row) for row in connection.execute(select(tokens).order_by(tokens.c.id))]


def is_name_taken(connection: Connection, name: str, now_ms: int) -> bool:
    """Whether a token in force is called so in the audit, which knows tokens by name."""
    wanted = _in_audit(name)
    return any(_in_audit(one.name) == wanted and one.refusal(now_ms) is None for one in list_tokens(connection))


def revoke_token(connection: Connection, handle: str, now_ms: int) -> bool:
    """End a token; whether there was one to end."""
    done = connection.execute(
        tokens.update().where(tokens.c.handle == handle, tokens.c.revoked_at_ms.is_(None)).values(revoked_at_ms=now_ms)
    )
    return done.rowcount > 0


def note_use(connection: Connection, handle: str, now_ms: int) -> None:
    """Keep when a token was last used."""
    connection.execute(tokens.update().where(tokens.c.handle == handle).values(used_at_ms=now_ms))


def _in_audit(name: str) -> str:
    return cleaned(name)[:MAX_NAME_CHARS]


def _hash(secret: str) -> bytes:
    # 256 random bits need no slow hash: there is nothing to guess.
    return hashlib.sha256(secret.encode()).digest()


def _token(row: Row[Any]) -> Token:
    return Token(
        row.id,
        row.name,
        row.handle,
        frozenset(json.loads(row.scopes)),
        row.workspace,
        row.created_at_ms,
        row.expires_at_ms,
        row.revoked_at_ms,
        row.used_at_ms,
    )
