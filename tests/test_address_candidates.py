"""No text of which a repair has something to say is left out by the pattern before it."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from listhygiene.address import edges, wrapping
from listhygiene.address.characters import SINGLE_QUOTES
from listhygiene.address.repair import Repair, has_repairs, reads
from listhygiene.address.syntax import judge_one

PIECES = (
    *"abcAZ09.@ ",
    *"@@.. ,;:<>()[]{}'\"`*_|/~#=-&!?%+\\",
    *"＠﹫．。｡，、；：＜＞（）「」『』“”‘’´«»…‥",
    *"\t\n\r\x0b\x1a\x1c\x85\x92\xa0\xad\u034f\u200b\u200d\u202b\u202e\u2067\u3000\ufeff\ufe0f",
    *"あ山ｱé",
    *(".com", ".co.jp", "example", "mailto:", "Ann", "a@b.com", "@b.co.jp", "&amp;", "%40", "(at)"),
)
TEXTS = 40_000


def make_texts(seed: int) -> list[str]:
    rng = random.Random(seed)
    whole = ["ann@example.com", "sato.taro@example.co.jp", "o'brien@b.org", "ａｎｎ＠example．com"]
    made = []
    for _ in range(TEXTS):
        text = "".join(rng.choices(PIECES, k=rng.randrange(6)))
        if rng.random() < 0.7:
            place = rng.randrange(len(text) + 1)
            text = text[:place] + rng.choice(whole) + text[place:]
        if rng.random() < 0.5:
            place = rng.randrange(len(text) + 1)
            text = text[:place] + rng.choice(PIECES) + text[place:]
        made.append(text)
    return made


@pytest.mark.parametrize(
    ("find", "candidates"),
    [(edges.strip_edges, edges.CANDIDATES), (wrapping.unwrap, wrapping.CANDIDATES)],
    ids=["edges", "wrapping"],
)
def test_every_text_with_a_finding_is_a_candidate(
    find: Callable[[str], Sequence[Repair]], candidates: str
) -> None:
    texts = make_texts(len(candidates))
    asked = pc.match_substring_regex(pa.array(texts), candidates).to_pylist()
    found = [bool(find(text)) for text in texts]
    assert [
        text for text, one, two in zip(texts, found, asked, strict=True) if one and not two
    ] == []
    assert sum(found) > len(texts) // 50
    assert [has_repairs(text, candidates, find) for text in texts[:5000]] == found[:5000]


def test_what_is_refused_at_a_glance_is_refused_by_the_library() -> None:
    texts = {text for text in make_texts(3) if text.isascii() and text.count("@") == 1}
    known = {text: judge_one(text).syntax != "refused" for text in texts}
    assert {text: reads(text) for text in texts} == known
    assert sum(known.values()) > len(texts) // 50


@pytest.mark.parametrize("sign", SINGLE_QUOTES)
def test_words_around_an_address_are_candidates(sign: str) -> None:
    for text in (
        f"Ann {sign}B{sign} ann@example.com",
        "佐藤 ann@example.com",
        "ann@example.com 様",
    ):
        assert has_repairs(text, wrapping.CANDIDATES, wrapping.unwrap)
