"""What came back: bounces of any form into the blocklist, printed, or explained."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from .blocks import open_blocks
from .bounces.reading import Item, Reading, read
from .model.bounce import CAUSE_NAMES, Event, Kind, Type
from .model.errors import UnreadableBounces
from .pipeline import Progress
from .policy import Policy

if TYPE_CHECKING:
    from .blocklist import Blocklist, Message
    from .bounces.letter import Explanation

Paths = Iterable[str | os.PathLike[str]]

SMALL = 1024 * 1024
"""Bytes up to which a file of a folder is entered together with others."""
BATCH_FILES, BATCH_BYTES = 1_000, 32 * 1024 * 1024

FIELDS = (
    "file", "address", "kind", "type", "cause", "code", "status", "reply", "diagnostic", "rule",
    "source", "at",
)  # fmt: skip
"""The fields of a line of `bounces read`."""

_TYPED = (Kind.BOUNCE, Kind.DELAY)


@dataclass(frozen=True)
class Unreadable:
    """A file that was not read; error says why. named: by the user, by itself."""

    file: str
    error: UnreadableBounces
    named: bool


@dataclass
class Summary:
    """Every file accounted for.

    files: read or not. bounces: files with a bounce in them. doubtful: files without, in which
    something is undecided. ordinary: the others that were read; complaints, automatic replies and
    delays are no bounces. repeated: the very same content was entered before. kinds: how many
    events of each kind. undecided: messages, documents or rows kept for a person. new, known:
    entries that the blocklist did not have, and had. unaddressed: events that name no address.
    """

    files: int = 0
    bounces: int = 0
    doubtful: int = 0
    ordinary: int = 0
    repeated: int = 0
    undecided: int = 0
    new: int = 0
    known: int = 0
    unaddressed: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    unreadable: list[Unreadable] = field(default_factory=list)

    @property
    def failed(self) -> list[Unreadable]:
        """The files that the user named themselves, and that could not be read."""
        return [one for one in self.unreadable if one.named]

    def take(self, counts: Counter[str]) -> None:
        """Count one file by the kinds of its events."""
        if counts[Kind.BOUNCE]:
            self.bounces += 1
        elif counts[Kind.UNDECIDED]:
            self.doubtful += 1
        else:
            self.ordinary += 1
        self.kinds.update(counts)

    def refuse(self, reading: Reading, error: UnreadableBounces) -> None:
        """Count one file that could not be read."""
        self.unreadable.append(Unreadable(reading.file, error, reading.named))


def add_bounces(
    paths: Paths,
    policy: Policy,
    *,
    campaign: str = "",
    progress: Progress | None = None,
) -> Summary:
    """Enter the bounces of files and folders into the blocklist, each file all or nothing.

    campaign: of those events that name none themselves. Small files of a folder are entered
    together. The same again changes nothing. Raises BlocklistError.
    """
    summary = Summary()
    with open_blocks(policy, write=True) as blocks:
        intake = _Intake(blocks, summary, campaign)
        for reading in _readings(paths, progress):
            summary.files += 1
            if reading.problem is not None:
                summary.refuse(reading, reading.problem)
            elif reading.named or reading.size > SMALL:
                intake.enter(reading)
            else:
                intake.gather(reading)
        intake.flush()
    return summary


def read_bounces(
    paths: Paths,
    *,
    campaign: str = "",
    progress: Progress | None = None,
    summary: Summary | None = None,
) -> Iterator[dict[str, Any]]:
    """Yield what `add_bounces` would enter, a line an event; stores nothing.

    Keys: `FIELDS`; what is not known is None. A message that is no bounce gives one line that says
    what it is. summary: is filled on the way.
    """
    summary = summary if summary is not None else Summary()
    for reading in _readings(paths, progress):
        summary.files += 1
        counts: Counter[str] = Counter()
        try:
            if reading.problem is not None:
                raise reading.problem
            for item in reading.items:
                summary.undecided += bool(item.content)
                for event in _named(item.events, campaign):
                    counts[event.kind.value] += 1
                    yield line_of(event)
        except UnreadableBounces as error:
            summary.refuse(reading, error)
        else:
            summary.take(counts)


def line_of(event: Event) -> dict[str, Any]:
    """Return an event as one line of `bounces read`."""
    kind = Type.PERMANENT if event.cause.startswith("P") else Type.TEMPORARY
    typed = event.kind in _TYPED and event.cause
    return {
        "file": event.file,
        "address": event.address or None,
        "kind": event.kind.value,
        "type": kind.value if typed else None,
        "cause": CAUSE_NAMES.get(event.cause),
        "code": event.cause or None,
        "status": event.status or None,
        "reply": event.reply or None,
        "diagnostic": event.diagnostic or None,
        "rule": event.rule or None,
        "source": event.source or None,
        "at": event.at.isoformat(timespec="seconds") if event.at else None,
    }


def explain_bounces(path: str) -> Iterator[tuple[str, Explanation | None, tuple[Event, ...]]]:
    """Yield (name, how it was read, its events) of each message or other item of a file.

    How is None of what is no e-mail. Raises UnreadableBounces.
    """
    from .bounces import explain

    for reading in _readings([path], None, whole=True):
        if reading.problem is not None:
            raise reading.problem
        for item in reading.items:
            if reading.mail:
                told = explain(item.content, item.events[0].file)
                yield item.events[0].file, told, told.events
            else:
                yield reading.file, None, item.events


def _readings(paths: Paths, progress: Progress | None, *, whole: bool = False) -> Iterator[Reading]:
    from .readers import read as read_table

    tell: Callable[[int, int], None] | None = None
    if progress is not None:
        report = progress

        def tell(done: int, total: int) -> None:
            report("bounces", done, total)

    return read(paths, read_table, tell, whole=whole)


def _named(events: Sequence[Event], campaign: str) -> Iterator[Event]:
    """Give the events that name no campaign this one."""
    for event in events:
        yield event if event.campaign or not campaign else replace(event, campaign=campaign)


class _Kept:
    """Undecided messages, whole, in a file of ours until they are entered."""

    def __init__(self) -> None:
        self.stream = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close()
        self.places: list[tuple[int, int, str, str]] = []

    def add(self, item: Item) -> None:
        at = self.stream.seek(0, os.SEEK_END)
        self.stream.write(item.content)
        first = next(one for one in item.events if one.kind is Kind.UNDECIDED)
        self.places.append((at, len(item.content), first.file, first.rule))

    def messages(self) -> Iterator[Message]:
        from .blocklist import Message

        for at, length, file, why in self.places:
            self.stream.seek(at)
            yield Message(self.stream.read(length), file, why)

    def close(self) -> None:
        self.stream.close()


class _Intake:
    """The way of readings into the blocklist: alone, or several small ones together."""

    def __init__(self, blocks: Blocklist, summary: Summary, campaign: str) -> None:
        self.blocks, self.summary, self.campaign = blocks, summary, campaign
        self.waiting: list[tuple[Reading, list[Item]]] = []
        self.bytes = 0

    def gather(self, reading: Reading) -> None:
        """Read a small file at once, to be entered with its neighbours."""
        try:
            self.waiting.append((reading, list(reading.items)))
        except UnreadableBounces as error:
            self.summary.refuse(reading, error)
            return
        self.bytes += reading.size
        if len(self.waiting) >= BATCH_FILES or self.bytes >= BATCH_BYTES:
            self.flush()

    def flush(self) -> None:
        """Enter what waits, as one input."""
        waiting, self.waiting, self.bytes = self.waiting, [], 0
        if not waiting:
            return
        keys = "\n".join(reading.input_key for reading, _ in waiting)
        key = hashlib.sha256(keys.encode()).hexdigest() if len(waiting) > 1 else keys
        counts = [self._count(items) for _, items in waiting]
        items = (item for _, items in waiting for item in items)
        if self._add(items, key, waiting[0][0].file):
            for one in counts:
                self.summary.take(one)
        else:
            self.summary.repeated += len(waiting)

    def enter(self, reading: Reading) -> None:
        """Enter a file by itself, item by item, in flat memory."""
        counts: Counter[str] = Counter()

        def counted() -> Iterator[Item]:
            for item in reading.items:
                counts.update(self._count([item]))
                yield item

        try:
            added = self._add(counted(), reading.input_key, reading.file)
        except UnreadableBounces as error:
            self.summary.refuse(reading, error)
            return
        if added:
            self.summary.take(counts)
        else:
            self.summary.repeated += 1

    def _count(self, items: Iterable[Item]) -> Counter[str]:
        return Counter(event.kind.value for item in items for event in item.events)

    def _add(self, items: Iterable[Item], key: str, file: str) -> bool:
        """Add items as one input; False where the very same one was added before."""
        kept = _Kept()

        def events() -> Iterator[Event]:
            for item in items:
                if item.content:
                    kept.add(item)
                yield from _named(item.events, self.campaign)

        try:
            added = self.blocks.add_events(events(), key, file, undecided=kept.messages())
        finally:
            kept.close()
        self.summary.new += added.new
        self.summary.known += added.known
        self.summary.unaddressed += added.unaddressed
        self.summary.undecided += added.undecided
        return not added.repeated
