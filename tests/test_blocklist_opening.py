"""Opening a blocklist: what is missing, damaged, newer, older, locked, or may only be read."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from blocklist_places import NOW, POSTGRESQL, add, event, look, texts
from listhygiene.blocklist import Blocklist, migrations, open_blocklist, places, schema
from listhygiene.model.errors import BlocklistError
from listhygiene.policy import load_policy

VERSIONS = sorted(Path(__file__).with_name("blocklists").glob("version_*.sql"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A blocklist of one address."""
    made = tmp_path / "blocklist.db"
    store = open_blocklist(str(made), write=True, now=NOW)
    add(store, event("ann@example.com", "P3", days=1))
    store.close()
    return made


def opened(path: Path | str, *, write: bool, seconds: float = 0.2) -> Blocklist:
    changes = {"blocklist.timeout": (seconds, "test")}
    policy = load_policy(None, folder="/nonexistent", changes=changes)
    return open_blocklist(str(path), write=write, policy=policy, now=NOW)


def fingerprint(folder: Path) -> dict[str, str]:
    return {
        one.name: hashlib.sha256(one.read_bytes()).hexdigest()
        for one in folder.iterdir()
        if one.is_file() and not one.name.endswith(("-shm", "-wal"))
    }


def refused(path: Path | str, message: str, *, writes: tuple[bool, ...] = (False, True)) -> None:
    """Check that opening is refused with one sentence, and that nothing is changed by it."""
    folder = Path(path).parent
    before = fingerprint(folder)
    for write in writes:
        with pytest.raises(BlocklistError, match=message) as caught:
            opened(path, write=write)
        assert "\n" not in str(caught.value)
        assert caught.value.exit_code == 3
        assert caught.value.remedy
    assert fingerprint(folder) == before


def test_a_missing_blocklist_that_is_named(tmp_path: Path) -> None:
    refused(tmp_path / "none.db", "there is no such blocklist", writes=(False,))
    assert list(tmp_path.iterdir()) == []


