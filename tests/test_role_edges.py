"""Which local parts are looked at for an office is told by their edges, and none is overlooked."""

from __future__ import annotations

import pandas as pd
import pyarrow.compute as pc
from hypothesis import given
from hypothesis import strategies as st

from listhygiene.data import roles
from listhygiene.data.facts import facts
from listhygiene.model.listing import TEXT
from listhygiene.texts import to_arrow

NAMES = st.sampled_from([row["name"] for row in facts(roles.FILE)])
SIGNS = st.text("-_.09aK+\u212a\u017fé日", max_size=3)


@st.composite
def locals_(draw: st.DrawFn) -> str:
    name, at = draw(NAMES), draw(st.integers(0, 12))
    spread = name[:at] + draw(SIGNS) + name[at:]
    cased = draw(st.sampled_from([str, str.upper, str.title]))
    return str(draw(SIGNS) + cased(spread) + draw(SIGNS))


@given(st.lists(locals_() | st.text(max_size=4), unique=True))
def test_no_office_is_overlooked(given_: list[str]) -> None:
    texts = pd.Series(given_, dtype=TEXT)
    named = pc.match_substring_regex(to_arrow(texts), roles._pattern(), ignore_case=True)
    assert roles.offices(texts).index.tolist() == [
        place for place, one in enumerate(named.to_pylist()) if one
    ]
    assert roles.role(texts).index.equals(texts.index)
