"""A recording as `save_answers` writes it: proved as a whole, lines read when asked for."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
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


class Written:
    """The answers of a recording as they stand there: name and type -> what was answered."""

    def __init__(self, lines: Mapping[str, str], latest: datetime | None) -> None:
        self.latest = latest
        self._lines = lines
        self._read: dict[str, Records] = {}

    def __len__(self) -> int:
        return len(self._lines)

    def find(self, questions: Sequence[Question]) -> dict[Question, Records]:
        """Return the answers to the questions that stand in the recording."""
        get = self._lines.get
        rows = ((one, get(f"{_OPEN}{one[0]} {one[1]}")) for one in questions)
        return {question: self._answer(row) for question, row in rows if row is not None}

    def _answer(self, row: str) -> Records:
        found = self._read.get(row)
        if found is None:
            found = self._read[row] = _read(row)
        return found


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
    found = pc.match_substring_regex(pa.array(pieces, pa.large_string()), _LINE)
    if not pc.all(found).as_py():
        return None
    lines = dict(one.split('": ', 1) for one in pieces)
    if len(lines) < len(pieces):  # a key stands twice
        return None
    tails = {one[-_TAIL:] for one in pieces}
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
