"""Lists in parts: locally, on a real Dask scheduler with two workers, and on Spark."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import listhygiene
from listhygiene.model.errors import ListHygieneError, UnreadableList, UsageError
from listhygiene.partitions import check_in_parts, check_parts, pieces_of
from listhygiene.partitions.engines import open_engine
from listhygiene.policy import Policy, load_policy
from listhygiene.readers import read

SAMPLE = Path(__file__).parent.parent / "sample_data" / "spring_campaign.csv"
ORDER = ["row", "rule", "column"]


def policy() -> Policy:
    settings = {"as_of": "2026-11-23", "dns.source": str(SAMPLE.parent / "dns.json")}
    return load_policy(
        str(SAMPLE.parent / "listhygiene.toml"),
        changes={key: (value, "test") for key, value in settings.items()},
    )


@pytest.fixture(scope="module")
def parquet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample campaign three times over, so that parts share addresses, domains and boxes."""
    listing = read(SAMPLE)
    columns = [pa.array(listing.frame[place]) for place in listing.frame]
    names = [name or f"column {place}" for place, name in enumerate(listing.header)]
    once = pa.Table.from_arrays(columns, names=names)
    path = tmp_path_factory.mktemp("parts") / "list.parquet"
    pq.write_table(pa.concat_tables([once] * 3), path, row_group_size=70)
    return path


@pytest.fixture(scope="module")
def whole(parquet: Path) -> Any:
    return listhygiene.check(str(parquet), policy())


def ordered(findings: pd.DataFrame) -> pd.DataFrame:
    names = ["row", "column", "rule", "detail", "severity", "weighs"]
    plain = findings[names].astype({"rule": str, "severity": str, "detail": str})
    return plain.sort_values(ORDER, kind="stable", ignore_index=True)


def assert_same(whole: Any, parted: Any, out: Path) -> None:
    """Every finding, verdict, header and the decision are those of the whole list."""
    one, other = whole.lists[0], parted.report.lists[0]
    written = ordered(pd.read_parquet(out / "findings"))
    rows = one.findings[(one.findings["row"] >= 0).to_numpy()]
    pd.testing.assert_frame_equal(ordered(rows), written, check_dtype=False)
    heads = [ordered(it.findings[(it.findings["row"] < 0).to_numpy()]) for it in (one, other)]
    pd.testing.assert_frame_equal(heads[0], heads[1], check_dtype=False)
    assert one.verdicts.tolist() == other.verdicts.tolist()
    reasons = [[(it.key, it.measure) for it in r.decision.reasons] for r in (whole, parted.report)]
    assert whole.decision.gate == parted.report.decision.gate
    assert reasons[0] == reasons[1]
    assert one.projected.floor == pytest.approx(other.projected.floor)
    assert one.projected.send_ceiling == pytest.approx(other.projected.send_ceiling)
    parts = sorted((out / "contacts").glob("*.parquet"))
    verdicts = [pq.ParquetFile(part).read(["listhygiene_verdict"]) for part in parts]
    told = pa.concat_tables(verdicts).column(0).to_pylist()
    assert told == one.verdicts.astype(str).tolist()


@pytest.mark.parametrize("rows", [1, 200, 100_000])
def test_parts_in_one_process_find_what_the_whole_does(
    rows: int, parquet: Path, whole: Any, tmp_path: Path
) -> None:
    pieces = pieces_of(str(parquet), rows)
    parted = check_parts(pieces, open_engine("local"), policy(), out=str(tmp_path))
    assert (parted.rows, parted.pieces) == (whole.lists[0].verdicts.size, len(pieces))
    assert_same(whole, parted, tmp_path)


def test_tables_are_parts_too(whole: Any, parquet: Path, tmp_path: Path) -> None:
    table = pq.ParquetFile(parquet).read()
    tables = [table.slice(0, 333), table.slice(333).to_pandas()]
    parted = check_parts(pieces_of(tables), open_engine("local"), policy(), out=str(tmp_path))
    assert_same(whole, parted, tmp_path)


def test_parts_of_other_columns_are_refused(parquet: Path) -> None:
    other = (
        pq.ParquetFile(parquet)
        .read()
        .rename_columns([f"{name}?" for name in pq.read_schema(parquet).names])
    )
    pieces = pieces_of([pq.ParquetFile(parquet).read(), other])
    with pytest.raises(UnreadableList, match="columns"):
        check_parts(pieces, open_engine("local"), policy())


