"""Real files: cleaned, cleaned again without a change, and given back as they were."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hall import Answers, make_policy
from listhygiene.changelog import undo
from listhygiene.cleaning import clean
from listhygiene.model.errors import UnreadableList, UnwritableList

CORPORA = os.environ.get("LISTHYGIENE_CORPORA", "")
SAMPLE = 12
"""Every so manieth workbook; the writer's own tests take them all."""

pytestmark = [
    pytest.mark.corpora,
    pytest.mark.skipif(not CORPORA, reason="LISTHYGIENE_CORPORA names no folder"),
]


def found(folder: str, *suffixes: str) -> list[Path]:
    root = Path(CORPORA) / folder
    return sorted(one for one in root.rglob("*") if one.suffix.lower() in suffixes)


def round_trip(path: Path, folder: Path) -> None:
    out, again = (folder / f"{name}{path.suffix}" for name in ("out", "again"))
    policy, answers = make_policy(), Answers()
    try:
        clean(str(path), str(out), policy, lookup=answers)
    except (UnreadableList, UnwritableList) as refusal:
        pytest.skip(f"refused: {refusal.problem}")
    repeated = clean(str(out), str(again), policy, lookup=answers)
    assert not repeated.changes
    assert again.read_bytes() == out.read_bytes()
    undo(out)
    assert out.read_bytes() == path.read_bytes()


@pytest.mark.parametrize("path", found("csv", ".csv", ".tsv"), ids=lambda path: path.name)
def test_delimited_text(path, tmp_path) -> None:
    round_trip(path, tmp_path)


WORKBOOKS = found("workbooks", ".xlsx", ".xlsm")[::SAMPLE]


@pytest.mark.parametrize("path", WORKBOOKS, ids=lambda path: path.name)
def test_workbooks(path, tmp_path) -> None:
    round_trip(path, tmp_path)
