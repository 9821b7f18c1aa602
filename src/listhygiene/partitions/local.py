"""Local: one process that does the work itself, a few pieces side by side."""

from __future__ import annotations

import hashlib
import os
import pickle
import tempfile
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from ..holders import settle
from .pieces import Piece
from .storing import get, put

Work = Callable[..., Any]

ABREAST = 2
"""So many pieces at once: each takes the memory of a list of its own."""


class Local:
    """One process; what is made in between waits on the disk.

    Each result bears the name of what it was made of, so a run that finds it there goes on from it.
    folder: where they are, one of its own otherwise. kept: work whose results are kept although
    they are wanted at once.
    """

    def __init__(self, folder: str = "", kept: Collection[Work] = ()) -> None:
        own = None if folder else tempfile.TemporaryDirectory(prefix="listhygiene-")
        self._own = own
        self._folder = Path(own.name if own else folder)
        self._kept = frozenset(one.__name__ for one in kept)

    def start(self, work: Work, *columns: Sequence[Any]) -> list[Any]:
        rows = zip(*columns, strict=True)
        return list(_in_order(lambda row: self._store(work, row)[0], rows))

    def run(self, work: Work, *columns: Sequence[Any]) -> Iterator[Any]:
        def made(row: tuple[Any, ...]) -> Any:
            if work.__name__ not in self._kept:
                return work(*map(_get, row))
            handle, value = self._store(work, row)
            return _get(handle) if value is None else value

        return _in_order(made, zip(*columns, strict=True))

    def fetch(self, handles: list[Any]) -> list[Any]:
        return [_get(one) for one in handles]

    def exchange(self, keys: list[Any]) -> list[Any]:
        """Settle a bucket at a time: what is in memory stays small, however many pieces."""
        divided = [_get(one).split(len(keys)) for one in keys]
        settled = [settle(bucket) for bucket in zip(*divided, strict=True)]
        return [pd.concat(parts, ignore_index=True) for parts in zip(*settled, strict=True)]

    def share(self, value: Any) -> Any:
        return _Shared(value, _digest(pickle.dumps(value, protocol=5)))

    def close(self) -> None:
        if self._own is not None:
            self._own.cleanup()

    def _store(self, work: Work, row: tuple[Any, ...]) -> tuple[_Stored, Any]:
        """Do some work unless it was done before; return the result if it is at hand."""
        name = _digest(work.__name__.encode(), *map(_name, row))
        path = self._folder / f"{name}.stored"
        if path.exists():
            return _Stored(path, name), None
        value = work(*map(_get, row))
        put(path, value)
        return _Stored(path, name), value


def _in_order(make: Callable[[Any], Any], rows: Iterable[Any]) -> Iterator[Any]:
    """Yield what is made of each row, in their order; a few are made while one is waited for."""
    threads = min(ABREAST, os.cpu_count() or 1)
    waiting: deque[Future[Any]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        try:
            for row in rows:
                waiting.append(pool.submit(make, row))
                if len(waiting) == threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for one in waiting:
                one.cancel()


@dataclass(frozen=True)
class _Stored:
    """A result on this machine's own disk."""

    path: Path
    name: str


@dataclass(frozen=True)
class _Shared:
    """A value that much work needs, named once."""

    value: Any
    name: str


def _get(value: Any) -> Any:
    if isinstance(value, _Shared):
        return value.value
    return get(value.path) if isinstance(value, _Stored) else value


def _name(value: Any) -> bytes:
    """Name a value by its content; a piece on the disk by its file's name, wherever that is."""
    if isinstance(value, _Stored | _Shared):
        return value.name.encode()
    if isinstance(value, Piece) and value.table is None:
        value = replace(value, path=Path(value.path).name, head=None)
    return pickle.dumps(value, protocol=5)


def _digest(*parts: bytes) -> str:
    made = hashlib.blake2b(digest_size=16)
    for one in parts:
        made.update(len(one).to_bytes(8, "little") + one)
    return made.hexdigest()
