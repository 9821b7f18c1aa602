"""Cores: pieces of work that don't need each other, done side by side."""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

Part = TypeVar("Part")
Made = TypeVar("Made")

FEW = 10_000
"""With fewer rows, threads that wait for each other cost more time than they save."""
MOST = 4
"""More threads than this hold more in memory than they save in time."""


def abreast(
    make: Callable[[Part], Made], parts: Iterable[Part], rows: int | None = None
) -> list[Made]:
    """Return what `make` makes of each part, in their order, on as many cores as there are.

    It pays for work that numpy and Arrow do, which lets other threads go on meanwhile; where each
    part has few rows, they are made one after the other. What `make` raises is raised here.
    """
    waiting = list(parts)
    threads = min(len(waiting), os.cpu_count() or 1, MOST)
    if rows is not None and rows < FEW:
        threads = 1
    if threads < 2:
        return [make(one) for one in waiting]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(make, waiting))


def ahead(parts: Iterable[Part]) -> Iterator[Part]:
    """Yield what comes out of an iterator, whose next part is made while one is used.

    What making raises is raised here. Nothing goes on once the iterator is closed.
    """
    coming = iter(parts)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(_next, coming)
        while part := waiting.result():
            waiting = pool.submit(_next, coming)
            yield part[0]


def _next(coming: Iterator[Part]) -> list[Part]:
    return list(itertools.islice(coming, 1))


def aside(make: Callable[..., Made], *given: Any) -> Future[Made]:
    """Begin to make something that is asked for much later, or never; see `begun`."""
    pool = ThreadPoolExecutor(1)
    made = pool.submit(make, *given)
    pool.shutdown(wait=False)
    return made


@contextlib.contextmanager
def begun(make: Callable[..., Made], *given: Any) -> Iterator[Future[Made]]:
    """Begin to make something beside what is done meanwhile; its `result()` waits for it.

    What `make` raises is raised by `result()`. Nothing goes on when the block is left.
    """
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(make, *given)
