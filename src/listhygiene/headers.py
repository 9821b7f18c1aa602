"""Headers: what a column calls itself, which role that names, and which row holds the headers."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from .earlier import VERDICT

LOOK_AHEAD = 20
"""How many rows from the top of a file may hold the headers."""

SHOWN = 30
"""How many headers a message names."""

_LONGEST = 1000
"""More characters than a header has: such a cell is no name that anybody knows."""

STRONG, WEAK = "strong", "weak"

_REMARK = re.compile(
    r"[(\[【〔<〈]\s*(?:入力)?(?:必須|任意|必須項目|任意項目|required|optional|mandatory"
    r"|pflichtfeld|obligatoire|obligatorio|半角|半角英数字?|全角)\s*[)\]】〕>〉]"
    r"|[*※]\s*(?:必須|任意)?",
    re.IGNORECASE,
)
_JOINER = re.compile(r"[\s_\-‐‑‒–—―−./:・'\"`´’‘“”]+")
_ADDRESS = re.compile(
    r"(?:[^<>@]*<)?\s*(?:mailto:)?[^\s@<>,;:()「」]+@[^\s@<>,;:()]+\.[^\s@<>,;:()]+\s*>?",
    re.IGNORECASE,
)
_REQUIREMENT = re.compile(r"(?:入力)?(?:必須|任意)(?:項目)?|required|optional|○|◯|-|―", re.I)


@dataclass(frozen=True, slots=True)
class HeaderPlace:
    """Where the headers stand among the first rows of a file.

    row: index of the first header row, or None where the file has none (its first row is a
        contact already). rows: 1, or 2 where two rows together are the header.
    named: index of the row that names the columns (`row` or `row + 1`); None without headers.
    """

    row: int | None
    rows: int = 1
    named: int | None = None


def normalise(header: str) -> str:
    """Return the form in which headers are compared.

    Width, case, accents, spaces, `_ - . / : ・`, quotes, invisible characters and remarks such as
    (必須), (required), `*` and ※ make no difference: "E-Mail アドレス ※" is "emailアドレス".
    """
    if len(header) > _LONGEST:
        return header
    text = _plain(unicodedata.normalize("NFKC", header).casefold())
    return _JOINER.sub("", _REMARK.sub("", text))


def role_of(header: str) -> tuple[str, str]:
    """Return the role that a header names and how surely: "strong", "weak", or ("", "")."""
    return _aliases().get(normalise(header), ("", ""))


def is_label(header: str) -> bool:
    """Tell whether a header only sounds like a role ("電子メールの種類", "Email Domain")."""
    return normalise(header) in _labels()


def standard_name(role: str, lang: str = "en") -> str:
    """Return the header that we suggest for a role, in English or Japanese; '' for no role."""
    names = _standards().get(role)
    return "" if names is None else names["ja" if lang == "ja" else "en"]


def columns_seen(header: Sequence[str]) -> str:
    """Name the columns of a list in one line; a cell that is an address is not shown."""
    names = [one.strip() for one in header if one.strip() and not holds_address(one)]
    more = f", … ({len(names)})" if len(names) > SHOWN else ""
    return (", ".join(one[:60] for one in names[:SHOWN]) + more) or "without headers"


def holds_address(cell: str) -> bool:
    """Tell whether a cell is an e-mail address, roughly: enough to know a contact from a header."""
    return "@" in (text := unicodedata.normalize("NFKC", cell).strip()) and bool(
        _ADDRESS.fullmatch(text)
    )


def find_header(rows: Sequence[Sequence[str]], email_columns: Sequence[str] = ()) -> HeaderPlace:
    """Find the header row among the first rows of a file, blank rows included.

    rows: cells as texts; only the first 20 rows are looked at.
    email_columns: headers that the user named; a row that has one of them is the header.
    """
    top = [[cell.strip() for cell in row] for row in rows[:LOOK_AHEAD]]
    wanted = {normalise(name) for name in email_columns} - {""}
    named = _named_row(top, wanted)
    if named is None:
        named = _first_wide_row(top)
    if named is None:
        return HeaderPlace(None)
    if VERDICT in top[named]:  # by its own columns, as before ours were appended
        top[named] = top[named][: top[named].index(VERDICT)]
    if named > 0 and _is_upper(top[named - 1], top[named]):
        return HeaderPlace(named - 1, 2, named)
    if named + 1 < len(top) and _is_lower(top[named], top[named + 1]):
        return HeaderPlace(named, 2, named)
    return HeaderPlace(named, 1, named)


def header_names(rows: Sequence[Sequence[str]], place: HeaderPlace) -> tuple[str, ...]:
    """Return the headers as found, '' where blank: of two header rows the one that names columns,
    filled up from the other."""
    if place.row is None or place.named is None:
        return ()
    both = rows[place.row : place.row + place.rows]
    width = max(len(row) for row in both)
    named = rows[place.named]
    others = [row for row in both if row is not named]
    return tuple(
        next((cell for cell in (_cell(named, i), *(_cell(row, i) for row in others)) if cell), "")
        for i in range(width)
    )


def _cell(row: Sequence[str], column: int) -> str:
    cell = row[column] if column < len(row) else ""
    return cell if cell.strip() else ""


def _named_row(rows: Sequence[Sequence[str]], wanted: set[str]) -> int | None:
    """Return the row that holds the user's own column, else the most known headers."""
    normal = [[normalise(cell) for cell in row] for row in rows]
    for number, cells in enumerate(normal):
        if wanted & set(cells):
            return number
    best, most = None, 0.0
    contact_width = 0
    for number, row in enumerate(rows):
        if any(map(holds_address, row)):
            contact_width = max(contact_width, _filled(row))
            continue
        hits = _hits(normal[number])
        # Below a contact there is no header; above, a preamble line may hold one address.
        # One known word alone may stand in a contact ("CO", "Web").
        tells = hits >= 2 or hits * 2 >= _filled(row)
        if tells and hits > most and (not contact_width or _filled(row) > contact_width):
            best, most = number, hits
    return best


