"""Readahead: a list's bytes, read and proved while the libraries that judge it are being loaded."""

from __future__ import annotations

import hashlib
import os
import threading
from concurrent.futures import Future
from dataclasses import dataclass

from .files import stamp_of

Stamp = tuple[int, ...]

_LEAST, _MOST = 1 << 20, 1 << 30
"""Fewer bytes are read in no time; more are not held for a run that may end before it begins."""


@dataclass(frozen=True)
class Ahead:
    """The bytes of a file, their SHA-256 in hexadecimal, and whether all of them are UTF-8."""

    content: bytes
    sha256: str
    utf8: bool


_begun: dict[Stamp, Future[Ahead | None]] = {}
"""What is on the way, one file at most; the file's stamp tells whether it is still the same."""


def read_ahead(path: str) -> None:
    """Begin to read a list that a reader will ask for soon, beside whatever is done meanwhile.

    Only a large regular file that nobody has written just now: else nothing happens. Nor does
    anything where it cannot be read: the reader meets that again, and says it.
    """
    _begun.clear()
    stamp = stamp_of(path) if os.path.isfile(path) else None
    if stamp is None:
        return
    _device, _number, size, *_times = stamp
    if not _LEAST <= size <= _MOST:
        return
    coming = _begun[stamp] = Future()
    threading.Thread(target=_read, args=(path, coming), daemon=True).start()


def taken(stamp: Stamp | None) -> Ahead | None:
    """Return what was read of the file with a stamp (see `stamp_of`), once; None: nothing was."""
    coming = _begun.pop(stamp, None) if stamp is not None else None
    return None if coming is None else coming.result()


def _read(path: str, coming: Future[Ahead | None]) -> None:
    """Read a file; of what takes long here, nothing keeps other threads from going on."""
    try:
        with open(path, "rb") as stream:
            content = stream.read()
        digest = hashlib.sha256(content).hexdigest()
        from .delimited.encoding import is_utf8  # Arrow's: loaded by now, for others too

        coming.set_result(Ahead(content, digest, is_utf8(content)))
    except (OSError, MemoryError):
        coming.set_result(None)
    except BaseException as error:
        coming.set_exception(error)
