"""What people read, in their language: English in the code, Japanese from a catalogue.

The catalogue maps an English text, with its {placeholders}, to the Japanese one, so that a text
made by a rule or a gate is found again by its shape and no part needs to know of languages.
"""

from __future__ import annotations

import functools
import locale
import os
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import resources

from .model.errors import ListHygieneError

LANGUAGES = ("en", "ja")

Say = Callable[[str], str]

COUNTS = frozenset(
    "bits cells columns count found known limit lookups months more most number rows seconds "
    "total".split()
)
"""Placeholders that stand for a number, perhaps with a per-cent sign."""

KEPT = frozenset(
    "address at codes command day domain encoding file header key line lines mail_from meant name "
    "names order provider providers ranges record scripts sheet source tags terms titles "
    "word".split()
)
"""Placeholders whose part is a name, a record, a place: never translated, whatever it spells."""

LONGEST = 2000
"""Characters of a text that is taken apart where no whole shape fits."""


@functools.cache
def speaker(lang: str) -> Say:
    """Return the function that says an English text in a language."""
    if lang != "ja":
        return str
    return functools.lru_cache(maxsize=65536)(_japanese)


def default_language() -> str:
    """Return the language of the user's locale, as far as it is spoken here."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(name):
            return "ja" if os.environ[name].lower().startswith("ja") else "en"
    try:
        name = locale.getlocale()[0] or ""
    except ValueError:
        return "en"
    return "ja" if name.lower().startswith(("ja", "japanese")) else "en"


def tell(error: ListHygieneError, lang: str) -> str:
    """Tell of an error in a language: where, what, and what to do about it."""
    if lang != "ja":
        return str(error)
    say = speaker(lang)
    where = ", ".join(say(part) for part in (error.file, error.place) if part)
    text = f"{where}: {say(error.problem)}。" if where else f"{say(error.problem)}。"
    return f"{text}{say(error.remedy)}" if error.remedy else text


@functools.cache
def catalogue() -> dict[str, str]:
    """Load the catalogue: English text -> Japanese text, of ours and of the libraries we quote."""
    text = resources.files("listhygiene.data").joinpath("ja.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    return {**tables["library"], **tables["text"]}


def parts_of(text: str) -> list[str]:
    """Split a template: fixed text at the even places, names of placeholders at the odd ones."""
    return re.split(r"\{(\w+)\}", text)


_EITHER = re.compile(r"\[([^\[\]|]*)\|([^\[\]|]*)\]")


def fixed_parts(text: str) -> list[str]:
    """Return what stands in every text of a template, between placeholders and [one|many]."""
    return [piece for part in parts_of(text)[::2] for piece in _EITHER.split(part)[::3]]


@dataclass(frozen=True)
class _Shape:
    """A template: what it looks like, and how it is said.

    anchor: its longest fixed part, which every text of this shape holds.
    """

    anchor: str
    pattern: re.Pattern[str]
    japanese: str


@functools.cache
def _shapes() -> tuple[dict[str, list[_Shape]], list[_Shape]]:
    """Compile the templates: by their first word, and those that begin with a placeholder.

    Those with more fixed text come first, since they say more.
    """
    by_word: dict[str, list[_Shape]] = {}
    loose: list[_Shape] = []
    found = [one for one in catalogue().items() if len(fixed_parts(one[0])) > 1]
    found.sort(key=lambda one: -sum(len(part) for part in fixed_parts(one[0])))
    for english, japanese in found:
        pieces = fixed_parts(english)
        shape = _Shape(max(pieces, key=len), _pattern(english), japanese)
        word, space, _ = pieces[0].partition(" ")
        (by_word.setdefault(word, []) if space and word else loose).append(shape)
    return by_word, loose


def _pattern(english: str) -> re.Pattern[str]:
    """Compile a template: [one|many] is either; a name's second place repeats the first."""
    made: list[str] = []
    known: set[str] = set()
    for place, part in enumerate(parts_of(english)):
        if place % 2 == 0:
            pieces = _EITHER.split(part)
            ways = zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True)
            made.append(re.escape(pieces[0]))
            made += [
                f"(?:{re.escape(one)}|{re.escape(many)}){re.escape(after)}"
                for one, many, after in ways
            ]
        elif part in known:
            made.append(f"(?P={part})")
        else:
            made.append(f"(?P<{part}>{_kind(part)})")
            known.add(part)
    return re.compile("".join(made), re.DOTALL)


_KINDS = {
    "day": r"\d{4}(?:-\d\d){0,2}",
    "domain": r"\S+",
    "line": r"[\d,]+",
    "lines": r"[\d, …()]+",
    "codes": r"[A-Z]\d{3}(?:, [A-Z]\d{3})*",
    "file": r"[^;]+",
    "titles": r"[^;]+",
    "records": r"[A-Za-z0-9_, -]+",
    "problem": r"(?:(?!\. [A-Z]).)+?",
}
"""What a part of these names looks like."""


def _kind(name: str) -> str:
    if name in COUNTS:
        return r"-?[\d,]+(?:\.\d+)?%?"
    return _KINDS.get(name, ".+?")


def _japanese(text: str) -> str:
    if not text or text in catalogue():
        return catalogue().get(text, text)
    if "\n" in text:
        return "\n".join(_japanese(line) for line in text.split("\n"))
    by_word, loose = _shapes()
    for shapes in (by_word.get(text.partition(" ")[0], ()), loose):
        for shape in shapes:
            if shape.anchor in text and (found := shape.pattern.fullmatch(text)):
                return _fill(shape.japanese, found.groupdict())
    return _piecewise(text) if len(text) <= LONGEST else text


def _fill(japanese: str, parts: Mapping[str, str]) -> str:
    said = parts_of(japanese)
    said[1::2] = (_part(name, parts[name]) for name in said[1::2])
    return "".join(said)


def _part(name: str, text: str) -> str:
    """Say the part of a text that stands in a placeholder."""
    if name in KEPT or name in COUNTS:
        return text
    if name == "signs":
        return " ".join(_japanese(word) for word in text.split(" "))
    return _japanese(text)


def _piecewise(text: str) -> str:
    """Say what was put together of several texts: clauses, sentences, a name and a text."""
    for head, tail in _cuts(text, ": "):  # a file's name: what is told of it may hold "; "
        if " " not in head and (said_tail := _japanese(tail)) != tail:
            return f"{head}: {said_tail}"
    for head, tail in _cuts(text, ". "):
        said = _whole(head), _japanese(tail)
        if said[0] != head and said[1] != tail:
            return f"{said[0].removesuffix('。')}。{said[1]}"
    if "; " in text:
        return "; ".join(_japanese(part) for part in text.split("; "))
    for head, tail in _cuts(text, ": "):
        if (said_tail := _japanese(tail)) != tail:
            return f"{head}: {said_tail}"
    return ", ".join(catalogue().get(part, part) for part in text.split(", "))


def _whole(sentence: str) -> str:
    """Say a sentence that may stand in the catalogue with its full stop or without."""
    whole = f"{sentence}."
    said = _japanese(sentence)
    return _japanese(whole) if whole in catalogue() or said == sentence else said


def _cuts(text: str, separator: str) -> Iterator[tuple[str, str]]:
    """Cut a text in two at each of the first few places where a separator stands."""
    start = -1
    for _ in range(4):
        start = text.find(separator, start + 1)
        if start < 0:
            return
        yield text[:start], text[start + len(separator) :]
