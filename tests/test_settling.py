"""Large files, whose first parts the disk takes while the others are written."""

import errno

import pytest

from listhygiene import files
from listhygiene.model.errors import UnwritableList


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    monkeypatch.setattr(files, "_AT_ONCE", 10)


def test_all_parts_are_written_in_their_order(tmp_path):
    parts = [b"%d;" % one for one in range(200)]
    with files.replacing(tmp_path / "out") as stream, files.settling(stream) as put:
        for one in parts:
            put(one)
    assert (tmp_path / "out").read_bytes() == b"".join(parts)


def test_a_disk_that_fails_meanwhile_leaves_the_old_file(tmp_path, monkeypatch):
    def fail(_):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(files, "_SETTLE", fail)
    (tmp_path / "out").write_bytes(b"old")
    with (
        pytest.raises(UnwritableList, match="Input/output error"),
        files.replacing(tmp_path / "out") as stream,
        files.settling(stream) as put,
    ):
        put(b"more than ten bytes")
    assert [one.name for one in tmp_path.iterdir()] == ["out"]
    assert (tmp_path / "out").read_bytes() == b"old"
