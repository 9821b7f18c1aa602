"""CSV: delimited text of any usual encoding and dialect, read so that nothing is lost unsaid."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from ..cores import begun
from ..delimited import encoding as encodings
from ..delimited.columns import read_columns
from ..delimited.delimiter import find_delimiter
from ..delimited.encoding import Guess
from ..delimited.lines import Lines, Places, find_text, survey
from ..delimited.places import Top, find_places, find_top, is_separator_line
from ..delimited.table import CONTACT, FOOTER, PREAMBLE, REPEATED, Dialect, Records
from ..delimited.trailing import settle_trailing
from ..earlier import VERDICT, find_our_delimiter
from ..files import stamp_of
from ..model.errors import UnreadableList, UsageError
from ..model.listing import Listing, ReadOptions
from ..patch import fingerprint
from ..readahead import taken

NAME = "csv"

_BINARY = frozenset(range(32)) - frozenset(b"\t\n\r\x0b\x0c\x1a\x1b\x00")
NONE = np.empty(0, dtype=np.int64)
_MOST_BROKEN = 0.1
_MOST_MIXED = 0.5
"""The same share where lines of another encoding are known to have been pasted below: what reads
as UTF-8 at all is UTF-8."""


def recognises(head: bytes, path: Path) -> bool:
    """Tell whether a file may be text: few control characters in its first bytes."""
    from . import is_foreign

    if is_foreign(head):
        return False
    if encodings.is_wide(head):
        return True
    control = sum(head.count(byte) for byte in _BINARY)
    clean = encodings.decodes(head.rsplit(b"\n", 1)[0], "utf-8")
    return control <= len(head) // (3 if clean else 50) + 1 and head.strip(b"\x00") != b""


def read(path: Path, options: ReadOptions) -> Listing:
    """Read a CSV file.

    Rows that don't balance are in the frame as far as they can be read and in `unbalanced`; the
    header's surroundings (preamble, repeated headers, footers, blank lines) are not in the frame.
    Raises UnreadableList and UsageError.
    """
    stamp = stamp_of(path)  # before it is read: what changes from then on is told by it
    if ahead := taken(stamp):
        listing, digest = _read_table(ahead.content, path, options, ahead.utf8), ahead.sha256
    else:
        raw = _read_bytes(path)
        with begun(fingerprint, raw) as told:
            listing = _read_table(raw, path, options)
        digest = told.result()
    return replace(listing, facts={**listing.facts, "sha256": digest, "stamp": stamp})


def _read_table(raw: bytes, path: Path, options: ReadOptions, utf8: bool | None = None) -> Listing:
    """Read a file's bytes. utf8: whether they are UTF-8, where that is known already."""
    guess = _find_encoding(raw, options, utf8)
    dialect, content = _find_dialect(raw, guess, options, path)
    top = find_top(content, dialect, (*options.email_columns, VERDICT))
    lines = survey(content, dialect.cut, len(top.header))
    top, trailing = settle_trailing(content, dialect.cut, top, lines)
    if trailing:
        lines = survey(content, dialect.cut, len(top.header))
    proven = guess.whole or content.isascii()
    broken = NONE if proven else _find_broken(content, guess, dialect, top, lines, path)
    records = find_places(content, dialect, top, lines, broken)
    rows = np.flatnonzero(records.kinds == CONTACT)
    columns = read_columns(content, records, rows, dialect)
    frame = pd.DataFrame(dict(enumerate(columns)), index=pd.RangeIndex(len(rows)), copy=False)
    return Listing(
        path=str(path),
        format=NAME,
        header=top.header,
        frame=frame,
        lines=records.lines[rows] + 1,
        header_line=None if top.named is None else top.named + 1,
        preamble=_count_preamble(records, content),
        unbalanced=_find_unbalanced(records, rows),
        notes=(
            *_notes(guess, options, records, content, dialect),
            *_header_notes(top, trailing),
        ),
        encoding=dialect.encoding,
        delimiter=dialect.delimiter,
        facts={
            "dialect": dialect,
            "records": records,
            "rows": rows,
            "named": top.named,
            "header_rows": [line + 1 for line in top.lines],
            "content": content if options.keep else None,
        },
    )


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnreadableList(
            f"cannot be read ({error.strerror or type(error).__name__})",
            file=str(path),
            remedy="Check the file and its permissions.",
        ) from error


def _find_encoding(raw: bytes, options: ReadOptions, utf8: bool | None) -> Guess:
    if options.encoding:
        return encodings.known(options.encoding, raw, utf8)
    return encodings.detect(raw, options.lang, utf8)


def _find_dialect(
    raw: bytes, guess: Guess, options: ReadOptions, path: Path
) -> tuple[Dialect, bytes]:
    """Return how the file is written, and its content to work on."""
    delimiter = _named_delimiter(options.delimiter)
    codec = encodings.codec_of(guess.encoding, delimiter or ",")
    content = _plain(raw, guess, codec, path)
    if re.search(rb"[^\r\n\t \x00\x1a]", content) is None:
        raise UnreadableList("the file is empty", file=str(path), remedy="Export the list again.")
    sample = b"\n".join(content[: 1 << 20].splitlines()[:400]) + b"\n"
    if codec != "utf-8":
        sample = sample.decode(codec, errors="replace").encode()
    found, spaced = find_delimiter(sample)
    delimiter = delimiter or find_our_delimiter(sample) or found
    wanted = encodings.codec_of(guess.encoding, delimiter)
    if wanted != codec:
        codec, content = wanted, _plain(raw, guess, wanted, path)
    spaced = spaced and delimiter == found
    return Dialect(guess.encoding, codec, delimiter, guess.bom, spaced), content


