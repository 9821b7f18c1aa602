"""The house stands: imports point down only, and each outside library lives in one place."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import listhygiene

ROOT = Path(listhygiene.__file__).parent

DOORS = {"cli", "web", "__main__"}
ROOMS = {"fold", "evidence", "holders", "lint", "gate", "columns", "projection"}
FURNITURE = {
    "authentication",
    "readers",
    "writers",
    "reports",
    "rules",
    "dns",
    "bounces",
    "blocklist",
}
GROUND = {
    "model", "address", "policy", "data", "files", "parts", "headers", "dates", "consent",
    "content", "guesses", "numerals",
    "formulas", "import_rules",
    "cores", "platforms", "wording", "ooxml", "delimited", "patch", "texts",
    "cellsums", "combinations", "earlier", "readahead",
}  # fmt: skip
PUBLIC = {"__init__"}

HOMES = {
    "click": {"cli"},
    "dns": {"dns"},
    "sqlalchemy": {"blocklist"},
    "sqlite3": {"dns", "blocklist"},
    "openpyxl": {"readers/xlsx", "writers/xlsx"},
    "python_calamine": {"readers/xlsx"},
    "email_validator": {"address"},
    "dask": {"partitions"},
    "distributed": {"partitions"},
    "pyspark": {"partitions"},
    "starlette": {"web"},
    "rich": {"cli", "reports"},
    "jinja2": {"reports", "blocklist"},
    "rapidfuzz": {"data"},
    "publicsuffixlist": {"data"},
}


def part_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def floor_of(part: str) -> int:
    """3 doors, 2 hall, 1 rooms and furniture, 0 ground."""
    if part in DOORS:
        return 3
    if part in ROOMS | FURNITURE:
        return 1
    return 0 if part in GROUND else 2


def imports(path: Path) -> Iterator[tuple[int, str, bool]]:
    """Yield line, target (a part of ours, or an outside package) and whether it is ours."""
    package = list(path.relative_to(ROOT).parts[:-1])
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield node.lineno, name.name.split(".")[0], False
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            top = (node.module or "").split(".")
            if top[0] == "listhygiene":
                yield node.lineno, top[1] if len(top) > 1 else node.names[0].name, True
            else:
                yield node.lineno, top[0], False
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1]
            names = [node.module] if node.module else [one.name for one in node.names]
            for name in names:
                yield node.lineno, [*base, *name.split(".")][0], True


FILES = sorted(ROOT.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_arrows_point_down(path: Path) -> None:
    part = part_of(path)
    if part in PUBLIC:
        return
    wrong = []
    for line, target, ours in imports(path):
        if not ours or target in (part, "__version__"):
            continue
        up = floor_of(target) > floor_of(part)
        sideways = floor_of(target) == floor_of(part) == 1
        doors = floor_of(target) == floor_of(part) == 3 and (part, target) != ("__main__", "cli")
        if up or (sideways and not {part, target} <= ROOMS) or (doors and target != "web"):
            wrong.append(f"line {line}: {part} imports {target}")
    assert not wrong


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_outside_libraries_live_in_one_place(path: Path) -> None:
    place = path.relative_to(ROOT).with_suffix("").as_posix()
    wrong = [
        f"line {line}: {target}"
        for line, target, ours in imports(path)
        if not ours
        and target in HOMES
        and not any(
            place == home or place.startswith((f"{home}/", f"{home}_")) for home in HOMES[target]
        )
    ]
    assert not wrong


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_opens_with_a_sentence_and_stays_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    doc = ast.get_docstring(ast.parse(text))
    assert doc is not None
    assert doc.splitlines()[0].rstrip().endswith((".", ":", ";"))
    assert len(text.splitlines()) <= 320
