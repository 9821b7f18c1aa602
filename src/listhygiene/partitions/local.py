"""Local: one process that does the work itself, a few pieces side by side."""

from __future__ import annotations

import hashlib
import os
import pickle
import tempfile
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from ..holders import settle
from .pieces import Piece, remove
from .storing import get, put

Work = Callable[..., Any]

ABREAST = 2
"""So many pieces at once: each takes the memory of a list of its own."""


class Local:
    """One process; what is made in between waits on the disk.

    Each result bears the name of what it was made of, so a run that finds it there goes on from it.
    folder: where they are, one of its own otherwise. kept: work whose results are kept although
    they are wanted at once. last: work behind which nobody loads its piece: what `cut` wrote of it
    goes then, and its place on the disk and in memory is free for the result.
    """

    def __init__(
        self, folder: str = "", kept: Collection[Work] = (), last: Work | None = None
    ) -> None:
        own = None if folder else tempfile.TemporaryDirectory(prefix="listhygiene-")
        self._own = own
        self._folder = Path(own.name if own else folder)
        self._kept = frozenset(one.__name__ for one in kept)
        self._last = last.__name__ if last else ""
        threads = min(ABREAST, os.cpu_count() or 1)
        self._begun = ThreadPoolExecutor(threads)
        self._awaited = ThreadPoolExecutor(threads)  # what is begun never waits for it

    def start(self, work: Work, *columns: Sequence[Any]) -> list[Any]:
        begun = []
        for row in zip(*columns, strict=True):
            name = _digest(work.__name__.encode(), *map(_name, row))
            begun.append(_Begun(name, self._begun.submit(self._keep, name, work, row)))
        return begun

    def run(self, work: Work, *columns: Sequence[Any]) -> Iterator[Any]:
        """Do a few pieces of the work at once: no more wait than are soon taken."""
        waiting: deque[Future[Any]] = deque()
        for row in zip(*columns, strict=True):
            waiting.append(self._awaited.submit(self._made, work, row))
            if len(waiting) == ABREAST:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

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
        """Wait for what is being done; what is not begun yet is left."""
        for pool in (self._begun, self._awaited):  # whoever waits for what is left hears of it
            pool.shutdown(cancel_futures=True)
        if self._own is not None:
            self._own.cleanup()

    def _made(self, work: Work, row: tuple[Any, ...]) -> Any:
        if work.__name__ not in self._kept:
            return work(*map(_get, row))
        name = _digest(work.__name__.encode(), *map(_name, row))
        path, value = self._store(name, work, row)
        return get(path) if value is None else value

    def _keep(self, name: str, work: Work, row: tuple[Any, ...]) -> Path:
        return self._store(name, work, row)[0]

    def _store(self, name: str, work: Work, row: tuple[Any, ...]) -> tuple[Path, Any]:
        """Do some work unless it was done before; return the result if it is at hand."""
        path = self._folder / f"{name}.stored"
        if path.exists():
            return path, None
        value = work(*map(_get, row))
        put(path, value)
        if work.__name__ == self._last:
            remove(row[0])
        return path, value


@dataclass(frozen=True)
class _Begun:
    """A result that will be on this machine's own disk."""

    name: str
    path: Future[Path]


@dataclass(frozen=True)
class _Shared:
    """A value that much work needs, named once."""

    value: Any
    name: str


def _get(value: Any) -> Any:
    if isinstance(value, _Shared):
        return value.value
    return get(value.path.result()) if isinstance(value, _Begun) else value


def _name(value: Any) -> bytes:
    """Name a value by its content; a piece on the disk by its file's name, wherever that is."""
    if isinstance(value, _Begun | _Shared):
        return value.name.encode()
    if isinstance(value, Piece) and value.table is None:
        value = replace(value, path=Path(value.path).name, head=None)
    return pickle.dumps(value, protocol=5)


def _digest(*parts: bytes) -> str:
    made = hashlib.blake2b(digest_size=16)
    for one in parts:
        made.update(len(one).to_bytes(8, "little") + one)
    return made.hexdigest()
