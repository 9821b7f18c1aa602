"""Connections: how a blocklist's database is reached, kept safe and shared by several programs."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    NullPool,
    StaticPool,
    Table,
    create_engine,
    event,
    text,
)
from sqlalchemy.exc import SQLAlchemyError

from ..model.errors import BlocklistError
from ..parts import name_part
from . import migrations, places, schema
from .asking import missing
from .bounds import CHECKED_BYTES
from .failures import explain, told


@dataclass(frozen=True)
class Database:
    """One blocklist's database; `name` is how people call it (no password), path: of SQLite."""

    engine: Engine
    name: str
    path: Path | None
    write: bool

    @property
    def is_postgresql(self) -> bool:
        return self.engine.dialect.name == "postgresql"

    @contextlib.contextmanager
    def connect(self) -> Iterator[Connection]:
        """Open a connection; what the database refuses is told as a BlocklistError."""
        with told(self.name), self.engine.connect() as connection:
            yield connection

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a connection within one transaction that only reads."""
        with self.connect() as connection, connection.begin():
            yield connection

    @contextlib.contextmanager
    def change(self, connection: Connection | None = None) -> Iterator[Connection]:
        """Run one transaction that writes, alone among all writers; all of it is kept, or nothing.

        connection: one that is open already (it may hold temporary tables).
        """
        self.require_write()
        with contextlib.ExitStack() as stack:
            stack.enter_context(told(self.name))
            one = connection or stack.enter_context(self.engine.connect())
            one.execution_options(listhygiene_writes=True)
            try:
                with one.begin():
                    self._lock(one)
                    yield one
            finally:
                one.execution_options(listhygiene_writes=False)

    def require_write(self) -> None:
        """Refuse where the blocklist was opened for reading."""
        if not self.write:
            raise BlocklistError(
                "the blocklist may only be read; nothing was changed",
                file=self.name,
                remedy="Name a blocklist that may be written: a .db file, or postgresql://.",
            )

    def _lock(self, connection: Connection) -> None:
        """PostgreSQL: let writers wait for each other (SQLite does by BEGIN IMMEDIATE)."""
        if self.is_postgresql:
            connection.execute(
                text("SELECT pg_advisory_xact_lock(:key, hashtext(current_schema()))"),
                {"key": schema.APPLICATION_ID},
            )


def open_sqlite(path: Path, *, write: bool, timeout: float) -> Database:
    """Open a blocklist's file, or make it where `write` is true and there is none.

    Write-ahead log with synchronous=FULL: writers and readers do not wait for each other, and what
    was committed survives a power cut; on a network folder the rollback journal with EXTRA.
    Raises BlocklistError where it is missing, damaged, newer, locked or no blocklist.
    """
    name = os.fspath(path)
    try:
        if not path.exists():
            if not write:
                raise missing(name)
            _make_sqlite(path, timeout)
        size = path.stat().st_size if path.is_file() else 0
    except OSError as error:
        raise unreachable(name, error) from error
    if not size:
        raise BlocklistError(
            "this is no blocklist: it is empty or no file; nothing was changed",
            file=name,
            remedy="Restore a backup, or remove it to begin anew.",
        )
    reader, found = _probe(path, name, timeout)
    if write or migrations.require_version(found, name) < schema.VERSION:
        writer = Database(_sqlite(path, "rw", timeout), name, path, True)
        with writer.change() as connection:
            migrations.migrate(connection, name)
        return writer if write else reader
    return reader


def open_memory() -> Database:
    """Make a blocklist in memory, for a list that is used as one."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    _prepare_sqlite(engine, ("PRAGMA trusted_schema=OFF",))
    database = Database(engine, ":memory:", None, True)
    with database.change() as connection:
        migrations.create(connection)
    return database


def open_postgresql(url: URL, *, write: bool, timeout: float) -> Database:
    """Open a team's blocklist on PostgreSQL; its tables are made where `write` is true."""
    name = url.render_as_string(hide_password=True)
    try:
        import psycopg  # noqa: F401 - an extra: say so before SQLAlchemy misses it
    except ImportError as error:
        raise BlocklistError(
            "PostgreSQL needs the package psycopg, which is not installed",
            file=name,
            remedy="Install it: pip install 'listhygiene[postgresql]'.",
        ) from error
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        poolclass=NullPool,
        connect_args={"connect_timeout": max(2, int(timeout))},
        execution_options={} if write else {"postgresql_readonly": True},
    )
    event.listen(engine, "connect", _SetUp((f"SET lock_timeout = {int(timeout * 1000)}",)))
    database = Database(engine, name, None, write)
    with database.change() if write else database.read() as connection:
        found = migrations.version_of(connection)
        if write and found is None:
            migrations.create(connection)
        elif write:
            migrations.migrate(connection, name)
        else:
            _require_present(found, name)
    return database


