"""The change log of a cleaning: what was changed, and how to give the original back."""

from __future__ import annotations

import getpass
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from . import __version__
from .files import replacing, write_whole
from .model.errors import ListHygieneError, UnreadableList
from .model.listing import Listing

SCHEMA = 1
SUFFIX = ".changes.jsonl"


@dataclass(frozen=True)
class Change:
    """One cell that a repair changed.

    row: of the frame, 0-based. line: as a person looks it up. column: position; header: its name.
    rule: the codes that changed it, space-separated.
    """

    row: int
    line: int
    column: int
    header: str
    before: str
    after: str
    rule: str


@dataclass(frozen=True)
class Log:
    """A change log as read: its head line and its changes."""

    path: Path
    head: Mapping[str, Any]
    changes: tuple[Change, ...]


def log_path(out: str | Path) -> Path:
    """Return where the change log of an output stands: beside it."""
    place = Path(out)
    return place.with_name(place.name + SUFFIX)


def write_log(
    path: Path,
    listing: Listing,
    out: Path,
    changes: Sequence[Change],
    restoring: Mapping[str, object],
    original: str,
) -> Path:
    """Write a change log: a head line, then a line a changed cell.

    It holds addresses, as the list itself does, and is for the list's owner. original: the SHA-256
    of the input's bytes before anything was written.
    """
    head = {
        "schema": SCHEMA,
        "version": __version__,
        "input": listing.path,
        "input_sha256": original,
        "output": out.name,
        "output_sha256": sha256(out),
        "sheet": listing.sheet,
        "header": list(listing.header),
        "who": _who(),
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "changes": len(changes),
        "restoring": dict(restoring),
    }
    with replacing(path) as stream:
        for entry in (head, *map(asdict, changes)):
            stream.write(json.dumps(entry, ensure_ascii=False).encode("utf-8", "surrogatepass"))
            stream.write(b"\n")
    return path


def read_log(path: str | Path) -> Log:
    """Read a change log; raises UnreadableList naming the line that is wrong."""
    place = Path(path)
    try:
        lines = place.read_bytes().splitlines()
    except OSError as error:
        raise UnreadableList(
            f"the change log cannot be read ({error.strerror})",
            file=str(place),
            remedy="Keep the log beside the output, or name it.",
        ) from error
    entries = list(_entries(place, lines))
    if not entries or entries[0].get("schema") != SCHEMA:
        raise UnreadableList(
            "this is no change log that this program reads",
            file=str(place),
            place="line 1",
            remedy="Name the file that clean wrote beside its output.",
        )
    try:
        changes = tuple(Change(**entry) for entry in entries[1:])
    except TypeError:
        raise UnreadableList("a line of the change log is damaged", file=str(place)) from None
    return Log(place, entries[0], changes)


def _entries(place: Path, lines: Sequence[bytes]) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(lines, start=1):
        try:
            entry = json.loads(line)
        except ValueError:
            entry = None
        if not isinstance(entry, dict):
            raise UnreadableList(
                "a line of the change log is damaged", file=str(place), place=f"line {number}"
            )
        yield entry


def undo(out: str | Path, to: str | Path | None = None, log: str | Path | None = None) -> Path:
    """Give the original of a cleaned list back, byte for byte.

    out: what `clean` wrote. to: where the original goes, else in the place of `out`. Raises
    ListHygieneError where `out` has been edited since, naming the lines, and changes nothing.
    """
    from .writers import restore

    place = Path(out)
    record = read_log(log or log_path(place))
    content = restore(place, record.head["restoring"])
    if hashlib.sha256(content).hexdigest() != record.head["input_sha256"]:
        raise ListHygieneError(
            "the original cannot be given back: the file has been edited since",
            file=str(place),
            remedy="Undo works on the file exactly as clean wrote it.",
        )
    target = Path(to) if to else place
    write_whole(target, content)
    return target


def sha256(path: str | Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _who() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no name for this user id (a container)
        return ""
