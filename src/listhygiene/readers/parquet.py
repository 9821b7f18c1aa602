"""Parquet: the columns of a Parquet file as texts."""

from __future__ import annotations

from pathlib import Path

from ..model.errors import UnreadableList
from ..model.listing import Listing, ReadOptions
from ..patch import fingerprint

NAME = "parquet"

_ENCRYPTED = b"PARE"


def recognises(head: bytes, path: Path) -> bool:
    """Tell whether a file begins as Parquet files do."""
    return head.startswith((b"PAR1", _ENCRYPTED))


def read(path: Path, options: ReadOptions) -> Listing:
    """Read a Parquet file; its field names are the header. Raises UnreadableList."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from .arrow import is_text, list_table

    try:
        content = path.read_bytes()
        if content.startswith(_ENCRYPTED):
            raise UnreadableList(
                "the file is encrypted", file=str(path), remedy="Export the list unencrypted."
            )
        with pq.ParquetFile(pa.BufferReader(content)) as file:
            table = file.read()
    except (OSError, pa.ArrowException) as error:
        raise UnreadableList(
            f"the Parquet file cannot be read ({_sentence(error)})",
            file=str(path),
            remedy="Export the list again.",
        ) from None
    if not table.num_columns:
        raise UnreadableList("the file is empty", file=str(path), remedy="Export the list again.")
    texts = [place for place, field in enumerate(table.schema) if is_text(field.type)]
    facts = {"sha256": fingerprint(content), "texts": frozenset(texts)}
    return list_table(table, str(path), NAME, facts)


def _sentence(error: Exception) -> str:
    """Return an error's first line, without what may hold the file's own texts."""
    return str(error).splitlines()[0].partition(":")[0][:80] or type(error).__name__
