"""How likely bytes are as a text of each encoding, so that the likeliest can be chosen.

A word is read letter by letter in each encoding, and each letter has a probability there: of
standing where it stands (an accented letter among ASCII ones, a kanji among kanji, no capital
after a small letter), and of being this one (frequent, rare, or hardly ever seen). The product is
how likely the bytes are in that encoding (naive Bayes); the quotient of two encodings is how sure
the choice between them is.
"""

from __future__ import annotations

import math
import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

_ASIDE = re.compile(rb"[\x00-\x2f\x3a-\x3f]+")  # no character of several bytes holds one of these
_MOST_WORDS, _LONGEST = 300, 48
_MOST_BROKEN = 0.1
_ASCII = 60
_FOREIGN = -14.0
"""What a byte costs that is nothing at all in an encoding, in natural logarithms."""

# Classes of characters: what they are, for what may follow them.
_OTHER, _SMALL, _CAPITAL, _LOW, _HIGH, _MARK, _SIGN, _KANA, _NOTHING = range(9)
_ABOVE = {_LOW, _HIGH, _MARK, _KANA}
# The share of characters outside ASCII, after an ASCII letter, after anything else of ASCII and
# after another one outside; what becomes less likely by an ASCII letter beside one outside.
_SHARES = {
    "latin": (0.12, 0.12, 0.04, 1.0),
    "letters": (0.005, 0.8, 0.9, 0.05),
    "characters": (0.03, 0.8, 0.9, 0.5),
}
_RARELY = 0.002
"""How often a capital stands behind a small letter, or a combining mark behind none."""


@dataclass(frozen=True)
class Model:
    """What is known of an encoding; see data/encodings.toml. usual: the logarithm of each one.

    known: characters looked up before, with their classes and logarithms.
    """

    name: str
    kind: str
    usual: Mapping[str, float]
    odds: float
    ja: float
    base: str
    levels: tuple[tuple[int, int, float], ...]
    known: dict[str, tuple[int, float]]


@cache
def models() -> tuple[Model, ...]:
    """Return the encodings that are known by their characters; one a language of each."""
    text = resources.files("listhygiene.data").joinpath("encodings.toml").read_text("utf-8")
    known = tomllib.loads(text)
    usual = known["usual"]
    return tuple(_model(row, usual[one]) for row in known["encoding"] for one in row["usual"])


def _model(row: Mapping[str, Any], usual: str) -> Model:
    letters = list(dict.fromkeys(usual))
    if row["kind"] == "characters":
        shares = dict.fromkeys(letters, 0.5 / len(letters))
    else:  # the frequencies of letters fall as those of words do (Zipf)
        whole = sum(1 / (place + 3) for place in range(len(letters)))
        shares = {one: 0.95 / whole / (place + 3) for place, one in enumerate(letters)}
    return Model(
        name=row["name"],
        kind=row["kind"],
        usual={one: math.log(share) for one, share in shares.items()},
        odds=row["odds"],
        ja=row["ja"],
        base=row.get("base", ""),
        levels=tuple(tuple(one) for one in row.get("levels", ())),
        known={},
    )


def is_latin(name: str) -> bool:
    """Tell whether an encoding adds letters with accents to the Latin ones, and no other script."""
    return any(model.name == name and model.kind == "latin" for model in models())


def is_usual(char: str) -> bool:
    """Tell whether a character is one of the frequent ones of any language that is known."""
    return any(char in model.usual for model in models())


def words_of(sample: bytes) -> list[bytes]:
    """Return the distinct words of a sample that hold a byte above 127, the first ones."""
    found = (word[:_LONGEST] for word in _ASIDE.split(sample) if not word.isascii())
    return list(dict.fromkeys(found))[:_MOST_WORDS]


def weigh(sample: bytes, lang: str) -> list[tuple[float, str]]:
    """Return how likely a sample is in each encoding that it may be in, the likeliest first.

    lang: of the user. The numbers are natural logarithms, of use by their differences only.
    """
    words = words_of(sample)
    broken = {name: _broken(words, name) for name in {model.name for model in models()}}
    most = max(1 + _MOST_BROKEN * len(words), min(broken.values()))
    best: dict[str, float] = {}
    for model in models():
        if broken[model.name] <= most:
            weight = model.ja if lang == "ja" else model.odds
            weight += sum(_weigh(word, model) for word in words)
            best[model.name] = max(weight, best.get(model.name, -math.inf))
    return sorted(((weight, name) for name, weight in best.items()), reverse=True)


def _broken(words: list[bytes], name: str) -> int:
    return sum("\ufffd" in _read(word, name) for word in words)


def _weigh(word: bytes, model: Model) -> float:
    """Return the logarithm of how likely a word is in an encoding."""
    within, first, beside, strange = _SHARES[model.kind]
    shares = {_OTHER: first, _SMALL: within, _CAPITAL: within}
    total, before = 0.0, _OTHER
    for char in _read(word, model.name):
        share = shares.get(before, beside)
        if char < "\x80":
            kind = _SMALL if char.islower() else _CAPITAL if char.isupper() else _OTHER
            total += math.log((1 - share) / _ASCII)
            if kind != _OTHER and before in _ABOVE:
                total += math.log(strange)
            if kind == _CAPITAL and before == _LOW and model.kind == "latin":
                total += math.log(_RARELY)
        else:
            kind, weight = _character(char, model)
            total += math.log(share) + weight + _place(kind, before)
        before = kind
    return total


def _read(word: bytes, encoding: str) -> str:
    """Decode a word; what does not decode becomes U+FFFD, the last half character nothing."""
    text = word.decode(encoding, errors="replace")
    return text[:-1] if len(word) == _LONGEST and text.endswith("\ufffd") else text


def _place(kind: int, before: int) -> float:
    """Return what a character's place says: the logarithm of how usual it is behind another."""
    if kind == _HIGH:
        return math.log(_RARELY if before in (_SMALL, _LOW) else 0.4)
    if kind == _MARK:
        return 0.0 if before in (_LOW, _HIGH, _MARK) else math.log(_RARELY)
    if kind == _SIGN:
        return math.log(0.05 if before in (_SMALL, _CAPITAL, _LOW, _HIGH) else 0.6)
    if kind == _KANA:
        return math.log(0.8 if before == _KANA else 0.01)
    return 0.0


@cache
def _kind_of(char: str) -> int:
    category = unicodedata.category(char)
    if char == "\ufffd" or category in ("Cc", "Cn", "Co", "Cs"):
        return _NOTHING
    if "\uff61" <= char <= "\uff9f":
        return _KANA
    if category == "Lu":
        return _HIGH
    if category.startswith("M"):
        return _MARK
    return _LOW if category.startswith("L") or char == "’" else _SIGN


def _character(char: str, model: Model) -> tuple[int, float]:
    """Return a character's class and the logarithm of how often it is the one there."""
    found = model.known.get(char)
    if found is None:
        kind = _kind_of(char)
        found = model.known[char] = (kind, _frequency(char, kind, model))
    return found


def _frequency(char: str, kind: int, model: Model) -> float:
    if kind == _NOTHING:
        return _FOREIGN
    if kind == _KANA:
        return math.log(1 / 63)
    if char in model.usual:
        return model.usual[char]
    if model.kind != "characters":
        return math.log(0.03 / 60)
    try:
        code = char.encode(model.base)
    except UnicodeError:
        return math.log(0.002 / 15_000)
    for first, last, share in model.levels:
        if first <= code[0] <= last and len(code) == 2:
            return math.log(share / (94 * (last - first + 1)))
    return math.log(0.03 / 600)