def insert_rows(
    connection: Connection, table: Table, names: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Insert rows as they are: SQLAlchemy's own way costs four times as much for millions."""
    if not rows:
        return
    dialect = connection.dialect
    quote = dialect.identifier_preparer.quote
    mark = "?" if dialect.paramstyle == "qmark" else "%s"
    statement = (
        f"INSERT INTO {quote(table.name)} ({', '.join(quote(name) for name in names)})"
        f" VALUES ({', '.join([mark] * len(names))})"
    )
    connection.exec_driver_sql(statement, rows)


def unreachable(name: str, error: OSError) -> BlocklistError:
    """Say that the system refuses the file."""
    return BlocklistError(
        f"the blocklist cannot be opened ({error.strerror or type(error).__name__})",
        file=name,
        remedy="Choose another place with --blocklist, or check the folder's permissions.",
    )


def _make_sqlite(path: Path, timeout: float) -> None:
    """Make a new blocklist beside its place and move it there whole."""
    places.make_private_folder(path.parent)
    places.make_private_file(part := name_part(path))
    try:
        engine = _sqlite(part, "rw", timeout, journal="DELETE")
        database = Database(engine, os.fspath(path), part, True)
        with database.change() as connection:
            migrations.create(connection)
            connection.exec_driver_sql(f"PRAGMA application_id={schema.APPLICATION_ID}")
        places.put_in_place(part, path)
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def _probe(path: Path, name: str, timeout: float) -> tuple[Database, int | None]:
    """Open for reading and tell the version; another program's file is left as it is."""
    database = Database(_sqlite(path, "ro", timeout), name, path, False)
    try:
        with database.engine.connect() as connection:
            found = migrations.version_of(connection)
    except SQLAlchemyError as error:
        # A write-ahead log needs a writable folder even to be read. Where there is neither a log
        # nor the right to begin one, nobody writes, and the file alone is all of it.
        log = path.with_name(f"{path.name}-wal")
        if log.exists() and log.stat().st_size:
            raise explain(error, name) from error
        database = Database(_sqlite(path, "ro&immutable=1", timeout), name, path, False)
        with database.connect() as connection:
            found = migrations.version_of(connection)
    migrations.require_version(found, name)
    _check(database)
    return database, found


def _require_present(found: int | None, name: str) -> None:
    if migrations.require_version(found, name) < schema.VERSION:
        raise BlocklistError(
            "the blocklist was written by an older listhygiene and may not be changed here",
            file=name,
            remedy="Run `listhygiene blocklist list` once where it may be written.",
        )


def _check(database: Database) -> None:
    """Refuse a damaged file before anything is believed or written."""
    if database.path is None or database.path.stat().st_size > CHECKED_BYTES:
        return
    with database.connect() as connection:
        found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    if found != "ok":
        raise BlocklistError(
            "the blocklist is damaged; nothing was changed",
            file=database.name,
            remedy="Restore a backup, or name another blocklist.",
        )


def _sqlite(path: Path, mode: str, timeout: float, journal: str = "") -> Engine:
    """Make the engine of one file; mode: "rw", "ro", or "ro&immutable=1"."""
    way, _, immutable = mode.partition("&")
    query = {"mode": way, "uri": "true"} | ({"immutable": "1"} if immutable else {})
    engine = create_engine(
        URL.create("sqlite", database=path.resolve().as_uri(), query=query),
        poolclass=NullPool,
        connect_args={"timeout": timeout, "check_same_thread": False},
    )
    _prepare_sqlite(engine, _pragmas(path, way == "rw", timeout, journal))
    return engine


def _pragmas(path: Path, write: bool, timeout: float, journal: str) -> tuple[str, ...]:
    """List the settings of a connection; sqlite.org/pragma.html has each of them."""
    network = places.is_on_network(path)
    common = (f"PRAGMA busy_timeout={int(timeout * 1000)}", "PRAGMA trusted_schema=OFF")
    if not write:
        return (*common, "PRAGMA query_only=ON")
    return (
        *common,
        f"PRAGMA journal_mode={journal or ('DELETE' if network else 'WAL')}",
        f"PRAGMA synchronous={'EXTRA' if network or journal else 'FULL'}",
        "PRAGMA cache_size=-65536",
    )


@dataclass(frozen=True)
class _SetUp:
    """Statements that every new connection begins with."""

    statements: tuple[str, ...]

    def __call__(self, connection: Any, _: Any) -> None:
        cursor = connection.cursor()
        try:
            for statement in self.statements:
                cursor.execute(statement)
        finally:
            cursor.close()
        connection.commit()


def _prepare_sqlite(engine: Engine, statements: tuple[str, ...]) -> None:
    """Let SQLAlchemy, not the driver, begin transactions: IMMEDIATE where they write."""

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        connection.create_function("sha256", 1, _sha256, deterministic=True)
        _SetUp(statements)(connection, None)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("listhygiene_writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _sha256(value: str | None) -> bytes | None:
    return None if value is None else hashlib.sha256(value.encode()).digest()
