"""Answers kept on disk for as long as DNS allows: one SQLite file in the user's cache folder."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from ..model.answer import Question, Records, Status

LONGEST = 7 * 86400
"""Seconds that an answer is kept at most, whatever its TTL (RFC 8767 4 caps at 7 days)."""
_SCHEMA = 1
_BATCH = 400
"""Names of one look-up; SQLite guarantees 999 parameters."""
_DAMAGE = ("malformed", "not a database", "corrupt", "no such table", "no such column", "decode")


def default_path() -> Path:
    """Return the cache file in the user's cache folder."""
    import platformdirs

    return Path(platformdirs.user_cache_dir("listhygiene", appauthor=False)) / "dns.sqlite"


class Cache:
    """Answers of earlier runs, by the source they came from; two runs may use one file at once.

    A cache is only a saving: what goes wrong with it is a note, never an error. notes: sentences
    for a person (a damaged file was replaced, the folder cannot be written).
    """

    def __init__(self, path: Path, source: str) -> None:
        self.path = path
        self.notes: list[str] = []
        self._source = source
        self._link: sqlite3.Connection | None = None
        with self._guarded():
            self._link = self._open()

    def read(self, questions: Iterable[Question], now: datetime) -> dict[Question, Records]:
        """Return the answers that are still fresh."""
        wanted = set(questions)
        names = sorted({name for name, _ in wanted})
        found: dict[Question, Records] = {}
        with self._guarded():
            for start in range(0, len(names), _BATCH):
                rows = self._select(names[start : start + _BATCH], now)
                found.update((key, records) for key, records in rows if key in wanted)
        return found

    def write(self, answers: Mapping[Question, Records], now: datetime) -> None:
        """Keep the answers that may be kept, and drop the expired ones, in one transaction."""
        rows = [row for key, one in answers.items() if (row := self._to_row(key, one)) is not None]
        with self._guarded():
            if self._link is None or not rows:
                return
            with self._link:
                self._link.execute("BEGIN IMMEDIATE")
                self._link.execute("DELETE FROM answers WHERE expires <= ?", (now.timestamp(),))
                self._link.executemany(
                    "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows
                )

    def close(self) -> None:
        """Close the file."""
        link, self._link = self._link, None
        if link is not None:
            with contextlib.suppress(sqlite3.Error):
                link.close()

    def _select(self, names: list[str], now: datetime) -> Iterator[tuple[Question, Records]]:
        if self._link is None:
            return
        marks = ",".join("?" * len(names))
        rows = self._link.execute(
            "SELECT name, type, status, texts, ttl, at FROM answers"
            f" WHERE source = ? AND name IN ({marks}) AND expires > ? AND at <= ?",
            (self._source, *names, now.timestamp(), now.timestamp()),
        )
        for name, kind, status, texts, ttl, at in rows:
            when = datetime.fromtimestamp(at, UTC)
            records = Records(Status(status), tuple(json.loads(texts)), ttl, when)
            yield (name, kind), records

    def _to_row(self, key: Question, one: Records) -> tuple[object, ...] | None:
        if one.status is Status.UNKNOWN or one.ttl <= 0 or one.at is None:
            return None
        at = one.at.timestamp()
        expires = at + min(one.ttl, LONGEST)
        texts = json.dumps(one.texts)
        return (self._source, *key, one.status.value, texts, one.ttl, at, expires)

    def _open(self) -> sqlite3.Connection:
        """Open the file; a damaged one makes room for a new one, and that is said."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with contextlib.suppress(FileExistsError):  # whom one writes to is nobody else's business
            os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        try:
            return _connect(self.path)
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise
            self.notes.append(f"The DNS cache was damaged and was replaced ({self.path.name}).")
            _remove(self.path)
            os.close(os.open(self.path, os.O_CREAT | os.O_WRONLY, 0o600))
            return _connect(self.path)

    @contextlib.contextmanager
    def _guarded(self) -> Iterator[None]:
        """Go on without the cache where it fails; a file found damaged is replaced next time."""
        try:
            yield
        except (sqlite3.Error, OSError, ValueError, TypeError) as error:
            damaged = isinstance(error, (ValueError, TypeError)) or _is_damage(error)
            self.close()
            if damaged:
                _remove(self.path)
            state = "was damaged and was removed" if damaged else "cannot be used"
            self.notes.append(
                f"The DNS cache {state} ({self.path.name}); nothing else is affected."
            )


def _connect(path: Path) -> sqlite3.Connection:
    link = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
    try:
        link.execute("PRAGMA trusted_schema = OFF")
        link.execute("PRAGMA journal_mode = WAL")
        link.execute("PRAGMA synchronous = NORMAL")
        if link.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise sqlite3.DatabaseError("malformed")
        if link.execute("PRAGMA user_version").fetchone()[0] != _SCHEMA:
            _create(link)
    except BaseException:
        link.close()
        raise
    return link


def _create(link: sqlite3.Connection) -> None:
    """Make the table anew; another version's answers are dropped, they can be asked again."""
    with link:
        link.execute("BEGIN IMMEDIATE")
        if link.execute("PRAGMA user_version").fetchone()[0] == _SCHEMA:
            return
        link.execute("DROP TABLE IF EXISTS answers")
        link.execute(
            "CREATE TABLE answers (source TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL,"
            " status TEXT NOT NULL, texts TEXT NOT NULL, ttl INTEGER NOT NULL, at REAL NOT NULL,"
            " expires REAL NOT NULL, PRIMARY KEY (source, name, type)) WITHOUT ROWID"
        )
        link.execute(f"PRAGMA user_version = {_SCHEMA}")


def _is_damage(error: BaseException) -> bool:
    return isinstance(error, sqlite3.DatabaseError) and any(word in str(error) for word in _DAMAGE)


def _remove(path: Path) -> None:
    for end in ("", "-wal", "-shm"):
        with contextlib.suppress(OSError):
            path.with_name(path.name + end).unlink(missing_ok=True)
