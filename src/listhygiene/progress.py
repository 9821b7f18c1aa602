"""Progress: how many contacts are done of all, told as the work goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")


def counted(
    work: Iterable[T], sizes: Sequence[int], tell: Callable[[int, int], None] | None
) -> Iterator[T]:
    """Yield the parts of some work, and tell after each how many contacts are done of all.

    sizes: how many contacts each part has.
    """
    total, done = sum(sizes), 0
    for size, one in zip(sizes, work, strict=True):
        yield one
        done += size
        if tell is not None:
            tell(done, total)
