"""Lists in parts: the same judgement on a scheduler's workers, or in one process part by part."""

from __future__ import annotations

from typing import Any

from ..pipeline import with_today
from ..policy import Policy
from . import work
from .checking import Parted, check_parts
from .engines import open_engine
from .keeping import Interrupted, working_folder
from .local import Local, Work
from .pieces import Piece, pieces_of
from .streaming import cut

__all__ = [
    "Interrupted",
    "Parted",
    "Piece",
    "check_in_parts",
    "check_parts",
    "cut",
    "open_engine",
    "pieces_of",
]


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
    Where it is interrupted on one machine, what is done of the parts stays in the user's cache
    folder for a day (`Interrupted`), and the same call goes on from there.
    """
    if engine != "local":
        return check_parts(
            pieces_of(path, rows), open_engine(engine, scheduler), policy, out, **sources
        )
    rows, policy = rows or 1_000_000, with_today(policy)
    again: list[Work] = [work.survey, work.sample, work.distinct, work.summarise]
    if not out:
        again.append(work.judge_piece)  # else it writes, too
    with working_folder(path, policy, rows) as folder:
        pieces = cut(path, policy, rows, folder)
        last = None if out else work.fold_piece
        return check_parts(pieces, Local(folder, again, last), policy, out, **sources)
