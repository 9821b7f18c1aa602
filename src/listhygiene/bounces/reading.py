"""Reading bounces of any form: what each file is, is told by its content.

Files and folders (with all below them, in the order of their names; a Maildir too), mbox, single
messages, JSON, JSON lines, CSV, XLSX, standard input ("-"), gzip and ZIP of any of these. Every
file is accounted for: what cannot be read has a reason, what cannot be decided is kept whole.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ..model.bounce import Event, Kind
from ..model.errors import ListHygieneError, UnreadableBounces
from ..model.evidence import ReadTable
from . import mailbox
from .documents import Unread, looks_like_json, units
from .sources import document_events, unknown
from .tables import table_items
from .unpacking import from_stream, own_folder, plain_files, standard_input

HEAD = 65_536
MOST_UNKNOWN, MOST_UNKNOWN_BYTES = 1_000, 32 * 1024 * 1024
"""How many documents of a file may be unknown before the first known one."""

_MAIL = (".eml", ".mbox", ".mbx", ".mboxrd")
_OLE = b"\xd0\xcf\x11\xe0"

Told = Callable[[int], None]


@dataclass(frozen=True)
class Item:
    """One message, document or row. content: all of it where it is undecided, else b''; with
    `whole`, that of every message."""

    events: tuple[Event, ...]
    content: bytes = b""


@dataclass(frozen=True)
class Reading:
    """What one plain file holds.

    file: its name; of a packed file with the inner one's ("box.zip/a.eml"). input_key: SHA-256 of
    its content. items: to be gone through before the next reading is asked for; raises
    UnreadableBounces where the file turns out to be unreadable. problem: why it cannot be read at
    all. named: the user named this very file, and not a folder that holds it. mail: e-mail.
    """

    file: str
    input_key: str
    items: Iterator[Item]
    problem: UnreadableBounces | None = None
    named: bool = True
    mail: bool = False
    size: int = 0

    @property
    def events(self) -> Iterator[Event]:
        """The events of the items."""
        return (event for item in self.items for event in item.events)


@dataclass(frozen=True)
class _How:
    """What the reading of a file needs: room for unpacking, a reader of tables, whom to tell."""

    folder: Path
    read_table: ReadTable
    tell: Told
    whole: bool


def read(
    paths: Iterable[str | os.PathLike[str]],
    read_table: ReadTable,
    progress: Callable[[int, int], None] | None = None,
    *,
    whole: bool = False,
) -> Iterator[Reading]:
    """Yield what each file of these paths holds, in their order.

    read_table: reads a file that is a table. progress: told the bytes done and those there are.
    whole: give the content of every message, not of undecided ones only.
    """
    found = [one for path in paths for one in _files(os.fspath(path))]
    total = sum(size for _, _, size in found)
    done = 0
    with own_folder() as folder:
        for name, named, size in found:
            base = done

            def tell(at: int, base: int = base, size: int = size) -> None:
                if progress is not None:
                    progress(base + min(at, size), total)

            how = _How(folder, read_table, tell, whole)
            yield from _readings(name, named, how)
            done += size
            tell(size)


def _files(path: str) -> Iterator[tuple[str, bool, int]]:
    """Yield (name, named by the user, size) of the files of a path."""
    if path != "-" and os.path.isdir(path):
        for file in mailbox.files_below(path):
            yield file, False, _size(file)
    else:
        yield path, True, 0 if path == "-" else _size(path)


def _size(file: str) -> int:
    try:
        return os.path.getsize(file)
    except OSError:
        return 0


def _readings(name: str, named: bool, how: _How) -> Iterator[Reading]:
    try:
        path = from_stream(standard_input(), how.folder) if name == "-" else _regular(name)
    except UnreadableBounces as error:
        yield Reading(name, "", iter(()), error, named)
        return
    for inner, plain in plain_files(name, path, how.folder):
        itself = named and inner == name  # an archive is a folder
        if isinstance(plain, UnreadableBounces):
            yield Reading(inner, "", iter(()), plain, itself)
        else:
            yield _reading(inner, plain, itself, how)


def _regular(name: str) -> Path:
    path = Path(name)
    if not path.exists():
        raise UnreadableBounces(
            "there is no such file or folder", file=name, remedy="Check the path and the name."
        )
    if not path.is_file():
        raise UnreadableBounces("is no regular file", file=name)
    return path


def _reading(name: str, path: Path, named: bool, how: _How) -> Reading:
    try:
        with path.open("rb") as stream:
            head = stream.read(HEAD)
        key, size = content_key(path), path.stat().st_size
    except OSError as error:
        problem = UnreadableBounces(
            f"could not be read ({error.strerror or type(error).__name__})",
            file=name,
            remedy="Check the file and its permissions.",
        )
        return Reading(name, "", iter(()), problem, named)
    if not head.strip():
        return Reading(name, key, iter(()), UnreadableBounces("is empty", file=name), named)
    mail = False
    if looks_like_json(head):
        items = _json_items(name, path, how)
    elif mailbox.recognises(head) or name.lower().endswith(_MAIL):
        items, mail = _mail_items(name, path, how), True
    elif head.startswith(_OLE) and name.lower().endswith(".msg"):
        problem = UnreadableBounces(
            "is a message in Outlook's own form", file=name, remedy="Save it as .eml."
        )
        return Reading(name, key, iter(()), problem, named)
    else:
        items = _table_items(name, path, named, how.read_table)
    return Reading(name, key, items, None, named, mail, size)


def content_key(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _mail_items(name: str, path: Path, how: _How) -> Iterator[Item]:
    from .letter import read_message

    with path.open("rb") as stream:
        for one, content in mailbox.split(stream, name):
            events = tuple(read_message(content, one))
            kept = how.whole or any(event.kind is Kind.UNDECIDED for event in events)
            yield Item(events, content if kept else b"")
            how.tell(stream.tell())


def _json_items(name: str, path: Path, how: _How) -> Iterator[Item]:
    """Read the documents; what is unknown among known ones is undecided."""
    known, waiting, done = False, [], 0
    kept = 0
    for unit in units(path, name):
        done += len(unit.content)
        how.tell(done)
        found = None if isinstance(unit.value, Unread) else document_events(unit.value)
        events = (unknown(unit.value),) if found is None else tuple(found)
        events = tuple(replace(event, file=name) for event in events)
        undecided = any(event.kind is Kind.UNDECIDED for event in events)
        content = (unit.content or _dumped(unit.value)) if undecided else b""
        waiting.append(Item(events, content))
        known = known or found is not None
        kept += len(content)
        if known:
            yield from waiting
            waiting.clear()
        elif len(waiting) >= MOST_UNKNOWN or kept >= MOST_UNKNOWN_BYTES:
            break
    if waiting:
        seen = waiting[0].events[0].rule.partition(": ")[2]
        raise UnreadableBounces(
            f"holds no export of bounces that is known; fields: {seen or 'none'}",
            file=name,
            remedy="Save it as CSV with the columns address, type and reason.",
        )


def _dumped(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _table_items(name: str, path: Path, named: bool, read_table: ReadTable) -> Iterator[Item]:
    from ..model.listing import ReadOptions

    try:
        listing = read_table(str(path), ReadOptions())
    except ListHygieneError as error:
        raise UnreadableBounces(
            error.problem, file=name, place=error.place, remedy=error.remedy
        ) from error
    for events, content in table_items(listing, name, plain=named):
        yield Item(events, content)