def test_a_new_blocklist_is_private(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "%41 ?#'.db"
    add(opened(path, write=True), event("ann@example.com", "P3"))
    assert len(look(opened(path, write=False), "ann@example.com")) == 1
    assert not list(path.parent.glob("*.part"))
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("form", ["{}", "sqlite:///{}", "sqlite+pysqlite:///{}"])
def test_a_path_or_an_address_names_it(path: Path, form: str) -> None:
    assert len(look(opened(form.format(path), write=False), "ann@example.com")) == 1


@pytest.mark.parametrize("address", ["mysql://x@y/z", "sqlite://", "http://example.com", "://"])
def test_an_address_of_another_kind(address: str) -> None:
    with pytest.raises(BlocklistError, match="cannot be kept"):
        opened(address, write=False)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "list.db"
    path.write_bytes(b"email\nann@example.com\n" * 1000)
    refused(path, "damaged or no blocklist")


def test_an_empty_file_and_a_folder(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    (tmp_path / "folder.db").mkdir()
    refused(tmp_path / "empty.db", "no blocklist")
    refused(tmp_path / "folder.db", "no blocklist")


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE events (id INTEGER)")
    connection.close()
    refused(path, "this is no blocklist")


def test_a_damaged_database(path: Path) -> None:
    content = bytearray(path.read_bytes())
    for start in range(4096, len(content), 4096):
        content[start : start + 200] = b"\xff" * 200
    path.write_bytes(content)
    refused(path, "damaged")


def test_a_truncated_database(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:20000])
    refused(path, "damaged")


def set_version(path: Path, version: str) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("UPDATE blocklist_meta SET value = ? WHERE name = 'schema'", [version])
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def test_a_newer_database(path: Path) -> None:
    set_version(path, str(schema.VERSION + 1))
    refused(path, "newer listhygiene")


@pytest.fixture
def locked(path: Path) -> Iterator[Path]:
    """The blocklist, while another program writes to it and does not end."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    yield path
    connection.close()


def test_a_locked_database_is_waited_for_and_then_refused(locked: Path) -> None:
    refused(locked, "another program", writes=(True,))


def test_a_locked_database_can_be_read(locked: Path) -> None:
    assert len(look(opened(locked, write=False), "ann@example.com")) == 1


READ = """
import os, sys
sys.path.insert(0, sys.argv[2])
from blocklist_places import NOW, look, event, add
from listhygiene.blocklist import open_blocklist
from listhygiene.model.errors import BlocklistError
look(open_blocklist(sys.argv[3], write=False, now=NOW), "ann@example.com")  # all is imported now
os.setuid(65534)
print(len(look(open_blocklist(sys.argv[1], write=False, now=NOW), "ann@example.com")))
try:
    add(open_blocklist(sys.argv[1], write=True, now=NOW), event("bob@example.com", "P3"))
except BlocklistError as error:
    print(error)
"""


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root")
@pytest.mark.parametrize("folder_mode", [0o555, 0o777])
def test_a_read_only_database_serves_and_refuses(path: Path, folder_mode: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        there = Path(folder) / "blocklist.db"
        shutil.copy(path, there)
        there.chmod(0o444)
        Path(folder).chmod(folder_mode)
        done = subprocess.run(
            [sys.executable, "-c", READ, str(there), str(Path(__file__).parent), str(path)],
            capture_output=True,
            text=True,
            timeout=120,
        )
    lines = done.stdout.splitlines()
    assert lines[:1] == ["1"], done.stderr
    assert "may only be read" in lines[1]


@pytest.mark.parametrize("made", VERSIONS, ids=lambda one: one.stem)
def test_a_blocklist_of_every_earlier_version_is_led_forward(made: Path, tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    connection = sqlite3.connect(path)
    connection.executescript(made.read_text(encoding="utf-8"))
    connection.close()
    for write in (False, True):
        store = opened(path, write=write)
        found = look(
            store, "ann@example.com", "bob@example.com", "bob@gmail.com", "eve@example.com"
        )
        assert found["block_type"].tolist() == ["permanent", "temporary", "temporary", ""]
        assert found["allowed"].iloc[0] == "Sato, 2026-11-23: she wrote"
        assert found["block_strikes"].iloc[1] == 2
    assert store.rates().campaigns["sent"].tolist()[-1] == 1000
    again = store.add_events([event("bob@example.com", "T4", days=3)], "other", "other.mbox")
    assert again.new == 0


def test_there_is_a_kept_copy_of_every_version() -> None:
    assert [int(one.stem.partition("_")[2]) for one in VERSIONS] == [*range(1, schema.VERSION + 1)]
    assert set(migrations.STEPS) == set(range(1, schema.VERSION))


def test_a_step_leads_forward_in_one_transaction(path: Path) -> None:
    def step(connection: Connection) -> None:
        connection.execute(text("ALTER TABLE blocklist_events ADD COLUMN colour TEXT"))

    def failing(connection: Connection) -> None:
        connection.execute(text("ALTER TABLE blocklist_events ADD COLUMN shape TEXT"))
        raise RuntimeError("the machine stops here")

    database = opened(path, write=True).database
    with pytest.raises(RuntimeError), database.change() as connection:
        migrations.migrate(connection, "x", {1: step, 2: failing}, target=3)
    with database.change() as connection:
        assert migrations.version_of(connection) == 1
        assert migrations.migrate(connection, "x", {1: step}, target=2)
        assert migrations.version_of(connection) == 2
    refused(path, "newer")


MOUNTS = r"""
22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw
40 22 0:35 / /mnt/team\040share rw shared:1 - cifs //server/share rw
41 22 0:36 / /home/ann/nfs rw - nfs4 server:/x rw
42 40 0:37 / /mnt/team\040share/local rw - ext4 /dev/sdb1 rw
"""


@pytest.mark.parametrize(
    ("path", "network"),
    [
        ("/home/ann/blocklist.db", False),
        ("/home/ann/nfs/blocklist.db", True),
        ("/home/ann/nfsx/blocklist.db", False),
        ("/mnt/team share/a/blocklist.db", True),
        ("/mnt/team share/local/blocklist.db", False),
    ],
)
def test_a_network_folder_is_known(path: str, network: bool) -> None:
    mounts = places.read_mountinfo(MOUNTS)
    assert (places.file_system(path, mounts) in places.NETWORK) is network


def test_a_network_folder_is_known_on_macos() -> None:
    output = "/dev/disk1s1 on / (apfs, local)\n//a@srv/s h on /Volumes/s h (smbfs, nodev)\n"
    mounts = places.read_mount_output(output)
    assert places.file_system("/Volumes/s h/b.db", mounts) == "smbfs"
    assert places.file_system("/Users/a/b.db", mounts) == "apfs"


@pytest.mark.parametrize(("network", "journal", "sync"), [(False, "wal", 2), (True, "delete", 3)])
def test_what_is_committed_survives_a_power_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, network: bool, journal: str, sync: int
) -> None:
    monkeypatch.setattr(places, "is_on_network", lambda _: network)
    store = opened(tmp_path / "b.db", write=True)
    with store.database.change() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == journal
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == sync


def test_the_password_is_never_shown() -> None:
    with pytest.raises(BlocklistError) as caught:
        opened("postgresql://ann:secret@127.0.0.1:1/nothing", write=False, seconds=2)
    assert "secret" not in str(caught.value)
    assert "cannot be reached" in str(caught.value)


@pytest.mark.postgresql
@pytest.mark.skipif(not POSTGRESQL, reason="LISTHYGIENE_TEST_POSTGRESQL names no server")
def test_an_empty_postgresql_database_is_no_blocklist_to_read() -> None:
    separator = "&" if "?" in POSTGRESQL else "?"
    with pytest.raises(BlocklistError, match="this is no blocklist"):
        opened(f"{POSTGRESQL}{separator}options=-csearch_path%3Dpg_temp", write=False)


def test_errors_name_no_address(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE blocklist_sends")
        connection.execute("DROP TABLE blocklist_events")
    connection.close()
    with pytest.raises(BlocklistError) as caught:
        look(opened(path, write=False), "ann@example.com")
    assert "ann@" not in str(caught.value)
    assert "tables" in str(caught.value)
    with pytest.raises(BlocklistError):
        opened(path, write=True).unblock(texts("ann@example.com"), reason="x", by="y")
