"""A recording as `save_answers` writes it: proved as a whole, lines read when asked for."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from ..cores import abreast
from ..model.answer import Question, Records, Status

START = '\n  "answers": {\n'
END = "\n  }\n}"
LARGE = pa.large_string()
_OPEN = '    "'
_FEW = 8
"""So many times as many answers stand there as few questions are asked."""
_PART = 1 << 14
"""Lines proved at once, on each core."""

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

_HOLDS = r', "(?:ttl": [0-9]+|at": "[0-9TZ:-]+")'


class Written:
    """The answers of a recording as they stand there: keys (name and type) and what was answered.

    Only those that are asked for become objects of Python.
    """

    def __init__(self, keys: pa.Array, rows: pa.Array, latest: datetime | None) -> None:
        self.latest = latest
        self._keys = keys
        self._rows = rows
        self._read: dict[str, Records] = {}

    def __len__(self) -> int:
        return len(self._keys)

    def find(self, questions: Sequence[Question]) -> dict[Question, Records]:
        """Return the answers to the questions that stand in the recording."""
        asked = [one for one in questions if one[0].isascii()]  # as the recording is
        keys = pa.array([f"{_OPEN}{name} {kind}" for name, kind in asked], LARGE)
        if len(keys) * _FEW < len(self._keys):
            return self._find_few(asked, keys)
        places = pc.index_in(keys, value_set=self._keys)
        known = itertools.compress(asked, places.is_valid().to_pylist())
        rows = self._rows.take(places.drop_null()).to_pylist()
        return {question: self._answer(row) for question, row in zip(known, rows, strict=True)}

    def _find_few(self, asked: Sequence[Question], keys: pa.Array) -> dict[Question, Records]:
        """Look for few questions among the many of the recording, not the other way round."""
        here = pc.is_in(self._keys, value_set=keys)
        both = (one.filter(here).to_pylist() for one in (self._keys, self._rows))
        rows = dict(zip(*both, strict=True))
        told = zip(asked, keys.to_pylist(), strict=True)
        return {question: self._answer(rows[key]) for question, key in told if key in rows}

    def shared(self, names: pa.Array, kind: str) -> pa.DictionaryArray:
        """Return what stands there of names, but for how long it holds; missing where nothing does.

        Names whose value is the same got the same answer.
        """
        around = [pa.scalar(one, LARGE) for one in (_OPEN, f" {kind}", "")]
        keys = pc.binary_join_element_wise(around[0], names, *around[1:])
        rows = self._rows.take(pc.index_in(keys, value_set=self._keys)).dictionary_encode()
        kinds = pc.replace_substring_regex(rows.dictionary, _HOLDS, "").dictionary_encode()
        return pa.DictionaryArray.from_arrays(kinds.indices.take(rows.indices), kinds.dictionary)

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
    lines = pc.split_pattern(pa.scalar(body, LARGE), ",\n").values
    parts = [lines.slice(start, _PART) for start in range(0, len(lines), _PART)]
    if not all(abreast(_are_written, parts)):
        return None
    halves = pc.split_pattern(lines, '": ', max_splits=1)
    keys, rows = pc.list_element(halves, 0), pc.list_element(halves, 1)
    if pc.count_distinct(keys).as_py() < len(keys):  # a key stands twice
        return None
    tails = pc.unique(pc.binary_slice(lines.cast(pa.large_binary()), -_TAIL)).to_pylist()
    times = [one[len(_TIME) : -2] for one in map(bytes.decode, tails) if one.startswith(_TIME)]
    try:
        latest = max(map(datetime.fromisoformat, times), default=None)
    except ValueError:  # no such day, no such hour
        return None
    return frame, Written(keys, rows, latest)


def _are_written(lines: pa.Array) -> bool:
    return bool(pc.all(pc.match_substring_regex(lines, _LINE)).as_py())


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
