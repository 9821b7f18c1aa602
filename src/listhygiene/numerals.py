"""Numerals: Japanese ones of dates, written in digits."""

from __future__ import annotations

import re

KANJI = "〇一二三四五六七八九十"


def in_digits(text: str) -> str:
    """Write Japanese numerals before 年, 月 and 日 in digits: 元年 is year 1."""

    def number(match: re.Match[str]) -> str:
        kanji = match[0]
        tens, ten, ones = kanji.rpartition("十")
        if not ten:
            return "".join(str(KANJI.index(char)) for char in kanji if char != "十")
        high = KANJI.index(tens) if tens else 1
        return str(high * 10 + (KANJI.index(ones) if ones else 0))

    text = text.replace("元年", "1年")
    return re.sub(
        r"[〇一二三四五六七八九]?十[一二三四五六七八九]?|[〇一二三四五六七八九]+(?=[年月日])",
        number,
        text,
    )
