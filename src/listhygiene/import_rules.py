"""Import rules: what a platform's import refuses of a list, one function a published fact."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from .dates import ORDERS
from .headers import normalise
from .model.contacts import Role
from .model.listing import TEXT, Listing
from .model.rule import Severity
from .platforms import DATE_FORMATS, ImportProblem, Platform, rename_plan, role_name

Judge = Callable[[pd.DataFrame, Listing, Platform, int | None], Iterator[ImportProblem]]

_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}


def _problem(
    target: Platform,
    fact: str,
    template: str,
    *,
    severity: Severity = Severity.ERROR,
    column: int = -1,
    **values: object,
) -> ImportProblem:
    return ImportProblem(
        severity, template, values, fact, column, source=target.sources.get(fact, "")
    )


def required_columns(
    headers: pd.DataFrame, listing: Listing, target: Platform, size: int | None
) -> Iterator[ImportProblem]:
    """Columns that the import needs are missing."""
    roles = set(headers["role"])
    if Role.FULL_NAME in roles:
        roles.add(Role.LAST_NAME)
    for role in target.rules.get("required", ()):
        if role not in roles:
            name = role_name(role, target)
            yield _problem(target, "required", "The import needs a column {name}", name=name)
    present = {normalise(one) for one in headers["header"]}
    for name in target.rules.get("required_headers", ()):
        if normalise(name) not in present:
            yield _problem(
                target, "required_headers", "The import needs a column {name}", name=name
            )


def file_form(
    headers: pd.DataFrame, listing: Listing, target: Platform, size: int | None
) -> Iterator[ImportProblem]:
    """The file's format, encoding or delimiter is not taken."""
    rules = target.rules
    formats = rules.get("formats", ())
    if formats and listing.format not in formats and listing.format != "frame":
        template = "The import takes {formats}, not {format}"
        yield _problem(
            target, "formats", template, formats=", ".join(formats), format=listing.format
        )
    if "encodings" in rules and listing.encoding:
        taken = {_codec(one) for one in rules["encodings"]}
        if _codec(listing.encoding) not in taken and _codec(listing.encoding) != "ascii":
            template = "The import takes the encoding {encodings}, not {encoding}"
            yield _problem(
                target,
                "encodings",
                template,
                encodings=", ".join(rules["encodings"]),
                encoding=listing.encoding,
            )
    delimiter = listing.delimiter
    if delimiter and delimiter not in rules.get("delimiters", (delimiter,)):
        name = _DELIMITERS.get(delimiter, delimiter)
        yield _problem(
            target, "delimiters", "The import does not take the delimiter {name}", name=name
        )


def _codec(name: str) -> str:
    try:
        return codecs.lookup(name).name.removesuffix("-sig").replace("shift_jis", "cp932")
    except LookupError:
        return name.lower()


def sizes(
    headers: pd.DataFrame, listing: Listing, target: Platform, size: int | None
) -> Iterator[ImportProblem]:
    """The list is larger than one file may be."""
    rows, limit = len(listing.frame), target.row_limit(listing.format)
    template = "The list has {count} {what}; one file may have {limit}"
    measured = [
        ("rows", "contacts", rows, limit),
        ("columns", "columns", len(headers), target.rules.get("columns")),
        ("bytes", "bytes", size, target.rules.get("bytes")),
    ]
    for fact, what, count, most in measured:
        if count is not None and most is not None and count > most:
            yield _problem(target, fact, template, count=f"{count:,}", what=what, limit=f"{most:,}")
    sheets = listing.facts.get("sheets", ())
    if target.rules.get("one_sheet") and not isinstance(sheets, int) and len(sheets) > 1:
        yield _problem(
            target, "one_sheet", "The import reads one sheet only", severity=Severity.WARNING
        )


