"""Parquet files and Arrow tables: read as texts, given back with their types, undone exactly."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import listhygiene
from listhygiene.changelog import undo
from listhygiene.cleaning import clean
from listhygiene.model.errors import UnreadableList
from listhygiene.policy import load_policy
from listhygiene.readers import read

UTC = dt.UTC


def table() -> pa.Table:
    days = [dt.date(2026, 10, 1), None, dt.date(2024, 1, 31)]
    return pa.table(
        {
            "Email": pa.array([" ann@example.com", "bob@EXAMPLE.com", None]),
            "Last mailed": pa.array(days),
            "id": pa.array([7, 8, None], pa.int32()),
            "score": pa.array([1.0, 2.5, None]),
            "group": pa.array(["a", "b", "a"]).dictionary_encode(),
        }
    ).replace_schema_metadata({"origin": "crm"})


def offline() -> listhygiene.Policy:
    return load_policy(changes={"as_of": ("2026-11-23", "test"), "dns.source": ("off", "test")})


@pytest.mark.parametrize(
    ("column", "texts"),
    [
        (pa.array(["a", None], pa.large_string()), ["a", ""]),
        (pa.array(["x", "x"]).dictionary_encode(), ["x", "x"]),
        (pa.array([1.0, 0.25]), ["1", "0.25"]),
        (pa.array([True, None]), ["true", ""]),
        (pa.array([Decimal("10.00"), Decimal("1.50")]), ["10", "1.50"]),
        (pa.array([dt.datetime(2026, 5, 1), None], pa.timestamp("ns")), ["2026-05-01", ""]),
        (
            pa.array([dt.datetime(2026, 5, 1, 9, 30), dt.datetime(2026, 5, 2)], pa.timestamp("us")),
            ["2026-05-01 09:30:00", "2026-05-02 00:00:00"],
        ),
        (
            pa.array(
                [dt.datetime(2026, 5, 1, 20, tzinfo=UTC)] * 2, pa.timestamp("s", "Asia/Tokyo")
            ),
            ["2026-05-02 05:00:00"] * 2,
        ),
        (pa.array([dt.date(2026, 5, 1), None], pa.date64()), ["2026-05-01", ""]),
        (pa.array([b"a", "山".encode()]), ["a", "山"]),
        (pa.array([b"\xff\x00", b"a"]), ["ff00", "61"]),
        (pa.array([["a", "b"], None]), ['["a", "b"]', ""]),
        (pa.nulls(2), ["", ""]),
    ],
)
def test_cells_of_every_type_become_texts(
    column: pa.Array, texts: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "list.parquet"
    pq.write_table(pa.table({"c": column}), path)
    assert read(path).frame[0].tolist() == texts


def test_a_table_in_memory_is_judged_as_its_file(tmp_path: Path) -> None:
    path = tmp_path / "list.parquet"
    pq.write_table(table(), path)
    reports = [listhygiene.check(one, offline()) for one in (str(path), table())]
    stream = pa.RecordBatchReader.from_batches(table().schema, table().to_batches())
    reports.append(listhygiene.check(stream, offline()))
    for one in reports[1:]:
        pd.testing.assert_frame_equal(reports[0].findings, one.findings)


def test_clean_keeps_types_and_undo_gives_the_file_back(tmp_path: Path) -> None:
    source, out = tmp_path / "list.parquet", tmp_path / "out.parquet"
    pq.write_table(table(), source, compression="zstd", row_group_size=2)
    clean(str(source), str(out), offline())
    made = pq.read_table(out)
    names = table().column_names
    assert made.column("Email").to_pylist() == ["ann@example.com", "bob@example.com", None]
    assert made.select(names[1:]).equals(table().select(names[1:]))
    assert made.schema.field("group").type == table().schema.field("group").type
    assert made.schema.metadata[b"origin"] == b"crm"
    assert made.column_names[5] == "listhygiene_verdict"
    assert pq.ParquetFile(out).metadata.row_group(0).column(0).compression == "ZSTD"
    undo(out, tmp_path / "back.parquet")
    assert (tmp_path / "back.parquet").read_bytes() == source.read_bytes()


def test_a_second_cleaning_replaces_the_columns(tmp_path: Path) -> None:
    source, out, again = (tmp_path / f"{name}.parquet" for name in ("list", "out", "again"))
    pq.write_table(table(), source)
    clean(str(source), str(out), offline())
    clean(str(out), str(again), offline())
    assert pq.read_table(again).equals(pq.read_table(out))


def test_csv_to_parquet_is_a_new_table_of_texts(tmp_path: Path) -> None:
    source, out = tmp_path / "list.csv", tmp_path / "out.parquet"
    source.write_text("Email,Id\nann@example.com ,007\n", encoding="utf-8")
    clean(str(source), str(out), offline())
    made = pq.read_table(out)
    assert made.column("Id").to_pylist() == ["007"]
    assert made.column("Email").to_pylist() == ["ann@example.com"]


@pytest.mark.parametrize("content", [b"PAR1", b"PAR1" + b"x" * 500 + b"PAR1", b"PARE" + b"x" * 99])
def test_a_damaged_file_is_one_sentence(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "list.parquet"
    path.write_bytes(content)
    with pytest.raises(UnreadableList, match=r"list\.parquet"):
        read(path)
