"""The change log of a cleaning: what was changed, and how to give the original back."""

from __future__ import annotations

import base64
import codecs
import getpass
import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from . import __version__
from .changes import Change, json_lines
from .files import replacing, write_whole
from .model.errors import EditedSince, ListHygieneError, UnreadableList

SCHEMA = 1
SUFFIX = ".changes.jsonl"


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
    head: Mapping[str, object],
    changes: Sequence[Change],
    restoring: Mapping[str, object],
    lines: Iterable[bytes] | None = None,
) -> Path:
    """Write a change log: a head line, then a line a changed cell.

    It holds addresses, as the list itself does, and is for the list's owner. head: "input",
    "input_sha256", "output", "output_sha256" and what else is known of both. lines: of the
    changes, where they were begun before.
    """
    first = {
        "schema": SCHEMA,
        "version": __version__,
        **head,
        "who": _who(),
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "changes": len(changes),
        "restoring": dict(restoring),
    }
    with replacing(path) as stream:
        stream.write(json.dumps(first, ensure_ascii=False).encode("utf-8", "surrogatepass"))
        stream.write(b"\n")
        stream.writelines(json_lines(changes) if lines is None else lines)
    return path


def written_encoding(path: str | Path) -> str | None:
    """Return the encoding in which a cleaning wrote a CSV, by the log beside it; None if unknown.

    A repair may take away the very letters that told it, so that a second run would guess anew.
    UTF-8 shows by itself. What was edited since is looked at as any other file.
    """
    try:
        with log_path(path).open("rb") as stream:
            head = json.loads(stream.readline())
        encoding = head["restoring"]["encoding"]
        if head["restoring"]["format"] != "csv" or codecs.lookup(encoding).name == "utf-8":
            return None
        content = Path(path).read_bytes()
        content.decode(encoding)
    except (OSError, ValueError, LookupError, TypeError):
        return None
    same = hashlib.sha256(content).hexdigest() == head["restoring"].get("output")
    return str(encoding) if same else None


def earlier_log(target: Path, original: str) -> str:
    """Pack the log that tells how the present content of a file came to be; '' where none does.

    A file that is cleaned in place a second time goes back step by step.
    """
    try:
        content = log_path(target).read_bytes()
        head = json.loads(content.split(b"\n", 1)[0])
    except (OSError, ValueError):
        return ""
    if not isinstance(head, dict) or head.get("output_sha256") != original:
        return ""
    return base64.b64encode(zlib.compress(content)).decode("ascii")


def read_log(path: str | Path) -> Log:
    """Read a change log; raises UnreadableList naming the line that is wrong."""
    place = Path(path)
    try:
        content = place.read_bytes()
    except OSError as error:
        raise UnreadableList(
            f"the change log cannot be read ({error.strerror})",
            file=str(place),
            remedy="Keep the log beside the output, or name it.",
        ) from error
    return _parse(place, content)


def _parse(place: Path, content: bytes) -> Log:
    entries = list(_entries(place, content.split(b"\n")))
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
    if len(changes) != entries[0].get("changes"):
        raise UnreadableList("the change log was cut off", file=str(place))
    return Log(place, entries[0], changes)


def _entries(place: Path, lines: Sequence[bytes]) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(lines, start=1):
        if not line.strip() and number > 1:
            continue
        try:
            entry = json.loads(line.decode("utf-8", "surrogatepass"))
        except ValueError:
            entry = None
        if not isinstance(entry, dict):
            raise UnreadableList(
                "a line of the change log is damaged or none",
                file=str(place),
                place=f"line {number}",
                remedy="Name the file that clean wrote beside its output.",
            )
        yield entry


def undo(out: str | Path, to: str | Path | None = None, log: str | Path | None = None) -> Path:
    """Give the original of a cleaned list back, byte for byte.

    out: what `clean` wrote. to: where the original goes, else in the place of `out`. Raises
    ListHygieneError where `out` has been edited since, naming the cells, and changes nothing.
    """
    from .writers import restore

    place, target = Path(out), Path(to) if to else Path(out)
    record = _fitting(place, read_log(log or log_path(place)))
    try:
        content = restore(place, record.head["restoring"])
    except ListHygieneError as error:
        raise _with_cells(error, place, record) from error
    if hashlib.sha256(content).hexdigest() != record.head["input_sha256"]:
        raise ListHygieneError(
            "the original cannot be given back: the file has been edited since",
            file=str(place),
            remedy="Undo works on the file exactly as clean wrote it.",
        )
    write_whole(target, content)
    if target == place and not log and (earlier := _earlier(record)):
        write_whole(log_path(place), earlier)  # what is left to undo is the run before
    return target


def _fitting(place: Path, record: Log) -> Log:
    """Return the log, of it and the runs before it, that ends with the file as it stands."""
    try:
        now = sha256(place)
    except OSError as error:
        raise UnreadableList(
            f"cannot be read ({error.strerror})", file=str(place), remedy="Check the path."
        ) from error
    if now == record.head.get("output_sha256") or now != record.head.get("input_sha256"):
        return record
    if content := _earlier(record):
        return _fitting(place, _parse(record.path, content))
    raise ListHygieneError(
        "this is the original already",
        file=str(place),
        remedy="There is nothing to take back.",
    )


def _earlier(record: Log) -> bytes:
    packed = record.head.get("earlier")
    return zlib.decompress(base64.b64decode(packed)) if packed else b""


def _with_cells(error: ListHygieneError, place: Path, record: Log) -> ListHygieneError:
    """Name the edited cells where the list's format cannot do so by itself."""
    from .traces import name_edited

    lines = (error.first, error.last) if isinstance(error, EditedSince) else None
    cells = name_edited(place, record.head["restoring"].get("cells"), lines)
    if cells:
        error.place = cells
    return error


def sha256(path: str | Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _who() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no name for this user id (a container)
        return ""
