"""The documents of a JSON file: one, several after another, an array, or one a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ..model.errors import UnreadableBounces

LARGEST = 256 * 1024 * 1024
"""Bytes of a JSON file that is no JSON lines; as lines there is no limit."""

LONGEST_LINE = 32 * 1024 * 1024
_BLANK = " \t\r\n,\ufeff"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_DEEP = "is nested too deeply"


@dataclass(frozen=True)
class Unread:
    """A line that is no JSON."""

    why: str


@dataclass(frozen=True)
class Unit:
    """One document; content: its bytes where it has a line of its own, else b''."""

    value: object
    content: bytes = b""


def looks_like_json(head: bytes) -> bool:
    """Tell by its first bytes whether a file is JSON; "[INFO] ..." is none."""
    text = _decoded(head[:4096]).lstrip(_BLANK)
    if text.startswith("{"):
        return text[1:].lstrip()[:1] in ('"', "}")
    return text.startswith("[") and text[1:].lstrip()[:1] in ("{", "[", "]")


def units(path: Path, name: str) -> Iterator[Unit]:
    """Yield the documents of a file; the elements of an array are documents.

    Raises UnreadableBounces where the file is no JSON, cut off, too large or nested too deeply. Of
    JSON lines a bad one is an `Unread`, and the others are read.
    """
    with path.open("rb") as stream:
        head = stream.read(4)
        stream.seek(0)
        if not head.startswith(_UTF_16) and _has_lines(stream, path):
            stream.seek(0)
            yield from _lines(stream)
            return
        stream.seek(0)
        yield from _whole(stream, path, name)


def _has_lines(stream: BinaryIO, path: Path) -> bool:
    """Tell whether the first line is a document by itself, and not all of the file."""
    first = stream.readline(LONGEST_LINE)
    while first and not first.strip(b"\xef\xbb\xbf \t\r\n"):
        first = stream.readline(LONGEST_LINE)
    if not first.endswith(b"\n") or stream.tell() >= path.stat().st_size:
        return False
    try:
        return isinstance(json.loads(_decoded(first)), (dict, list))
    except (ValueError, RecursionError):
        return False


def _lines(stream: BinaryIO) -> Iterator[Unit]:
    while line := stream.readline(LONGEST_LINE):
        text = _decoded(line).strip(_BLANK)
        if not text:
            continue
        try:
            value = json.loads(text)
        except ValueError:
            yield Unit(Unread("is no JSON"), line)
        except RecursionError:
            yield Unit(Unread(_DEEP), line)
        else:
            yield Unit(value, line)


def _whole(stream: BinaryIO, path: Path, name: str) -> Iterator[Unit]:
    if path.stat().st_size > LARGEST:
        raise UnreadableBounces(
            f"is JSON of more than {LARGEST // 1024**2} MB",
            file=name,
            remedy="Save it as JSON lines, an object a line, or in parts.",
        )
    text = _decoded(stream.read())
    values = []
    at = _skip(text, 0)
    try:
        while at < len(text):
            value, at = json.JSONDecoder(strict=False).raw_decode(text, at)
            values.append(value)
            at = _skip(text, at)
    except json.JSONDecodeError as error:
        raise UnreadableBounces(
            f"is no JSON ({error.msg})",
            file=name,
            place=f"line {error.lineno}",
            remedy="Export it again; it may be cut off.",
        ) from None
    except (ValueError, RecursionError) as error:
        why = _DEEP if isinstance(error, RecursionError) else "holds a number that is too long"
        raise UnreadableBounces(why, file=name) from None
    for value in values:
        for one in value if isinstance(value, list) else [value]:
            yield Unit(one)


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in _BLANK:
        at += 1
    return at


def _decoded(content: bytes) -> str:
    if content.startswith(_UTF_16):
        return content.decode("utf-16", "replace")
    return content.decode("utf-8-sig", "replace")
