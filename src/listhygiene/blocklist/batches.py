"""Batches of keys as the questions about them carry them."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..texts import to_arrow
from .bounds import BATCH

_ESCAPED = r'["\\\x00-\x1f]'


def sorted_batches(keys: pd.Series) -> Iterator[pa.Array]:
    """Yield keys a batch at a time, so that the index that they are looked for in is read once,
    from end to end."""
    texts = to_arrow(keys)
    texts = texts.take(pc.sort_indices(texts))
    for start in range(0, len(texts), BATCH):
        yield texts.slice(start, BATCH)


def as_json(texts: pa.Array) -> str:
    """Write texts as a JSON array; at once where none of them needs an escape."""
    if pc.any(pc.match_substring_regex(texts, _ESCAPED)).as_py():
        return json.dumps(texts.to_pylist())
    whole = pa.ListArray.from_arrays(pa.array([0, len(texts)], pa.int32()), texts)
    joined = pc.binary_join(whole, pa.scalar('","', pa.large_string()))
    return f'["{joined[0].as_py()}"]'
