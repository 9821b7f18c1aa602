"""Odd texts around addresses, the library as the judge of them, and the comparison with ours.

`python tests/address_texts.py 1000000 [SEED]` compares so many texts and prints the differences.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import email_validator
import pandas as pd

from listhygiene.address import judge
from listhygiene.model.listing import TEXT

LOCALS = (
    "ann", "ANN", "Info", "POSTMASTER", "o'brien", "a.b", "a..b", ".a", "a.", "", "a+b", "x" * 64,
    "x" * 65, "山田", "zoë", "zoe\u0308", "\u0301a", '"ann"', '"a b"', '"a@b"', '"a\\"b"', "a b",
    "a,b", "a<b", "ann@bob", "ａｎｎ", "a\u200bb", "!#$%&'*+-/=?^_`{|}~", "xn--ann", "a\\b", '"',
    "İnfo", "ſales", "a\u037eb", "\u3164", "a\x00b", "a\x7fb", "Ann <ann",
)  # fmt: skip
LABELS = (
    "example", "EXAMPLE", "com", "co", "jp", "a", "1", "a1", "-a", "a-", "a--b", "ab--c", "xn--a",
    "xn--mnchen-3ya", "XN--MNCHEN-3YA", "xn--zz", "münchen", "日本語", "faß", "ﬀ", "x" * 63,
    "x" * 64, "", "a_b", "a b", "é", "e\u0301", "\u0301", "א", "١", "a\u200db", "ａ", "．", "。",
    "⒈", "test", "local", "localhost", "onion", "arpa", "invalid", "ｔｅｓｔ", "docomo", "ne",
    "ezweb", "au",
    "[192.0.2.1]", "[IPv6:::1]", "İ", "ẞ", "\u00ad", "x.c", "123", "a@b", ">", "💌",
)  # fmt: skip
DOMAINS = (
    "example.com", "Example.Com", "docomo.ne.jp", "ezweb.ne.jp", "ab.ezweb.ne.jp", "au.com",
    "DOCOMO.ne.jp", "ｄｏｃｏｍｏ.ne.jp", "shop.test", "a.local", "test", "日本語.jp",
    "xn--wgv71a119e.jp",
    "example.c0m", "example.1", "example.com.", "1.xn--4dbc.com", ".".join(["a" * 62] * 4),
    ".".join(["é" * 30] * 4), "example", "",
)  # fmt: skip
NOISE = "".join(
    (
        "ab.@-_ \"'<>(),;:\\[]",
        "\t\n\r\x00\x7f\x85\xa0",
        "\u200b\u202e\u2028\ufeff\u3000",
        "é＠．。﹫ﬁ漢💌",
    )
)


def odd_texts(count: int, seed: int = 0) -> Iterator[str]:
    """Make texts that are addresses, nearly addresses, or wreckage of them; the same for a seed."""
    draw = random.Random(seed)
    for _ in range(count):
        local = draw.choice(LOCALS) if draw.random() < 0.6 else _word(draw)
        if draw.random() < 0.7:
            domain = draw.choice(DOMAINS)
        else:
            domain = ".".join(draw.choice(LABELS) for _ in range(draw.randint(1, 4)))
        text = f"{local}@{domain}" if draw.random() < 0.95 else f"{local}{domain}"
        for _ in range(draw.choice((0, 0, 0, 0, 0, 0, 1, 1, 2, 5))):
            place = draw.randint(0, len(text))
            text = text[:place] + draw.choice(NOISE) + text[place + draw.randint(0, 1) :]
        yield text


def _word(draw: random.Random) -> str:
    signs = "abcXYZ019._%+-'!#é漢\u0301" if draw.random() < 0.5 else "abcXYZ019_%+-"
    return "".join(draw.choice(signs) for _ in range(draw.choice((1, 3, 8, 63, 64, 65))))


@contextmanager
def without_special_names() -> Iterator[None]:
    """Let the library judge special-use names like others, for as long as it is compared."""
    kept = list(email_validator.SPECIAL_USE_DOMAIN_NAMES)
    email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()
    try:
        yield
    finally:
        email_validator.SPECIAL_USE_DOMAIN_NAMES.extend(kept)


def library_says(text: str) -> tuple[str, str, str, str, str, str]:
    """Return the library's judgement in the shape of ours."""
    try:
        found = email_validator.validate_email(text, check_deliverability=False, strict=True)
    except email_validator.EmailNotValidError as refusal:
        return text, "", "", "", "refused", str(refusal)
    syntax = "smtputf8" if found.smtputf8 else "ok"
    return found.normalized, found.local_part, found.domain, found.ascii_domain, syntax, ""


def differences(texts: list[str]) -> list[tuple[str, object, object]]:
    """Compare our judgement of texts with the library's; historic carrier addresses aside."""
    judged = judge(pd.Series(texts, dtype=TEXT))
    ours = [tuple(row) for row in judged.astype(str).itertuples(index=False)]
    with without_special_names():
        theirs = [library_says(text) for text in texts]
    return [
        (text, one, other)
        for text, one, other in zip(texts, ours, theirs, strict=True)
        if one != other and not _is_historic(one, other)
    ]


def _is_historic(ours: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    """Say whether the library refuses only the dots of a carrier's local part."""
    if ours[4] != "legacy" or theirs[4] != "refused":
        return False
    squeezed = ".".join(part for part in ours[1].split(".") if part)
    mended = library_says(f"{squeezed}@{ours[2]}")
    carriers = ("docomo.ne.jp", "ezweb.ne.jp", "au.com")
    return mended[4] == "ok" and ours[3].endswith(carriers) and squeezed != ours[1]


def _compare(count: int, seed: int) -> int:
    found = 0
    started = time.process_time()
    for part in range(0, count, 50_000):
        texts = list(odd_texts(min(50_000, count - part), seed + part))
        for text, ours, theirs in differences(texts):
            found += 1
            print(ascii(text), ascii(ours), ascii(theirs), sep="\n  ")
    print(f"{count} texts, {found} differences, {time.process_time() - started:.0f} s")
    return int(found > 0)


if __name__ == "__main__":
    sys.exit(_compare(int(sys.argv[1]), int((sys.argv[2:] or ["0"])[0])))
