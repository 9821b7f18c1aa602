"""XLSX, XLSM and other workbooks, read in a process of their own behind limits."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...model.errors import UnreadableList, UsageError

if TYPE_CHECKING:
    import pyarrow as pa

    from ...model.listing import Listing, ReadOptions

NAME = "xlsx"

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
_SECONDS = 55
_MEMORY = 3 << 30
_MOST_MEMORY = 24 << 30


def recognises(head: bytes, path: Path) -> bool:
    """Tell a workbook by its content: an Office or OpenDocument package, or an OLE file."""
    return kind_of(head, path) is not None


def read(path: Path, options: ReadOptions) -> Listing:
    """Read a workbook; text as shown, dates in ISO form.

    Raises UnreadableList (damaged, encrypted, empty, hostile, over the limits of memory or time)
    and UsageError (a sheet that is not there).
    """
    return to_listing(path, _ask(_request(path, options), path))


def sheets_of(path: Path, options: ReadOptions, wanted: Sequence[str]) -> tuple[str, ...]:
    """Return the sheets of a workbook that are wanted, in their order.

    wanted: names, or `ALL_SHEETS` for all visible ones that hold contacts. Raises as `read` does.
    """
    from ...model.listing import ALL_SHEETS

    request = _request(path, options) | {"wanted": list(wanted), "all": ALL_SHEETS}
    return tuple(_told(path, _ask(request, path))["sheets"])


def _request(path: Path, options: ReadOptions) -> dict[str, Any]:
    with path.open("rb") as stream:
        head = stream.read(8192)
    kind = kind_of(head, path)
    if kind is None or kind == "encrypted":
        from .calamine import locked

        raise locked(path)
    return {
        "path": str(path.resolve()),
        "kind": kind,
        "sheet": options.sheet,
        "email_columns": list(options.email_columns),
        "skip_hidden": options.skip_hidden,
        "beside": list(options.beside),
        "wanted": [],
    }


def kind_of(head: bytes, path: Path) -> str | None:
    """Return "xlsx", "xlsb", "ods", "xls", "encrypted", or None for what is no workbook."""
    if head.startswith(_OLE):
        return _kind_of_ole(path)
    if not head.startswith(_ZIP):
        return None
    from ...ooxml.archive import open_archive

    if b"mimetype" + _ODS in head[:200]:
        return "ods"
    try:
        names = open_archive(path).by_name
    except UnreadableList:
        return "xlsx" if b"[Content_Types].xml" in head or b"xl/" in head else None
    if any(
        name.startswith("xl/") and name.endswith(".bin") and "workbook" in name for name in names
    ):
        return "xlsb"
    if "content.xml" in names and "mimetype" in names:  # ODF, in an order of its own
        return "ods" if _is_open_document(path) else None
    return "xlsx" if "[content_types].xml" in names or "_rels/.rels" in names else None


def _is_open_document(path: Path) -> bool:
    """Tell a spreadsheet of OpenDocument by what its part `mimetype` says."""
    from ...ooxml.archive import open_archive, read_part

    archive = open_archive(path)
    member = archive.find("mimetype")
    return member is not None and read_part(archive, member, 1024).startswith(_ODS)


def _kind_of_ole(path: Path) -> str | None:
    """Tell an encrypted package and an old workbook by the names of their streams ([MS-CFB])."""
    content = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in content:
        return "encrypted"
    named = any(name.encode("utf-16-le") in content for name in ("Workbook", "Book"))
    return "xls" if named else None


def to_listing(path: Path, table: pa.Table) -> Listing:
    """Turn the answer of the reading process into a Listing; raises the error that it tells."""
    import pandas as pd

    from ...model.listing import TEXT, Listing

    meta = table.schema.metadata or {}
    told = _told(path, table)
    places = range(table.num_columns - 1)
    columns = {place: pd.Series(table.column(place), dtype=TEXT) for place in places}
    frame = pd.DataFrame(columns, index=pd.RangeIndex(table.num_rows), columns=list(places))
    notes = list(told["notes"])
    if b"unlimited" in meta:
        notes.append("This system cannot limit the memory of the process that reads workbooks.")
    return Listing(
        path=str(path),
        format=told["format"],
        header=tuple(told["header"]),
        frame=frame,
        lines=table.column(table.num_columns - 1).to_numpy(),
        header_line=told["header_line"],
        preamble=told["preamble"],
        notes=tuple(notes),
        sheet=told["sheet"],
        facts=told["facts"],
    )


def _ask(request: dict[str, Any], path: Path) -> pa.Table:
    """Have another process read the workbook; whatever becomes of it, this one lives on."""
    import pyarrow as pa

    size = path.stat().st_size
    # An honest list is read at over 1 MB of packed file a second.
    seconds = _SECONDS + size // (1 << 20)
    request |= {"memory": min(_MEMORY + 60 * size, _MOST_MEMORY), "seconds": seconds}
    child = Path(__file__).with_name("child.py")
    with subprocess.Popen(
        [sys.executable, "-P", str(child)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            out, _ = process.communicate(json.dumps(request).encode(), timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise _gave_up(path, f"reading it took more than {seconds} seconds") from None
        except BaseException:
            process.kill()
            raise
    if process.returncode != 0 or not out:
        raise _gave_up(path, "the process that read it ran out of memory or time, or failed")
    return pa.ipc.open_stream(pa.py_buffer(out)).read_all()


def _gave_up(path: Path, why: str) -> UnreadableList:
    return UnreadableList(
        f"cannot be read: {why}",
        file=str(path),
        remedy="Open it in a spreadsheet program and save the list alone as XLSX or CSV.",
    )


def _told(path: Path, table: pa.Table) -> dict[str, Any]:
    """Return what the reading process told beside the cells; raises the error that it tells."""
    meta = table.schema.metadata or {}
    if b"error" in meta:
        raise _error(json.loads(meta[b"error"]), path)
    told: dict[str, Any] = json.loads(meta[b"listhygiene"])
    return told


def _error(error: dict[str, Any], path: Path) -> UnreadableList | UsageError:
    kind = UsageError if error["usage"] else UnreadableList
    return kind(error["problem"], file=str(path), place=error["place"], remedy=error["remedy"])