def header_row(
    headers: pd.DataFrame, listing: Listing, target: Platform, size: int | None
) -> Iterator[ImportProblem]:
    """The header row is not as the import reads it."""
    if not target.rules:
        return
    if listing.header_line is None:
        yield _problem(target, "required", "The first row must hold the headers")
    elif listing.preamble:
        yield _problem(target, "required", "The headers must stand in the first row")
    longest = target.rules.get("header_length")
    pattern = target.rules.get("header_pattern")
    plan = rename_plan(headers, target)
    for place, header in headers["header"].items():
        where = int(str(place))
        name = plan.get(where, header).strip()
        if longest and len(header) > longest:
            template = "The header {header} has more than {limit} characters"
            yield _problem(
                target,
                "header_length",
                template,
                column=where,
                header=header[:40],
                limit=longest,
            )
        if pattern and name and not re.fullmatch(pattern, name):
            template = "The import does not take the characters of the header {header}"
            yield _problem(target, "header_pattern", template, column=where, header=header)
        if not name and headers.at[where, "filled"]:
            yield _problem(
                target,
                "required",
                "Column {number} has no header and will not be imported",
                severity=Severity.WARNING,
                column=where,
                number=where + 1,
            )
    if "first_column" in target.rules and len(headers):
        first = plan.get(0, headers["header"].iloc[0])
        wanted = target.rules["first_column"]
        if normalise(first) not in {normalise(one) for one in wanted}:
            names = ", ".join(wanted)
            yield _problem(
                target, "first_column", "The first column must be one of {names}", names=names
            )


def renames(
    headers: pd.DataFrame, listing: Listing, target: Platform, size: int | None
) -> Iterator[ImportProblem]:
    """Headers that the import does not know by themselves."""
    for place, name in rename_plan(headers, target).items():
        yield _problem(
            target,
            "headers",
            "{header} is called {name} there",
            severity=Severity.INFO,
            column=place,
            header=headers.loc[place, "header"],
            name=name,
        )


def dates(
    headers: pd.DataFrame, listing: Listing, target: Platform, size: int | None
) -> Iterator[ImportProblem]:
    """Dates that the import would ignore."""
    taken = target.rules.get("dates", ())
    for place, order in headers["order"].items():
        if not taken or order in ("", *taken):
            continue
        template = "The dates of {header} are written {order}; the import reads {formats}"
        yield _problem(
            target,
            "dates",
            template,
            severity=Severity.WARNING,
            column=int(str(place)),
            header=headers.at[int(str(place)), "header"],
            order=DATE_FORMATS[order] if order in ORDERS else order,
            formats=", ".join(DATE_FORMATS[one] for one in taken),
        )


def cells(
    headers: pd.DataFrame, listing: Listing, target: Platform, size: int | None
) -> Iterator[ImportProblem]:
    """Cells with characters that the import does not take, too long, or with outer spaces."""
    forbidden = target.rules.get("forbidden", ())
    longest = target.rules.get("cell_bytes")
    for place in range(min(len(headers), listing.frame.shape[1])):
        column = _arrow(listing.frame.iloc[:, place])
        header = headers["header"].iloc[place]
        for character in forbidden:
            count = _count(pc.match_substring(column, character))
            if count:
                template = "The forbidden character {character} in cells of {header}: {count}"
                yield _problem(
                    target,
                    "forbidden",
                    template,
                    severity=Severity.WARNING,
                    column=place,
                    count=count,
                    header=header,
                    character=character,
                )
        count = _count(pc.greater(pc.binary_length(column), longest)) if longest else 0
        if count:
            template = "Cells of {header} over {limit} bytes, which will be cut: {count}"
            yield _problem(
                target,
                "cell_bytes",
                template,
                severity=Severity.WARNING,
                column=place,
                count=count,
                header=header,
                limit=longest,
            )
        if target.rules.get("trimmed"):
            count = _count(pc.match_substring_regex(column, r"^[\s\p{Z}]+\S|\S[\s\p{Z}]+$"))
            if count:
                yield _problem(
                    target,
                    "trimmed",
                    "Cells of {header} that begin or end with a space: {count}",
                    severity=Severity.WARNING,
                    column=place,
                    count=count,
                    header=header,
                )


def _arrow(texts: pd.Series) -> pa.ChunkedArray:
    array = pa.array(texts.astype(TEXT), type=pa.large_string(), from_pandas=True)
    return array if isinstance(array, pa.ChunkedArray) else pa.chunked_array([array])


def _count(hits: pa.ChunkedArray) -> int:
    return int(pc.sum(hits).as_py() or 0)


RULES: tuple[Judge, ...] = (
    required_columns,
    file_form,
    sizes,
    header_row,
    renames,
    dates,
    cells,
)
"""All of them, in the order in which they are asked."""
