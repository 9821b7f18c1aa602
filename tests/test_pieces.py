"""Pieces of contents put together: the same bytes as one by one, wherever they stand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from listhygiene.delimited import pieces
from listhygiene.model.errors import UnwritableList


@pytest.fixture(scope="module", autouse=True)
def near():
    """Buffers that begin 16 octets apart, so that a small content takes many of them."""
    patch = pytest.MonkeyPatch()
    patch.setattr(pieces, "_STEP", 16)
    patch.setattr(pieces, "_LONGEST", 80)
    yield
    patch.undo()


@given(st.lists(st.binary(max_size=60), min_size=1, max_size=3), st.data())
def test_pieces_of_any_size_are_put_together(contents, data):
    made = pieces.pool(*contents)
    views, wanted = [], b""
    for which, one in enumerate(contents):
        place = st.integers(0, len(one))
        places = data.draw(st.lists(st.tuples(place, place).map(sorted), max_size=9))
        starts, stops = np.array(places, dtype=np.int64).reshape(-1, 2).T
        views.append(made.views(which, starts, stops))
        wanted += b"".join(one[start:stop] for start, stop in places)
    assert bytes(made.join(np.concatenate(views))) == wanted


def test_a_piece_too_long_for_a_view_is_refused():
    made = pieces.pool(bytes(100))
    with pytest.raises(UnwritableList, match="a record is longer than 2 GiB"):
        made.views(0, np.array([0]), np.array([81]))
