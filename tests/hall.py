"""The hall in tests: a lookup that answers from a table, a policy, lists and the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import openpyxl

from listhygiene.cli.main import main
from listhygiene.model.answer import Answer, MailAnswer
from listhygiene.policy import Policy, load_policy

POLICY = """
as_of = "2026-11-23"
lang = "en"
[dns]
source = "off"
[domains]
treat_as_real = ["example", "test"]
[gate]
require = []
"""


class Answers:
    """A source of DNS answers: what the table says, else that the domain takes mail."""

    def __init__(self, table: Mapping[str, str] | None = None) -> None:
        self.table = dict(table or {})
        self.asked: list[str] = []

    def mail(self, domains: Iterable[str], progress: object = None) -> dict[str, MailAnswer]:
        names = list(domains)
        self.asked += names
        return {one: MailAnswer(one, Answer(self.table.get(one, "mx"))) for one in names}

    def query(self, questions: Iterable[object], progress: object = None) -> dict[object, object]:
        return {}

    def failed(self) -> str:
        return ""

    def close(self) -> None:
        pass


def make_policy(**changes: object) -> Policy:
    """Return the tests' policy; `a__b=1` sets the key a.b."""
    base = {
        "as_of": "2026-11-23",
        "lang": "en",
        "dns.source": "off",
        "domains.treat_as_real": ["example", "test"],
    }
    named = {key.replace("__", "."): value for key, value in changes.items()}
    return load_policy(
        folder="/nonexistent", changes={key: (it, "test") for key, it in (base | named).items()}
    )


def write_book(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    """Save rows as the only sheet of a workbook."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    book.save(path)
    return path


def write_list(path: Path, rows: Sequence[Sequence[str]]) -> Path:
    """Save rows without commas or quotes as CSV or, by the suffix, as a workbook."""
    if path.suffix == ".xlsx":
        return write_book(path, rows)
    path.write_text("".join(",".join(row) + "\n" for row in rows), encoding="utf-8")
    return path


def read_rows(path: Path) -> list[list[str]]:
    """Read a CSV or the first sheet of a workbook back, blank cells as ''."""
    if path.suffix == ".xlsx":
        sheet = openpyxl.load_workbook(path).worksheets[0]
        return [
            ["" if cell is None else str(cell) for cell in row]
            for row in sheet.iter_rows(values_only=True)
        ]
    import csv
    import io

    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


def command_line(folder: Path) -> Callable[..., int]:
    """Return a function that runs a command under the tests' policy, and gives its exit code."""
    policy = folder / "policy.toml"
    policy.write_text(POLICY, encoding="utf-8")

    def run(command: str, *arguments: object) -> int:
        extra = [] if command == "undo" else ["--policy", str(policy)]
        return main([command, *map(str, arguments), *extra])

    return run
