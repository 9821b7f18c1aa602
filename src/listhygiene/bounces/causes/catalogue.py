"""The 16 causes as the help page lists them: titles, descriptions, remedies, subjects."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from ...model.bounce import Cause, Subject, Type

_ROWS: dict[str, dict[str, Any]] = tomllib.loads(
    files(__package__).joinpath("causes.toml").read_text(encoding="utf-8")
)


def _cause(code: str, row: Mapping[str, Any]) -> Cause:
    return Cause(
        code=code,
        name=row["name"],
        type=Type.TEMPORARY if code.startswith("T") else Type.PERMANENT,
        subject=Subject(row["subject"]),
        ja=row["ja"],
        en=row["en"],
        description_ja=row["description_ja"],
        description_en=row["description_en"],
        remedy_ja=row["remedy_ja"],
        remedy_en=row["remedy_en"],
        ours=row.get("ours", False),
    )


CAUSES: Mapping[str, Cause] = MappingProxyType(
    {code: _cause(code, row) for code, row in _ROWS.items()}
)
"""Code ("T1" .. "T7", "P1" .. "P9") -> cause, in the order of the page."""

_TEMPORARY: dict[str, str] = {code: row.get("temporary", code) for code, row in _ROWS.items()}


def while_temporary(code: str) -> str:
    """Return the cause that the words of `code` name when the server said "try again" (4yz)."""
    return _TEMPORARY.get(code, code)


def remedy_of(
    code: str,
    lang: str = "en",
    ranges: Iterable[str] = (),
    relays: Iterable[str] = (),
) -> str:
    """Return what to do about a cause; T3 and T7 name what the recipient is to allow.

    ranges: the sending platform's address ranges (CIDR). relays: those of the sender's own relay.
    """
    cause = CAUSES[code]
    remedy = cause.remedy_ja if lang == "ja" else cause.remedy_en
    if not _ROWS[code].get("allow"):
        return remedy
    given = (", ".join(ranges), ", ".join(relays))
    titles = (
        ("許可するIPアドレス(配信サービス)", "許可するIPアドレス(自社のリレーサーバー)")
        if lang == "ja"
        else ("To be allowed, the platform", "To be allowed, your relay")
    )
    named = [f"{title}: {them}" for title, them in zip(titles, given, strict=True) if them]
    return "\n".join([remedy, *named])
