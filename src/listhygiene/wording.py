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
from collections.abc import Callable
from importlib import resources

LANGUAGES = ("en", "ja")

Say = Callable[[str], str]


def speaker(lang: str) -> Say:
    """Return the function that says an English text in a language."""
    if lang != "ja":
        return str
    return functools.lru_cache(maxsize=4096)(_japanese)


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


@functools.cache
def catalogue() -> dict[str, str]:
    """Load the catalogue: English text -> Japanese text."""
    text = resources.files("listhygiene.data").joinpath("ja.toml").read_text(encoding="utf-8")
    return {english: str(japanese) for english, japanese in tomllib.loads(text)["text"].items()}


@functools.cache
def _shapes() -> list[tuple[re.Pattern[str], str]]:
    """Compile the texts with placeholders; longer ones first, since they say more."""
    shaped = [one for one in catalogue().items() if "{" in one[0]]
    shaped.sort(key=lambda one: -len(re.sub(r"\{\w+\}", "", one[0])))
    return [(_pattern(english), japanese) for english, japanese in shaped]


def _pattern(english: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", english)
    made = [
        re.escape(part) if place % 2 == 0 else f"(?P<{part}>.+?)"
        for place, part in enumerate(parts)
    ]
    return re.compile("".join(made), re.DOTALL)


def _japanese(text: str) -> str:
    if not text or text in catalogue():
        return catalogue().get(text, text)
    for pattern, japanese in _shapes():
        if found := pattern.fullmatch(text):
            parts = {name: _japanese(part) for name, part in found.groupdict().items()}
            return japanese.format_map(parts)
    return text
