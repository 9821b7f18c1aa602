"""Lists of blocks in JSON: an object a line, or one array of objects."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..model.errors import BlocklistError
from ..model.listing import TEXT, Listing

SUFFIXES = (".jsonl", ".ndjson", ".json")


def read_json_lines(path: str) -> Listing:
    """Read JSON lines, or a JSON array, as a table: what `export` writes as .jsonl and .json."""
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BlocklistError(
            f"the list cannot be read ({getattr(error, 'strerror', None) or 'not UTF-8'})",
            file=path,
            remedy="Check the path and the encoding.",
        ) from error
    found = dict(_of_array(text, path) if text.lstrip().startswith("[") else _of_lines(text, path))
    rows = list(found.values())
    header = tuple(dict.fromkeys(name for row in rows for name in row))
    cells = [[_cell(row.get(name)) for name in header] for row in rows]
    frame = pd.DataFrame(cells, columns=range(len(header)), dtype=TEXT)
    return Listing(path, "jsonl", header, frame, np.array(list(found), dtype=np.int64), None)


def _of_lines(text: str, path: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the number and the object of each line; only a line feed ends one."""
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield number, _object(_parsed(line), path, number)


def _of_array(text: str, path: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the number, from 1, and the object of each element."""
    found = _parsed(text)
    for number, one in enumerate(found if isinstance(found, list) else [None], 1):
        yield number, _object(one, path, number)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _object(found: Any, path: str, number: int) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise BlocklistError(
            "this is no JSON object",
            file=path,
            place=f"line {number}",
            remedy="Give one object a line, with `address` or `hash`.",
        )
    return found


def _cell(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
