"""Lists in parts: the same judgement on a scheduler's workers, or in one process part by part."""

from __future__ import annotations

import tempfile
from typing import Any

from ..policy import Policy
from .checking import Parted, check_parts
from .engines import open_engine
from .pieces import Piece, pieces_of
from .streaming import cut

__all__ = ["Parted", "Piece", "check_in_parts", "check_parts", "cut", "open_engine", "pieces_of"]


def check_in_parts(
    path: str,
    policy: Policy,
    engine: str = "local",
    *,
    scheduler: str = "",
    rows: int = 0,
    out: str = "",
    **sources: Any,
) -> Parted:
    """Judge one list in parts, with the findings of the whole.

    path: Parquet (a file, a folder, a pattern, any URL that fsspec knows), on one machine also a
    delimited file. engine: "local", "dask" (scheduler: its address) or "spark". rows: how many a
    part has at least. out: where findings and annotated rows go as Parquet. sources: see `check`.
    """
    if engine != "local":
        return check_parts(
            pieces_of(path, rows), open_engine(engine, scheduler), policy, out, **sources
        )
    with tempfile.TemporaryDirectory(prefix="listhygiene-") as folder:
        pieces = cut(path, policy, rows or 1_000_000, folder)
        return check_parts(pieces, open_engine(engine), policy, out, **sources)
