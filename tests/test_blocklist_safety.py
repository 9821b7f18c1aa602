"""Nothing is lost and nothing is half: two programs at once, and a kill in the middle."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select

from blocklist_places import NOW, event, look, store, url
from listhygiene.blocklist import Blocklist, open_blocklist
from listhygiene.blocklist.schema import events
from test_blocklist_states import states_folded, states_kept

__all__ = ["store", "url"]

WRITER = """
import sys
sys.path.insert(0, sys.argv[1])
from blocklist_places import NOW, event
from listhygiene.blocklist import open_blocklist
url, who, inputs = sys.argv[2], sys.argv[3], int(sys.argv[4])
for number in range(inputs):
    store = open_blocklist(url, write=True, now=NOW)
    mine = [event(f"{who}{number}.{one}@example.com", "P3") for one in range(20)]
    both = [event("both@example.com", "T4", days=number + ord(who) / 100)]
    store.add_events(mine + both, f"{who}{number}", "x.mbox")
print("done")
"""

KILLED = """
import os, signal, sys
sys.path.insert(0, sys.argv[1])
from blocklist_places import NOW, event
from sqlalchemy import Engine, event as hook
from listhygiene.blocklist import open_blocklist
url, fatal = sys.argv[2], sys.argv[3]
store = open_blocklist(url, write=True, now=NOW)

@hook.listens_for(Engine, "before_cursor_execute")
def count(connection, cursor, statement, parameters, context, many):
    if statement.startswith(fatal):
        os.kill(os.getpid(), signal.SIGKILL)

store.add_events([event(f"a{one}@example.com", "P3") for one in range(50)], "input", "x.mbox")
"""


def run(script: str, *words: str) -> subprocess.Popen[str]:
    folder = str(Path(__file__).parent)
    return subprocess.Popen(
        [sys.executable, "-c", script, folder, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def count_events(store: Blocklist) -> int:
    with store.database.read() as connection:
        return connection.scalar(select(func.count()).select_from(events)) or 0


def test_two_programs_that_write_at_once_both_succeed(url: str) -> None:
    writers = [run(WRITER, url, who, "6") for who in "ab"]
    for writer in writers:
        out, err = writer.communicate(timeout=300)
        assert out.strip() == "done", err
    store = open_blocklist(url, write=False, now=NOW)
    assert count_events(store) == 2 * 6 * 21
    assert look(store, "both@example.com").iloc[0]["block_strikes"] == 12
    assert states_kept(store) == states_folded(store)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
@pytest.mark.parametrize(
    ("statement", "kept"),
    [
        ("INSERT INTO blocklist_incoming", 0),
        ("INSERT INTO blocklist_inputs", 0),
        ("INSERT INTO blocklist_events", 0),
        ("DELETE FROM blocklist_states", 0),
        ("INSERT INTO blocklist_states", 0),
        ("\nDROP TABLE", 50),
    ],
)
def test_a_kill_in_the_middle_leaves_nothing_half(
    store: Blocklist, url: str, statement: str, kept: int
) -> None:
    store.add_events([event("old@example.com", "T4")], "before", "old.mbox")
    killed = run(KILLED, url, statement)
    killed.communicate(timeout=300)
    assert killed.returncode == -signal.SIGKILL
    again = open_blocklist(url, write=True, now=NOW)
    assert count_events(again) == 1 + kept
    assert states_kept(again) == states_folded(again)
    new = [event(f"a{one}@example.com", "P3") for one in range(50)]
    assert again.add_events(new, "input", "x.mbox").new == 50 - kept
    assert count_events(again) == 51