def test_what_is_missing_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UnreadableList, match="no Parquet file"):
        pieces_of(str(tmp_path / "*.parquet"))
    with pytest.raises(UsageError, match="--scheduler"):
        open_engine("dask")


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and two worker processes that speak TCP over loopback."""
    pytest.importorskip("distributed", reason="Dask is not installed (extra: dask)")
    file = tmp_path / "scheduler.json"
    started = [_dask("scheduler", "--host", "127.0.0.1", "--port", "0", "--dashboard-address", ":0",
                     "--scheduler-file", str(file))]  # fmt: skip
    try:
        from distributed import Client

        until = time.monotonic() + 30
        while not file.exists() and time.monotonic() < until:
            threading.Event().wait(0.05)
        workers = [_worker(file, tmp_path) for _ in range(2)]
        started += workers
        with Client(scheduler_file=str(file), set_as_default=False) as client:
            client.wait_for_workers(2, timeout=30)
            address = client.scheduler.address
        yield address, workers
    finally:
        for one in started:
            one.kill()
            one.wait()


def _dask(command: str, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "distributed.cli.dask_" + command, *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )


def _worker(file: Path, folder: Path) -> subprocess.Popen[bytes]:
    where = ("--host", "127.0.0.1", "--local-directory", str(folder))
    return _dask("worker", "--scheduler-file", str(file), "--nthreads", "1", "--no-nanny", *where)


@pytest.mark.dask
def test_two_workers_find_what_one_process_does(
    cluster: tuple[str, list[Any]], parquet: Path, whole: Any, tmp_path: Path
) -> None:
    engine = open_engine("dask", cluster[0])
    parted = check_parts(pieces_of(str(parquet)), engine, policy(), out=str(tmp_path / "out"))
    assert parted.pieces > 2
    assert_same(whole, parted, tmp_path / "out")


@pytest.mark.dask
@pytest.mark.parametrize("stage", ["fold", "judge"])
def test_a_worker_killed_half_way_changes_nothing(
    stage: str, cluster: tuple[str, list[Any]], parquet: Path, whole: Any, tmp_path: Path
) -> None:
    address, workers = cluster

    def kill(now: str, done: int, total: int) -> None:
        if now == stage and done >= total // 2 and workers[0].poll() is None:
            workers[0].kill()

    parted = check_parts(
        pieces_of(str(parquet)),
        open_engine("dask", address),
        policy(),
        out=str(tmp_path / "out"),
        progress=kill,
    )
    assert workers[0].wait(10) is not None
    assert_same(whole, parted, tmp_path / "out")


@pytest.mark.dask
def test_a_scheduler_that_is_not_there_is_one_sentence() -> None:
    pytest.importorskip("distributed", reason="Dask is not installed (extra: dask)")
    with pytest.raises(ListHygieneError, match="does not answer"):
        open_engine("dask", "tcp://127.0.0.1:9")


@pytest.mark.spark
def test_spark_finds_what_one_process_does(parquet: Path, whole: Any, tmp_path: Path) -> None:
    pyspark = pytest.importorskip("pyspark.sql", reason="Spark is not installed (extra: spark)")
    from listhygiene.partitions.engines import Spark

    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = pyspark.SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    session = builder.getOrCreate()
    try:
        pieces = pieces_of(str(parquet), 300)
        parted = check_parts(pieces, Spark(session), policy(), out=str(tmp_path))
    finally:
        session.stop()
    assert_same(whole, parted, tmp_path)


TRICKY = (
    'Email,Note,"Last mailed"\r\n'
    'ann@example.com,"two\nlines",2026-10-01\r\n'
    ' bob@example.com ,"a ""quote""",2024-01-05\r\n'
    "Ann@example.com,,\r\n"
    "ann@example.com,=1+1,31/12/2025\r\n"
)


@pytest.mark.parametrize("rows", [1, 2, 3, 50])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_a_csv_in_chunks_has_the_findings_of_the_whole(
    rows: int, encoding: str, tmp_path: Path
) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes((TRICKY + "山田@example.com,東京,2026-11-01\r\n").encode(encoding))
    whole = listhygiene.check(str(path), policy())
    parted = check_in_parts(str(path), policy(), rows=rows, out=str(tmp_path / "out"))
    assert_same(whole, parted, tmp_path / "out")
    written = pd.read_parquet(tmp_path / "out" / "findings")
    lines = whole.lists[0].contacts.listing.lines
    assert (written["line"].to_numpy() == lines[written["row"].to_numpy()]).all()


ODD = {
    "unbalanced": "Email,Name\nann@example.com,Ann\nbob@example.com,Bob,more\ncarl@x.test\n",
    "late": "Email,Name\n" + "ann@example.com,Ann\n" * 70_000 + "bob@example.com\n",
    "open quote": 'Email,Name\nann@example.com,"Ann\nbob@example.com,Bob\n',
    "preamble": "Spring\n\nEmail,Name\nann@example.com,Ann\nbob@example.com,Bob\n",
    "no header": "ann@example.com,Ann\nbob@example.com,Bob\n",
    "header again": "Email,Name\nann@example.com,Ann\nEmail,Name\nbob@example.com,Bob\n",
    "blank": 'Email,Name\nann@example.com,Ann\n,\n\nbob@example.com,Bob\n"",\n',
    "swallowed": 'Email,Name\nann@example.com,"Ann\nbob@example.com,Bob"\n',
    "several lines": 'Email,Name\nann@example.com,"Ann\nB., from"\nbob@example.com,"Bob\nC."\n',
    "total": "Email,Name\nann@example.com,Ann\nbob@example.com,Bob\n\nTotal,2\n",
    "empty": "Email,Name\n",
}


@pytest.mark.parametrize("kind", ODD)
def test_a_csv_that_only_the_whole_explains_is_read_whole(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(ODD[kind], encoding="utf-8")
    whole = listhygiene.check(str(path), policy())
    rows = 50_000 if kind == "late" else 1
    parted = check_in_parts(str(path), policy(), rows=rows, out=str(tmp_path / "out"))
    assert_same(whole, parted, tmp_path / "out")
    one, other = (it.lists[0].contacts.listing for it in (whole, parted.report))
    assert (one.lines == other.lines).all()
    assert (one.encoding, one.preamble) == (other.encoding, other.preamble)
