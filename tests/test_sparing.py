"""A list judged in little memory: its cells go once they are folded, and nothing else changes."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from listhygiene.model.report import Report
from listhygiene.pipeline import check
from listhygiene.policy import load_policy
from listhygiene.reports import render
from listhygiene.reports.options import Presentation

LIST = """name,email,last mailed,note
Ann,ann@firm.example,2026-01-02,=1+1
Bob, bob@firm.example ,2024-01-02,
Bob,bob@firm.example,,+cmd
Cid,cid@firm,broken
,なし,2026-01-02,
"""


def judged(path: Path, spare: bool) -> Report:
    wanted = {"as_of": "2026-11-23", "dns.source": "off", "blocklist.url": "none"}
    policy = load_policy(changes={key: (value, "test") for key, value in wanted.items()})
    return check(str(path), policy, spare=spare)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    place = tmp_path / "list.csv"
    place.write_text(LIST, encoding="utf-8")
    return place


@pytest.mark.parametrize("name", ["json", "text", "html", "sarif"])
def test_reports_are_the_same_without_the_cells(path: Path, name: str) -> None:
    how = Presentation(lang="en", show_addresses=True)
    kept, spared = (render(judged(path, spare), name, how) for spare in (False, True))
    assert spared == kept


def test_cells_stay_unless_they_are_to_go(path: Path) -> None:
    kept, spared = (judged(path, spare).lists[0].contacts for spare in (False, True))
    assert kept.listing.frame.shape == (5, 4)
    assert spared.listing.frame.shape == (5, 0)
    pd.testing.assert_frame_equal(kept.contacts, spared.contacts)
