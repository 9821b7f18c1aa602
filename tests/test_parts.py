"""What a killed run leaves beside its output is gone with the next one, and nothing else is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from listhygiene import parts
from listhygiene.blocklist import open_blocklist
from listhygiene.files import replacing, standing_by

KILLED = """
import os, signal, sys
from pathlib import Path
from listhygiene.files import replacing, standing_by
target = Path(sys.argv[1])
with standing_by(target) as scratch, replacing(scratch) as stream:
    stream.write(b"half")
    stream.flush()
    os.kill(os.getpid(), signal.SIGKILL)
"""

pytestmark = pytest.mark.skipif(os.name != "posix", reason="Windows keeps them for a day")


@pytest.fixture(autouse=True)
def _a_new_run() -> None:
    """Each test looks at its folder as a run of its own does: once."""
    parts.clear_stale.cache_clear()


def hidden(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir() if one.name.startswith("."))


def killed(target: Path) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(target)], check=False)
    assert done.returncode == -signal.SIGKILL


def test_what_a_killed_run_left_is_removed(tmp_path: Path) -> None:
    target = tmp_path / "list.csv"
    target.write_bytes(b"old")
    killed(target)
    assert target.read_bytes() == b"old"
    assert len(hidden(tmp_path)) == 2
    with replacing(target) as stream:
        stream.write(b"new")
    assert (target.read_bytes(), hidden(tmp_path)) == (b"new", [])


def test_what_a_living_run_writes_is_left_alone(tmp_path: Path) -> None:
    with standing_by(tmp_path / "list.csv") as scratch:
        parts.clear_stale.cache_clear()
        with replacing(tmp_path / "list.csv") as stream:
            stream.write(b"x")
        assert scratch.exists()


@pytest.mark.parametrize(
    ("name", "hours", "stays"),
    [
        (".list.csv.00000000-1.abc.part", 1, True),  # another machine's, perhaps alive
        (".list.csv.00000000-1.abc.part", 25, False),
        (".list.csv.part", 99, True),
        (".list.csv.backup.part", 99, True),
        (".list.csv.2026-11.part", 99, True),
        ("list.csv.00000000-1.abc.part", 99, True),
    ],
)
def test_only_names_of_ours_are_removed(name: str, hours: int, stays: bool, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(b"somebody's")
    then = time.time() - 3600 * hours
    os.utime(path, (then, then))
    with replacing(tmp_path / "list.csv") as stream:
        stream.write(b"x")
    assert path.exists() == stays


def test_a_blocklist_killed_while_it_was_made_leaves_nothing(tmp_path: Path) -> None:
    target = tmp_path / "blocks.db"
    killed(target)
    (tmp_path / f"{hidden(tmp_path)[0]}-journal").write_bytes(b"")
    open_blocklist(str(target), write=True).close()
    assert hidden(tmp_path) == []
