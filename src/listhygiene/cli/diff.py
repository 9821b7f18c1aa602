"""`listhygiene diff`: contacts that came, went, or changed verdict, and why."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from ..model.quantity import quantity
from . import options
from .output import progress_bar, put

if TYPE_CHECKING:
    from ..comparison import Comparison, State
    from ..reports.options import Presentation

FORMATS = ["text", "json", "csv", "markdown"]
SHOWN = 20
"""Contacts of one kind that the text and the Markdown show."""


@click.command("diff")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option("--gate", is_flag=True, help="Leave with the exit code of NEW's gate.")
@options.policy_options
@options.from_option
@options.sender_options
@options.list_options
@options.dns_options
@options.blocklist_option
@options.rule_options
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", help="Format.")
@click.option("--output", metavar="FILE", help="Write the result there instead.")
@options.show_addresses
@options.progress_options
def command(old: str, new: str, gate: bool, form: str, **given: Any) -> int:
    """Compare two lists, or two JSON reports: who came, who went, whose verdict changed, and why.

    Reports must have been made with --format json --show-addresses. Exit code: 0; with --gate that
    of NEW: 0 the gate is open, 1 closed, 3 undecided.
    """
    policy = options.make_policy(given)
    from ..comparison import compare
    from ..model.report import EXIT_CODES
    from ..reports.options import Presentation

    with progress_bar(given) as progress:
        found = compare(old, new, policy, progress=progress)
    how = Presentation(lang=policy.lang, show_addresses=given["show_addresses"])
    put(WRITERS[form](found, how), given["output"], sys.stdout)
    return EXIT_CODES[found.new.gate] if gate else 0


def _text(found: Comparison, how: Presentation) -> str:
    from ..address.mask import printable

    lines = [_state(how.say("old"), found.old, how), _state(how.say("new"), found.new, how)]
    lines += [f"- {printable(how.say(one))}" for one in found.new.reasons]
    lines += ["", _counts(found, how)]
    for change, rows in found.changes.groupby("change", observed=True):
        lines += ["", f"{how.say(str(change))}:"]
        for row in rows.head(SHOWN).itertuples(index=False):
            lines.append(
                f"  {_line(row, how)}  {printable(how.mask(str(row.address)))}  {_why(row, how)}"
            )
        if len(rows) > SHOWN:
            lines.append(f"  {how.say(f'and {len(rows) - SHOWN} more; --format csv lists all')}")
    return "\n".join(lines) + "\n"


def _state(name: str, one: State, how: Presentation) -> str:
    from ..address.mask import printable

    gate = f"{how.say('gate')} {how.say(str(one.gate))}"
    rows = how.say(quantity(one.rows, "contact"))
    return f"{name}: {printable(one.path)} · {rows} · {gate}"


def _counts(found: Comparison, how: Presentation) -> str:
    from ..comparison import CHANGES

    parts = [f"{how.say(change)} {found.count(change)}" for change in CHANGES]
    parts.append(f"{how.say('same verdict')} {found.same}")
    silent = [one.rows - len(one.contacts) for one in (found.old, found.new)]
    if any(silent):
        parts.append(how.say(f"without address, not compared: {silent[0]} and {silent[1]}"))
    return " · ".join(parts)


def _line(row: Any, how: Presentation) -> str:
    places = [str(one) for one in (row.old_line, row.new_line) if str(one) != "<NA>"]
    return f"{how.say('line')} {' → '.join(places)}"


def _why(row: Any, how: Presentation) -> str:
    verdicts = " → ".join(how.say(one) for one in (row.old_verdict, row.new_verdict) if one)
    if row.change != "changed":
        return f"{verdicts}  {row.rules_came or row.rules_went}".rstrip()
    signs = [f"+{code}" for code in row.rules_came.split()]
    signs += [f"-{code}" for code in row.rules_went.split()]
    return f"{verdicts}  {' '.join(signs)}".rstrip()


def _rows(found: Comparison, how: Presentation) -> list[dict[str, Any]]:
    rows: Any = found.changes.astype(object).where(found.changes.notna(), None).to_dict("records")
    return [{**row, "address": how.mask(str(row["address"]))} for row in rows]


def _json(found: Comparison, how: Presentation) -> str:
    from ..comparison import CHANGES

    states = {
        name: {
            "path": one.path,
            "rows": one.rows,
            "with_address": len(one.contacts),
            "gate": str(one.gate),
            "reasons": [how.say(it) for it in one.reasons],
        }
        for name, one in (("old", found.old), ("new", found.new))
    }
    changes = [
        {**row, "rules_came": row["rules_came"].split(), "rules_went": row["rules_went"].split()}
        for row in _rows(found, how)
    ]
    counts = {change: found.count(change) for change in CHANGES} | {"same": found.same}
    document = {"schema": 1, **states, "counts": counts, "changes": changes}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _csv(found: Comparison, how: Presentation) -> str:
    from ..formulas import escape_formula

    stream = io.StringIO()
    table = csv.writer(stream, lineterminator="\r\n")
    table.writerow(found.changes.columns)
    for row in _rows(found, how):
        table.writerow(escape_formula("" if one is None else str(one)) for one in row.values())
    return stream.getvalue()


def _markdown(found: Comparison, how: Presentation) -> str:
    from ..reports.markdown import safe

    lines = [f"## {how.say('gate')} {how.say(str(found.new.gate))}", ""]
    lines += [f"- {safe(how.say(one))}" for one in found.new.reasons]
    lines += ["", safe(f"{found.old.path} → {found.new.path}"), "", safe(_counts(found, how)), ""]
    names = ("change", "line", "address", "why")
    lines += [f"| {' | '.join(how.say(one) for one in names)} |", "|---|---|---|---|"]
    for change, rows in found.changes.groupby("change", observed=True):
        lines += [
            f"| {how.say(str(change))} | {_line(row, how)} | {safe(how.mask(str(row.address)))} "
            f"| {_why(row, how)} |"
            for row in rows.head(SHOWN).itertuples(index=False)
        ]
        if len(rows) > SHOWN:
            left = how.say(f"and {len(rows) - SHOWN} more; --format csv lists all")
            lines.append(f"| {how.say(str(change))} | | | {left} |")
    return "\n".join(lines) + "\n"


WRITERS: dict[str, Callable[[Comparison, Presentation], str]] = {
    "text": _text,
    "json": _json,
    "csv": _csv,
    "markdown": _markdown,
}