def _hits(normal: Sequence[str]) -> float:
    """Count the known headers of a row; the e-mail column's own counts double."""
    aliases, labels = _aliases(), _labels()
    known = {cell for cell in normal if cell in aliases or cell in labels}
    roles = {aliases[cell] for cell in known if cell in aliases}
    words = sum(0.5 if aliases.get(cell, ("", ""))[1] == WEAK else 1.0 for cell in known)
    return words + (1.0 if ("email", STRONG) in roles else 0.0)


def _first_wide_row(rows: Sequence[Sequence[str]]) -> int | None:
    """Return the first row as wide as the table below it; None where that is a contact already."""
    widths = [_width(row) for row in rows]
    filled = [width for width in widths if width]
    if not filled:
        return 0 if rows else None
    body = filled[len(filled) // 2 :]
    usual = max(set(body), key=lambda width: (body.count(width), width))
    for number, row in enumerate(rows):
        if any(map(holds_address, row)):
            return None if widths[number] >= min(usual, 2) else number
        if widths[number] >= usual:
            return number
    return next(number for number, width in enumerate(widths) if width)


def _is_upper(upper: Sequence[str], named: Sequence[str]) -> bool:
    """Tell whether the row above belongs to the header: groups over merged cells, or names."""
    if any(map(holds_address, upper)) or not _filled(upper):
        return False
    if _hits([normalise(cell) for cell in upper]) >= 2:
        return True
    places = [i for i, cell in enumerate(upper) if cell]
    spread = places[-1] - places[0] >= len(places)  # a gap: one cell over several columns
    lower_blank = any(not _cell(named, i) for i in places)
    textual = not any(re.search(r"\d", cell) for cell in upper)
    return textual and len(places) >= 2 and places[-1] < len(named) and (spread or lower_blank)


def _is_lower(named: Sequence[str], lower: Sequence[str]) -> bool:
    """Tell whether the row below belongs to the header: names again, or 必須/任意 for each."""
    cells = [cell for cell in lower if cell]
    if not cells or any(map(holds_address, cells)) or _width(lower) > _width(named):
        return False
    if len(cells) >= 2 and all(_REQUIREMENT.fullmatch(cell) for cell in cells):
        return any("必須" in cell or "required" in cell.lower() for cell in cells)
    hits = _hits([normalise(cell) for cell in cells])
    return hits >= 2 and hits >= len(cells) / 2


def _filled(row: Sequence[str]) -> int:
    return sum(1 for cell in row if cell)


def _width(row: Sequence[str]) -> int:
    return max((i + 1 for i, cell in enumerate(row) if cell), default=0)


def _plain(text: str) -> str:
    """Drop invisible characters, and the accents of Latin letters (not Japanese voicing marks)."""
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFD", text)
    kept = "".join(
        char
        for char in apart
        if not "\u0300" <= char <= "\u036f" and unicodedata.category(char) not in ("Cf", "Cc")
    )
    return unicodedata.normalize("NFC", kept)


@cache
def _document() -> Mapping[str, Any]:
    file = resources.files("listhygiene") / "data" / "header_aliases.json"  # TOML takes longer
    found: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def _spelt(name: str) -> Iterator[str]:
    """Spell a name of the file out: "{n}" stands for 2 to 9."""
    if "{n}" in name:
        yield from (name.replace("{n}", str(number)) for number in range(2, 10))
    else:
        yield name


@cache
def _aliases() -> Mapping[str, tuple[str, str]]:
    """Normal form -> role and strength; a name listed both ways is strong."""
    found: dict[str, tuple[str, str]] = {}
    for strength in (WEAK, STRONG):
        for group in _document()["aliases"]:
            for name in group.get(strength, ()):
                for one in _spelt(name):
                    found[normalise(one)] = (group["role"], strength)
    return found


@cache
def _labels() -> frozenset[str]:
    groups = _document()["labels"]
    return frozenset(
        normalise(one) for group in groups for name in group["names"] for one in _spelt(name)
    )


@cache
def _standards() -> Mapping[str, Mapping[str, str]]:
    return {row["role"]: row for row in _document()["standard"]}
