"""A run in parts that is interrupted goes on where it stopped, to the same findings."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

from listhygiene.cli.main import main
from listhygiene.model.errors import UnwritableList
from listhygiene.partitions import Interrupted, check_in_parts, work
from listhygiene.policy import Policy, load_policy

HEADER = "メールアドレス,最終送信日,配信同意\r\n"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep what is left behind within the test."""
    import platformdirs

    place = tmp_path / "cache"
    monkeypatch.setattr(platformdirs, "user_cache_dir", lambda *_, **__: str(place))
    return place / "parts"


@pytest.fixture
def contacts(tmp_path: Path) -> Path:
    rows = [f"ann{n % 150}@firm{n % 7}.example,2026-10-0{n % 9 + 1},同意\r\n" for n in range(400)]
    rows[77] = "<bob@firm1.example>,2026-10-01,不同意\r\n"
    path = tmp_path / "list.csv"
    path.write_text(HEADER + "".join(rows), encoding="utf-8")
    return path


def policy(**changes: Any) -> Policy:
    said = {"as_of": "2026-11-23", "dns.source": "off", "dns.cache": "off", **changes}
    return load_policy(changes={name: (value, "test") for name, value in said.items()})


class Counted:
    """Counts the calls of some work, and interrupts at one of them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls: dict[str, int] = {}
        self.stop: tuple[str, int] | None = None
        self.alone = threading.Lock()  # pieces are done side by side
        for name in ("survey", "fold_piece", "judge_piece"):
            monkeypatch.setattr(work, name, self._counting(name, getattr(work, name)))

    def _counting(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def called(*given: Any) -> Any:
            with self.alone:
                number = self.calls[name] = self.calls.get(name, 0) + 1
            if self.stop == (name, number):
                raise KeyboardInterrupt
            return real(*given)

        called.__name__ = name
        return called


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counted:
    return Counted(monkeypatch)


def findings(path: Path, **more: Any) -> pd.DataFrame:
    parted = check_in_parts(str(path), policy(), rows=100, **more)
    report = parted.report.lists[0]
    return report.findings.assign(verdict=report.verdicts.reindex(report.findings["row"]).array)


@pytest.mark.parametrize("stop", [("survey", 2), ("fold_piece", 3), ("judge_piece", 4)])
def test_it_goes_on_where_it_stopped(
    stop: tuple[str, int], contacts: Path, cache: Path, counted: Counted
) -> None:
    expected = findings(contacts)
    assert list(cache.iterdir()) == []
    counted.calls, counted.stop = {}, stop
    with pytest.raises(Interrupted) as left:
        findings(contacts)
    assert [str(one) for one in cache.iterdir()] == [left.value.folder]
    before, counted.calls, counted.stop = counted.calls, {}, None
    pd.testing.assert_frame_equal(findings(contacts), expected)
    done = {name: count - (name == stop[0]) for name, count in before.items()}
    assert counted.calls == {
        name: 4 - done.get(name, 0)
        for name in ("survey", "fold_piece", "judge_piece")
        if done.get(name, 0) < 4
    }
    assert list(cache.iterdir()) == []


def test_parts_that_are_written_are_written_again(
    contacts: Path, tmp_path: Path, counted: Counted
) -> None:
    out = tmp_path / "out"
    counted.stop = ("judge_piece", 3)
    with pytest.raises(Interrupted):
        findings(contacts, out=str(out))
    for one in out.rglob("*.parquet"):
        one.unlink()
    counted.stop = None
    findings(contacts, out=str(out))
    assert sum(pq.read_metadata(one).num_rows for one in (out / "contacts").iterdir()) == 400


def test_another_list_and_another_policy_begin_anew(
    contacts: Path, cache: Path, counted: Counted
) -> None:
    counted.stop = ("judge_piece", 1)
    with pytest.raises(Interrupted):
        findings(contacts)
    counted.calls, counted.stop = {}, None
    check_in_parts(str(contacts), policy(as_of="2027-11-23"), rows=100)
    assert counted.calls == {"fold_piece": 4, "judge_piece": 4}
    changed = contacts.read_text(encoding="utf-8").replace("bob", "carl")
    contacts.write_text(changed, encoding="utf-8")
    counted.calls = {}
    findings(contacts)
    assert counted.calls == {"survey": 4, "fold_piece": 4, "judge_piece": 4}


def test_what_is_left_is_private_and_goes_after_a_day(
    contacts: Path, cache: Path, counted: Counted
) -> None:
    counted.stop = ("fold_piece", 2)
    with pytest.raises(Interrupted) as left:
        findings(contacts)
    folder = Path(left.value.folder)
    if os.name == "posix":
        assert folder.stat().st_mode & 0o77 == 0
    long_ago = time.time() - 2 * 86_400
    os.utime(folder, (long_ago, long_ago))
    counted.calls, counted.stop = {}, None
    findings(contacts)
    assert counted.calls["fold_piece"] == 4
    assert list(cache.iterdir()) == []


def test_an_error_leaves_nothing(contacts: Path, cache: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UnwritableList, match="file"):
        check_in_parts(str(contacts), policy(), rows=100, out=str(tmp_path / "file"))
    assert list(cache.iterdir()) == []


def test_the_command_says_where_it_goes_on(
    contacts: Path, counted: Counted, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["check", str(contacts), "--chunk-rows", "100", "--dns", "off", "--as-of"]
    command += ["2026-11-23", "--no-progress", "--lang", "en"]
    counted.stop = ("judge_piece", 2)
    assert main(command) == 130
    assert "the same command goes on from there" in capsys.readouterr().err
    done = counted.calls["judge_piece"] - 1
    counted.calls, counted.stop = {}, None
    assert main(command) in (0, 1, 3)
    assert counted.calls == {"judge_piece": 4 - done}
