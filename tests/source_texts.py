"""The English texts that stand in the source: literals, f-strings, templates, pages of rules."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path

import listhygiene

ROOT = Path(listhygiene.__file__).parent
GAP = "\0"
"""What stands for a placeholder."""


def texts_of(node: ast.expr) -> list[str]:
    """Return what an expression may say, its gaps as GAP; [] for what is no text."""
    if isinstance(node, ast.Constant):
        return [re.sub(r"\{\w*\}", GAP, node.value)] if isinstance(node.value, str) else []
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say":
        return texts_of(node.args[0]) if node.args else []
    if isinstance(node, ast.JoinedStr):
        return _joined([_value(part) for part in node.values])
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        sides = texts_of(node.left), texts_of(node.right)
        return _joined([side or [GAP] for side in sides]) if any(sides) else []
    if isinstance(node, ast.IfExp):
        return [*texts_of(node.body), *texts_of(node.orelse)]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr == "say":
            return texts_of(node.args[0])
        return texts_of(node.func.value) if node.func.attr == "format" else []
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return _quantities(node) if node.func.id == "quantity" else []
    return []


def _value(part: ast.expr) -> list[str]:
    if isinstance(part, ast.FormattedValue):
        return texts_of(part.value) or [GAP]
    return texts_of(part)


def _joined(parts: list[list[str]]) -> list[str]:
    made = [""]
    for ways in parts:
        made = [f"{before}{way}" for before in made for way in ways][:32]
    return made


def _quantities(call: ast.Call) -> list[str]:
    nouns = [one.value for one in call.args[1:] if isinstance(one, ast.Constant)]
    if len(nouns) == 1:
        nouns.append(f"{nouns[0]}s")
    return [f"{GAP} {noun}" for noun in nouns]


@functools.cache
def literals(path: Path) -> tuple[str, ...]:
    """Return the texts of a Python module, docstrings left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found: list[str] = []
    _collect(tree, found)
    return tuple(found)


def _collect(node: ast.AST, found: list[str]) -> None:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
            continue
        said = texts_of(child) if isinstance(child, ast.expr) else []
        found += said
        if not said:
            _collect(child, found)
            continue
        for part in ast.walk(child):
            if isinstance(part, ast.FormattedValue):
                found += texts_of(part.value)
                _collect(part.value, found)


@functools.cache
def modules() -> tuple[Path, ...]:
    return tuple(sorted(ROOT.rglob("*.py")))


def page_texts() -> Iterator[str]:
    """Yield what the pages of the report and of the browser say."""
    for path in sorted(ROOT.rglob("*.j2")):
        for call in re.findall(
            r"say\(((?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\)", path.read_text("utf-8")
        ):
            strings = re.findall(r'"([^"]*)"', re.sub(r"quantity\([^()]*\)", "", call))
            yield GAP.join(strings).replace("%s", GAP).replace("%Y-%m-%d", "")
            nouns = re.findall(r'quantity\("([^"]*)"(?:, "([^"]*)")?\)', call)
            yield from (f"{GAP} {noun}" for pair in nouns for noun in pair if noun)


def said_texts() -> Iterator[tuple[str, int, str]]:
    """Yield the literals that are handed to `say` or `tell_aside`: file, line, text."""
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            name = node.func.id if isinstance(node.func, ast.Name) else name
            if name in ("say", "tell_aside"):
                for text in texts_of(node.args[0]):
                    yield path.relative_to(ROOT).as_posix(), node.lineno, text


def error_texts() -> Iterator[tuple[str, int, str]]:
    """Yield what errors say: file, line, the text of problem, place or remedy with its gaps."""
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and any(one.arg == "remedy" for one in node.keywords):
                wanted = [*node.args[:1]]
                wanted += [one.value for one in node.keywords if one.arg in ("remedy", "place")]
                for part in wanted:
                    for text in texts_of(part):
                        yield path.relative_to(ROOT).as_posix(), part.lineno, text