def _named_delimiter(name: str | None) -> str | None:
    """Return the delimiter that the user named, by itself or as "tab", "\\t"."""
    if not name:
        return None
    one = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}.get(name, name)
    if len(one) != 1 or not one.isascii() or one.isalnum() or one in '"\r\n\x00':
        raise UsageError(
            f"{name!r} cannot part fields", remedy="Name one character, such as , ; | or tab."
        )
    return one


def _plain(raw: bytes, guess: Guess, codec: str, path: Path) -> bytes:
    try:
        return encodings.to_plain(raw, guess.encoding, guess.bom, codec)
    except UnicodeError:
        raise encodings.refuse_undecodable(raw, guess.encoding, str(path)) from None


def _find_broken(
    content: bytes, guess: Guess, dialect: Dialect, top: Top, lines: Lines, path: Path
) -> Places:
    """Return the lines that don't decode; raises UnreadableList where the encoding is wrong."""
    broken = encodings.broken_lines(content, dialect.codec, lines.starts, lines.ends)
    if not len(broken):
        return broken
    foreign = encodings.foreign_lines(content).count(b"\n") + 1
    most = _MOST_MIXED if dialect.codec == "utf-8" or guess.unlike else _MOST_BROKEN
    if len(broken) > max(1, most * foreign) or int(broken[0]) in top.lines:
        raise UnreadableList(
            f"the bytes are not {dialect.encoding.upper()}",
            file=str(path),
            place=f"line {broken[0] + 1}",
            remedy="Name the file's encoding with --encoding, or save it as UTF-8.",
        )
    return broken


def _count_preamble(records: Records, content: bytes) -> int:
    """Count the lines above the header that say something; `sep=;` is none of them."""
    above = np.flatnonzero(records.kinds == PREAMBLE)
    if not len(above):
        return 0
    first = content[records.starts[above[0]] : records.ends[above[0]]]
    return len(above) - is_separator_line(first)


def _find_unbalanced(records: Records, rows: Places) -> dict[int, str]:
    """Return what is wrong with each row that doesn't balance."""
    numbers = np.array([n for n, one in records.odd.items() if one.fault], dtype=np.int64)
    places = np.searchsorted(rows, numbers)
    inside = places < len(rows)
    numbers, places = numbers[inside], places[inside]
    hits = rows[places] == numbers
    return {
        int(row): records.odd[int(number)].fault
        for row, number in zip(places[hits], numbers[hits], strict=True)
    }


def _notes(
    guess: Guess, options: ReadOptions, records: Records, content: bytes, dialect: Dialect
) -> Iterator[str]:
    """Say what a person should know about how the file was read."""
    name = dialect.encoding.upper()
    if not options.encoding and guess.certainty != encodings.CERTAIN:
        sure = "very likely" if guess.certainty == encodings.LIKELY else "a guess"
        shown = f", it reads as {guess.sample!r}" if guess.sample else ""
        yield f"The encoding is not declared; {name} is {sure}{shown}."
    if not options.encoding and guess.unlike:
        yield f"The file mixes encodings: line {guess.unlike} is UTF-8, others are not."
    for kind, text in (
        (REPEATED, "The header is repeated on line {lines}; kept, and not judged."),
        (FOOTER, "No contacts but footers stand on line {lines}; kept, and not judged."),
    ):
        found = records.lines[np.flatnonzero(records.kinds == kind)] + 1
        if len(found):
            yield text.format(lines=_name_lines(found))
    sign = _replacement(dialect.codec)
    lost = find_text(content, sign) if sign else -1
    if lost >= 0:
        line = int(np.searchsorted(records.starts, lost, side="right")) - 1
        yield (
            f"The file holds replacement characters (the first on line {records.lines[line] + 1}):"
            " an earlier conversion lost text."
        )
    if len(records.starts) == 1 and (named := _unusual_end(content, dialect)):
        yield (
            f"The file is a single line that holds the character {named}, which ends no line of "
            "a table: save it with ordinary line ends."
        )


def _unusual_end(content: bytes, dialect: Dialect) -> str:
    """Name the character that some programs end lines with, and no reader of tables knows.

    U+2028 and U+2029 (Unicode 5.8), U+0085, and the record separator of ASCII; '' for none.
    """
    text = content.decode(dialect.codec, errors="replace").strip()
    found = re.search("[\u2028\u2029\x85\x1e]", text)
    return f"U+{ord(found[0]):04X}" if found else ""


def _replacement(codec: str) -> bytes:
    """Return U+FFFD, which stands where a conversion lost a character; b"" if it has none."""
    try:
        return "\ufffd".encode(codec)
    except UnicodeError:
        return b""


def _header_notes(top: Top, trailing: str) -> Iterator[str]:
    if len(top.lines) > 1:
        yield f"The header takes two rows ({' and '.join(str(line + 1) for line in top.lines)})."
    if trailing:
        yield trailing


def _name_lines(lines: Places) -> str:
    """Name lines for people: the first few, and how many there are."""
    shown = ", ".join(str(line) for line in lines[:5])
    return shown if len(lines) <= 5 else f"{shown}, … ({len(lines)})"
