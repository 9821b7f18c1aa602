"""A pandas frame taken as a list."""

from __future__ import annotations

import pandas as pd

from .model.listing import TEXT, Listing


def listing_of(frame: pd.DataFrame, name: str = "DataFrame") -> Listing:
    """Take a frame as a list: its column labels are the header, its cells become texts."""
    cells = frame.reset_index(drop=True)
    texts = {place: cells.iloc[:, place].astype(TEXT).fillna("") for place in range(cells.shape[1])}
    rows = pd.RangeIndex(len(cells))
    return Listing(
        path=name,
        format="frame",
        header=tuple(str(one) for one in frame.columns),
        frame=pd.DataFrame(texts, index=rows),
        lines=rows.to_numpy() + 2,
    )
