"""Tables of the commands that list things: for people, and as CSV, XLSX, JSON."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from ..model.errors import UsageError
from .output import spare_inputs

if TYPE_CHECKING:
    import pandas as pd

FORMATS = ("table", "csv", "xlsx", "json", "jsonl")


def write_table(
    frame: pd.DataFrame, form: str, out: str | None, title: str = "", lang: str = ""
) -> None:
    """Write a frame to a file, or to the standard output.

    lang: of the headings and states of a table for people, which leaves blank columns out; the
    other formats are the same in every language.
    """
    from ..files import write_whole

    if form == "xlsx":
        write_workbook({title or "listhygiene": frame}, out)
        return
    spare_inputs([out])
    if form == "table" and lang:
        frame = _spoken(frame, lang)
    text = _text(frame, form, title, out is None and sys.stdout.isatty())
    if out is None:
        click.echo(text, nl=False)
    else:
        write_whole(out, text.encode("utf-8"))


_STATES = ("type", "kind", "due", "outcome", "match")
"""Columns whose cells are words of ours."""


def _spoken(frame: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Say headings and states in a language, and leave out columns that hold nothing."""
    from ..wording import speaker

    say = speaker(lang)
    plain = as_texts(frame)
    if "due" in plain:
        plain["due"] = plain["due"].map({"True": "due"}).fillna("")
    filled = [name for name in plain if not len(plain) or plain[name].ne("").any()]
    told = {name: plain[name].map(say) for name in filled if name in _STATES}
    return plain[filled].assign(**told).rename(columns=say)


def _text(frame: pd.DataFrame, form: str, title: str, terminal: bool) -> str:
    plain = as_texts(frame)
    if form == "csv":
        from ..formulas import escape_formula

        return plain.map(escape_formula).to_csv(index=False, lineterminator="\r\n")
    records = json.loads(frame.to_json(orient="records", date_format="iso", date_unit="s"))
    if form == "json":
        return json.dumps(records, ensure_ascii=False, indent=1) + "\n"
    if form == "jsonl":
        return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records)
    return _drawn(plain, title, terminal)


def as_texts(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame of texts: days as days, what is missing as ''."""
    import pandas as pd

    made: dict[str, Any] = {}
    for name, column in frame.items():
        if pd.api.types.is_datetime64_any_dtype(column):
            column = column.dt.strftime("%Y-%m-%d")
        made[str(name)] = column.astype(object).where(column.notna(), "").map(str)
    return pd.DataFrame(made)


def _drawn(plain: pd.DataFrame, title: str, terminal: bool) -> str:
    from rich.console import Console
    from rich.table import Table

    from ..address.mask import printable

    stream = io.StringIO()
    console = Console(
        file=stream, width=None if terminal else 160, force_terminal=terminal, highlight=False
    )
    table = Table(title=title or None, box=None, pad_edge=False)
    for name in plain.columns:
        table.add_column(name, overflow="fold")
    for row in plain.itertuples(index=False):
        table.add_row(*(printable(cell).replace("[", "\\[") for cell in row))
    console.print(table)
    return stream.getvalue()


def write_workbook(tables: Mapping[str, pd.DataFrame], out: str | None) -> None:
    """Write tables as a workbook, a sheet each."""
    from pathlib import Path

    from ..writers.xlsx.frames import write_tables

    spare_inputs([out])
    if out is None:
        raise UsageError("a workbook needs a file", remedy="Name it with -o FILE.xlsx.")
    write_tables(tables, Path(out))
