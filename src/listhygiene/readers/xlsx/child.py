"""The process in which a workbook is read, so that a hostile one can only end this process.

Run as a script; the request is JSON on the standard input, the answer an Arrow stream on the
standard output. It imports nothing but what reading needs: no pandas, no other reader.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import types
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent.parent


def main() -> None:
    """Answer one request."""
    request = json.loads(sys.stdin.buffer.read())
    gc.disable()  # millions of small objects live until this short process ends
    limited = limit(request["memory"], request["seconds"])
    _skip_packages()
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    import pyarrow as pa

    table = answer(request)
    if not limited:
        table = table.replace_schema_metadata({**(table.schema.metadata or {}), b"unlimited": b"1"})
    with out, pa.ipc.new_stream(out, table.schema) as writer:
        writer.write_table(table)


def answer(request: dict[str, Any]) -> Any:
    """Read the workbook of a request; an error becomes a table without columns."""
    import pyarrow as pa

    from listhygiene.model.errors import ListHygieneError, UsageError
    from listhygiene.readers.xlsx.workbook import Wish, load

    path, kind = Path(request["path"]), request["kind"]
    wish = Wish(
        request["sheet"],
        tuple(request["email_columns"]),
        request["skip_hidden"],
        tuple(request["beside"]),
    )
    try:
        if request["wanted"]:
            from listhygiene.readers.xlsx.survey import survey

            return survey(path, kind, request["wanted"], request["all"], wish)
        if kind == "xlsx":
            return load(path, wish)
        from listhygiene.readers.xlsx.calamine import load_other

        return load_other(path, kind, wish)
    except ListHygieneError as error:
        told = {
            "usage": isinstance(error, UsageError),
            "problem": error.problem,
            "remedy": error.remedy,
            "place": error.place,
        }
    return pa.table({}).replace_schema_metadata({b"error": json.dumps(told).encode()})


def limit(memory: int, seconds: int) -> bool:
    """Limit this process's memory (bytes) and processor time; False where the system cannot."""
    try:
        import resource
    except ImportError:
        return False
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    except (ValueError, OSError):
        return False
    return True


class _WithoutPandas(MetaPathFinder):
    """Finds no pandas."""

    def find_spec(self, name: str, path: object, target: object = None) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(name)


def _skip_packages() -> None:
    """Import this package's modules without running its siblings' and parents' imports.

    Neither pandas, which Arrow loads wherever it finds it, to know its frames when it meets them.
    """
    sys.meta_path.insert(0, _WithoutPandas())
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    import listhygiene

    for name, folder in (("readers", HERE.parent), ("readers.xlsx", HERE)):
        package = types.ModuleType(f"{listhygiene.__name__}.{name}")
        package.__path__ = [str(folder)]
        sys.modules[package.__name__] = package


if __name__ == "__main__":
    main()
