"""Engines: where the work on the pieces is done, in this process, by Dask or by Spark."""

from __future__ import annotations

import operator
import pickle
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import pandas as pd

from ..holders import Keys, settle
from ..model.errors import ListHygieneError, UsageError
from .local import Local, Work


class Engine(Protocol):
    """What runs work on many pieces; a handle stands for a result that stays where it was made."""

    def start(self, work: Work, *columns: Sequence[Any]) -> list[Any]:
        """Begin work on many pieces, one call a row of the columns; return a handle of each."""

    def run(self, work: Work, *columns: Sequence[Any]) -> Iterator[Any]:
        """Do work on many pieces; yield the results in order. Columns may hold handles."""

    def fetch(self, handles: list[Any]) -> list[Any]:
        """Return the results that handles stand for."""

    def exchange(self, keys: list[Any]) -> list[Any]:
        """Settle who holds an address first, of handles of keys; return what each piece gets."""

    def share(self, value: Any) -> Any:
        """Send a value to wherever work is done."""

    def close(self) -> None:
        """Release what was held."""


class Dask:
    """The workers of a Dask scheduler; what a lost worker held is made again."""

    def __init__(self, scheduler: str, buckets: int = 0) -> None:
        try:
            import distributed
        except ImportError:
            raise UsageError(
                "Dask is not installed", remedy="Install it: pip install 'listhygiene[dask]'."
            ) from None
        try:
            library: Any = distributed
            self.client: Any = library.Client(scheduler, timeout="10s", set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise ListHygieneError(
                f"the scheduler {scheduler} does not answer",
                remedy="Check its address, and that it runs.",
            ) from error
        self._buckets = buckets

    def start(self, work: Work, *columns: Sequence[Any]) -> list[Any]:
        return self._submit(work, columns)

    def _submit(self, work: Work, columns: tuple[Sequence[Any], ...], first: int = 0) -> list[Any]:
        """Hand work over; first: what has more of it is done before the rest."""
        futures: list[Any] = self.client.map(work, *columns, pure=False, retries=3, priority=first)
        return futures

    def run(self, work: Work, *columns: Sequence[Any]) -> Iterator[Any]:
        futures = self._submit(work, columns, first=1)  # somebody waits for it
        for place in range(len(futures)):  # in order; each is dropped once it is here
            future, futures[place] = futures[place], None
            yield future.result()

    def fetch(self, handles: list[Any]) -> list[Any]:
        found: list[Any] = self.client.gather(handles)
        return found

    def exchange(self, keys: list[Any]) -> list[Any]:
        """A shuffle by hash: a bucket gets its keys of every piece, a piece its part of each."""
        number = self._buckets or max(1, min(len(keys), 2 * len(self.client.nthreads())))
        divided = self.start(_divide, keys, [number] * len(keys))
        settled = []
        for bucket in range(number):
            parts = self.start(operator.getitem, divided, [bucket] * len(keys))
            settled.append(self.client.submit(settle, parts, pure=False, retries=3))
        return [
            self.client.submit(_gather_bucket, settled, piece, pure=False, retries=3)
            for piece in range(len(keys))
        ]

    def share(self, value: Any) -> Any:
        return self.client.scatter(value, broadcast=True)

    def close(self) -> None:
        self.client.close()


def _divide(keys: Keys, number: int) -> list[Keys]:
    return keys.split(number)


def _gather_bucket(settled: list[list[pd.DataFrame]], piece: int) -> pd.DataFrame:
    return pd.concat([one[piece] for one in settled], ignore_index=True)


class Spark:
    """A Spark cluster, by mapInPandas; a handle is a recipe that is followed where it is needed."""

    def __init__(self, session: Any = None) -> None:
        try:
            from pyspark.sql import SparkSession
        except ImportError:
            raise UsageError(
                "Spark is not installed", remedy="Install it: pip install 'listhygiene[spark]'."
            ) from None
        self.session = session or SparkSession.builder.appName("listhygiene").getOrCreate()

    def start(self, work: Work, *columns: Sequence[Any]) -> list[Any]:
        return [_Recipe(work, row) for row in zip(*columns, strict=True)]

    def run(self, work: Work, *columns: Sequence[Any]) -> Iterator[Any]:
        recipes = self.start(work, *columns)
        if not recipes:
            return
        asked = [(number, pickle.dumps(one)) for number, one in enumerate(recipes)]
        frame = self.session.createDataFrame(asked, "number long, content binary")
        told = frame.repartition(len(asked), "number").mapInPandas(
            _follow, "number long, content binary"
        )
        results = {row["number"]: row["content"] for row in told.toLocalIterator()}
        for number in range(len(asked)):
            yield pickle.loads(results.pop(number))

    def fetch(self, handles: list[Any]) -> list[Any]:
        return list(self.run(_same, handles))

    def exchange(self, keys: list[Any]) -> list[Any]:
        return list(settle(self.fetch(keys)))

    def share(self, value: Any) -> Any:
        return value

    def close(self) -> None:
        """The session is the cluster's, and stays."""


class _Recipe:
    """Work that is not done yet."""

    def __init__(self, work: Work, row: tuple[Any, ...]) -> None:
        self.work, self.row = work, row

    def follow(self) -> Any:
        return self.work(*(one.follow() if isinstance(one, _Recipe) else one for one in self.row))


def _same(value: Any) -> Any:
    return value


def _follow(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    for frame in frames:
        contents = [pickle.dumps(pickle.loads(one).follow()) for one in frame["content"]]
        yield pd.DataFrame({"number": frame["number"], "content": contents})


def open_engine(name: str, scheduler: str = "") -> Engine:
    """Open an engine: "local", "dask" (scheduler: its address) or "spark"."""
    if name == "dask":
        if not scheduler:
            raise UsageError(
                "Dask needs a scheduler", remedy="Name it: --scheduler tcp://HOST:8786."
            )
        return Dask(scheduler)
    return Spark() if name == "spark" else Local()
