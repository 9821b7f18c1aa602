"""Where a blocklist's file lies: private, and on a disk of this machine or on the network."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

NETWORK = frozenset(
    [
        "9p",
        "afpfs",
        "afs",
        "beegfs",
        "ceph",
        "cifs",
        "davfs",
        "fuse.davfs",
        "fuse.glusterfs",
        "fuse.rclone",
        "fuse.s3fs",
        "fuse.sshfs",
        "glusterfs",
        "lustre",
        "ncpfs",
        "nfs",
        "nfs4",
        "smb3",
        "smbfs",
        "vboxsf",
        "virtiofs",
        "webdav",
    ]
)
"""File systems whose locks and shared memory SQLite's write-ahead log cannot rely on
(sqlite.org/wal.html: "does not work over a network filesystem")."""


def make_private_folder(folder: Path) -> None:
    """Create the folders that are missing, open to their owner only."""
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for one in reversed(missing):
        one.mkdir(mode=0o700, exist_ok=True)


def make_private_file(path: Path) -> None:
    """Create an empty file that only its owner may read."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


def put_in_place(part: Path, path: Path) -> None:
    """Give a finished file its name, unless another program was first; `part` is gone then."""
    try:
        os.link(part, path)
    except FileExistsError:
        pass
    except OSError:  # no hard links here (FAT, some shares)
        with contextlib.suppress(FileExistsError):
            if not path.exists():
                os.rename(part, path)
    with contextlib.suppress(FileNotFoundError):
        part.unlink()


def is_on_network(path: Path) -> bool:
    """Tell whether a file lies on another machine's disk."""
    real = os.path.realpath(path)
    if sys.platform == "win32":
        return _is_remote_drive(real)
    return file_system(real, _mounts()) in NETWORK


def file_system(path: str, mounts: Iterable[tuple[str, str]]) -> str:
    """Return the kind of file system that holds an absolute path: the deepest mount above it."""
    best, kind = -1, ""
    for folder, one in mounts:
        above = PurePosixPath(path).is_relative_to(folder)
        if above and len(PurePosixPath(folder).parts) >= best:
            best, kind = len(PurePosixPath(folder).parts), one
    return kind


def read_mountinfo(text: str) -> list[tuple[str, str]]:
    r"""Read Linux's /proc/self/mountinfo (proc(5)): folder (octal escapes such as \040), kind."""
    found = []
    for line in text.splitlines():
        left, dash, right = line.partition(" - ")
        if dash and len(left.split()) >= 5 and right.split():
            folder = re.sub(r"\\([0-7]{3})", lambda m: chr(int(m[1], 8)), left.split()[4])
            found.append((folder, right.split()[0]))
    return found


def read_mount_output(text: str) -> list[tuple[str, str]]:
    """Read what `mount` prints on macOS: "//ann@server/share on /Volumes/share (smbfs, nodev)"."""
    found = re.findall(r"^.+? on (/.*) \((\w+)[,)]", text, re.MULTILINE)
    return [(folder, kind) for folder, kind in found]


def _mounts() -> list[tuple[str, str]]:
    with contextlib.suppress(OSError):
        text = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="surrogateescape")
        return read_mountinfo(text)
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        done = subprocess.run(["/sbin/mount"], capture_output=True, timeout=5, check=True)
        return read_mount_output(os.fsdecode(done.stdout))
    return []


def _is_remote_drive(path: str) -> bool:
    """Windows: a UNC path, or a letter that GetDriveTypeW calls DRIVE_REMOTE (4)."""
    if path.startswith("\\\\"):
        return True
    import ctypes

    drives = getattr(ctypes, "windll", None)
    drive = os.path.splitdrive(path)[0]
    return bool(drives and drive and drives.kernel32.GetDriveTypeW(drive + "\\") == 4)
