"""Any table of bounces, by its headers: an address beside a type, a reason, a code or a date.

It also reads the lists that Zoho CRM exports (the help page's causes, in English or Japanese) and
what `bounces read` itself printed.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from ..headers import normalise, role_of
from ..model.bounce import Event, Kind, Type
from .causes import name_cause
from .entry import Class, Row, Words, make_event, moment_of
from .titles import cause_called, is_blocked, kind_called, type_called

SOURCE = "table"

_TELLING = ("kind", "type", "cause", "code", "diagnostic")
_YES = {"true", "yes", "y", "1", "はい", "あり", "○", "◯"}
_NO = {"false", "no", "n", "0", "いいえ", "なし", "無し", "×", "-", "none", "n/a", "null"}
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_REPLY = re.compile(r"[245]\d\d")


@dataclass(frozen=True)
class Columns:
    """The columns of a table: role -> header, normalised. strong: one of them is of bounces alone.

    rest: headers that play no role here.
    """

    roles: Mapping[str, str]
    strong: bool
    rest: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    """Headers of further columns with words of a server."""

    @property
    def is_table(self) -> bool:
        """Tell whether there is an address, and something said of it."""
        return "address" in self.roles and any(one in self.roles for one in _TELLING)

    @property
    def is_plain_list(self) -> bool:
        """Tell whether there are addresses, perhaps a date, and nothing else at all."""
        return "address" in self.roles and not self.rest and not self.is_table


@dataclass
class _Told:
    """What the cells of one row say."""

    kind: Kind | None = None
    type: Type | None = None
    cause: str = ""
    status: str = ""
    reply: str = ""
    words: str = ""
    blocked: bool = False


@cache
def _aliases() -> dict[str, tuple[str, bool]]:
    """Return header (normalised) -> role, and whether it is of bounces alone."""
    text = files("listhygiene.data").joinpath("bounce_columns.toml").read_text("utf-8")
    found: dict[str, tuple[str, bool]] = {}
    for strength, roles in tomllib.loads(text).items():
        for role, names in roles.items():
            for name in names:
                found.setdefault(normalise(name), (role, strength == "strong"))
    return found


def columns_of(names: Iterable[str]) -> Columns:
    """Find the roles of columns by their headers, normalised; the first of a role counts."""
    roles: dict[str, str] = {}
    strong, rest = False, []
    ordered = list(names)
    for wanted in (True, False):
        for name in ordered:
            role, sure = _aliases().get(name, ("", False))
            if role and sure is wanted and role not in roles and name not in roles.values():
                roles[role] = name
                strong = strong or (sure and role in _TELLING)
    mails = [name for name in ordered if role_of(name)[0] == "email"]
    if mails and not _aliases().get(roles.get("address", ""), ("", False))[1]:
        roles["address"] = mails[0]
    rest = [name for name in ordered if name and name not in roles.values()]
    more = [name for name in rest if _aliases().get(name, ("", False))[0] == "diagnostic"]
    return Columns(roles, strong, tuple(rest), tuple(more))


def plain_event(row: Row, columns: Columns) -> Event:
    """Read a row of a plain list of addresses: that they bounced for good is all it says."""
    at = _cell(row, columns, "at")
    told = Class("plain list", cause="P9", soft=False)
    return make_event(
        SOURCE, _cell(row, columns, "address"), Kind.BOUNCE, told,
        at=moment_of(at), key=("plain", at), final=True,
    )  # fmt: skip


def row_events(row: Row, columns: Columns) -> Iterator[Event]:
    """Read one row; nothing where it says nothing of a bounce.

    Of a table without a column of bounces alone only plain words count ("bounced", "hard"): its
    reasons and codes may be of anything.
    """
    told = _told(row, columns)
    kind = _kind(told, columns.strong)
    address = _cell(row, columns, "address")
    if kind is None or not (address or any(row.values())):
        return
    at = _cell(row, columns, "at")
    label = " ".join(one for one in (str(told.type or ""), told.cause) if one)
    soft = None if told.type is None else told.type is Type.TEMPORARY
    yield make_event(
        SOURCE,
        address,
        kind,
        Class(label or kind.value, cause=told.cause, hint=_category(row, columns), soft=soft),
        Words(told.words, told.status, told.reply, _cell(row, columns, "host")),
        at=moment_of(at),
        key=(kind.value, told.cause, told.status, told.reply, told.words, at),
        campaign=_cell(row, columns, "campaign"),
        message_id=_cell(row, columns, "message_id"),
        final=told.blocked,
    )


def _category(row: Row, columns: Columns) -> str:
    """Return the cause of a category of the recipient's that stands as the kind or type
    ("invalid_email"), or ''.
    """
    for role in ("kind", "type"):
        named = name_cause(_cell(row, columns, role)[:60])
        if named.rule.startswith("category") and named.code in ("P2", "P3", "T1", "T4"):
            return named.code
    return ""


def _cell(row: Row, columns: Columns, role: str) -> str:
    return row.get(columns.roles.get(role, ""), "")


def _told(row: Row, columns: Columns) -> _Told:
    told = _Told()
    words: list[str] = []
    for role in _TELLING:
        text = _cell(row, columns, role).strip()
        if not text or text.lower() in _NO:
            continue
        if role == "kind" and text.lower() in _YES and _is_strong(columns.roles[role]):
            told.kind = told.kind or Kind.BOUNCE
        elif not _take(told, text, role):
            words.append(text)
    words += [text for name in columns.more if (text := row.get(name, "").strip())]
    named = cause_called(_cell(row, columns, "cause"), told.type)
    told.cause = named or told.cause
    told.words = "\n".join(words)
    return told


def _is_strong(header: str) -> bool:
    """Tell whether a header is of bounces alone ("bounced"), so that a mere yes means one."""
    return _aliases().get(header, ("", False))[1]


def _take(told: _Told, text: str, role: str) -> bool:
    """Understand a cell that is one word or code; tell whether it was understood."""
    if _STATUS.fullmatch(text):
        told.status = told.status or text
        return True
    if _REPLY.fullmatch(text) and role in ("code", "diagnostic"):
        told.reply = told.reply or text
        return True
    if role == "type" or role == "kind":
        told.blocked = told.blocked or is_blocked(text)
    kind = kind_called(text) if role != "diagnostic" else None
    if kind is not None and (role in ("kind", "type") or type_called(text)):
        told.kind = told.kind or kind
        told.type = told.type or type_called(text)
        return True
    if role in ("cause", "code", "diagnostic", "type") and (cause := cause_called(text, told.type)):
        told.cause = told.cause or cause
        return True
    return False


def _kind(told: _Told, strong: bool) -> Kind | None:
    """Decide what a row is; None where it says nothing of a bounce."""
    if told.kind not in (None, Kind.BOUNCE, Kind.OTHER):
        return told.kind
    if told.cause == "T2":
        return Kind.AUTO_REPLY
    if told.kind is Kind.BOUNCE or told.type:
        return Kind.BOUNCE
    if told.kind is Kind.OTHER or not strong:
        return told.kind
    codes = (told.status[:1], told.reply[:1])
    if told.cause or "5" in codes or "4" in codes:
        return Kind.BOUNCE
    if "2" in codes:
        return Kind.DELIVERY
    if name_cause(told.words).code:
        return Kind.BOUNCE
    return Kind.UNDECIDED if told.words else None


def whole(row: Row) -> bytes:
    """Return a row as it is kept for a person."""
    return json.dumps(dict(row), ensure_ascii=False).encode("utf-8", "surrogatepass")
