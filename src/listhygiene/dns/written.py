"""A recording as `save_answers` writes it: proved as a whole, lines read when asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from ..model.answer import Question, Records, Status

START = '\n  "answers": {\n'
END = "\n  }\n}"
_OPEN = '    "'

_NAME = r"[!#-@\[\]-~]*[!#--/-@\[\]-~]"
"""No capitals and no final dot: `normalise` would leave it as it is."""
_TEXT = r'"(?:[ !#-\[\]-~]|\\["\\/bfnrt]|\\u[0-9a-f]{4})*"'
_MX = r'"[0-9]+ [!#-\[\]-~]+"'
_KINDS = "A|AAAA|CNAME|NS|PTR|SOA|TXT"
_FAILED = "|".join(one.value for one in Status if one is not Status.OK)
_TIME = ', "at": "'
_LINE = (
    rf'^    "{_NAME} (?:'
    rf'MX": \{{"status": "ok", "texts": \[{_MX}(?:, {_MX})*\]'
    rf'|(?:{_KINDS})": \{{"status": "ok", "texts": \[{_TEXT}(?:, {_TEXT})*\]'
    rf'|(?:MX|{_KINDS})": \{{"status": "(?:{_FAILED})")'
    rf'(?:, "ttl": (?:0|[1-9][0-9]{{0,9}}))?(?:, "why": {_TEXT})?'
    rf'(?:{_TIME}[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}Z")?\}}$'
)
_TAIL = len(_TIME) + len('2026-11-23T00:00:00Z"}')


class Written(Mapping[Question, Records]):
    """The answers of a recording, name and type -> what stands there, read when asked for."""

    def __init__(self, lines: Mapping[str, str], latest: datetime | None) -> None:
        self.latest = latest
        self._lines = lines
        self._made: dict[str, Records] = {}

    def __getitem__(self, question: Question) -> Records:
        row = self._lines[f"{_OPEN}{question[0]} {question[1]}"]
        found = self._made.get(row)
        if found is None:
            found = self._made[row] = _read(row)
        return found

    def __iter__(self) -> Iterator[Question]:
        for key in self._lines:
            name, _, kind = key.removeprefix(_OPEN).rpartition(" ")
            yield name, kind

    def __len__(self) -> int:
        return len(self._lines)


def read_written(text: str) -> tuple[str, Written] | None:
    """Return what stands around a recording's answers, and its answers.

    None where the file is not, line by line, as `save_answers` writes it, or something in it is
    wrong: then it is read as any JSON, and what is wrong is named.
    """
    head, start, rest = text.partition(START)
    body, end, behind = rest.rpartition(END)
    frame = f"{head}{start}{END}"
    if not start or not end or behind.strip() or not _stands_outermost(frame):
        return None
    pieces = body.split(",\n")
    column = pa.array(pieces, pa.large_string())
    if not pc.all(pc.match_substring_regex(column, _LINE)).as_py():
        return None
    lines = dict(one.split('": ', 1) for one in pieces)
    if len(lines) < len(pieces):  # a key stands twice
        return None
    tails = pc.unique(pc.utf8_slice_codeunits(column, -_TAIL)).to_pylist()
    times = [one[len(_TIME) : -2] for one in tails if one.startswith(_TIME)]
    try:
        latest = max(map(datetime.fromisoformat, times), default=None)
    except ValueError:  # no such day, no such hour
        return None
    return frame, Written(lines, latest)


def _stands_outermost(frame: str) -> bool:
    try:
        content = json.loads(frame)
    except (ValueError, RecursionError):
        return False
    return isinstance(content, dict) and content.get("answers") == {}


def _read(row: str) -> Records:
    told = json.loads(row)
    at = told.get("at")
    return Records(
        Status(told["status"]),
        tuple(told.get("texts", ())),
        told.get("ttl", 0),
        datetime.fromisoformat(at) if at else None,
        told.get("why", ""),
    )
