"""Questions about many keys at once: each a parameter, however many the keys are."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    TableValuedAlias,
    Text,
    bindparam,
    column,
    func,
    select,
)

from .batches import as_json, sorted_batches
from .bounds import BATCH

if TYPE_CHECKING:
    from .engine import Database


def among(
    database: Database, what: ColumnElement[Any], values: Sequence[Any]
) -> ColumnElement[bool]:
    """Build `what IN (values)` as one parameter, however many they are."""
    if database.is_postgresql:
        return what == func.any(bindparam(None, list(values), type_=ARRAY(what.type)))
    keys = func.json_each(json.dumps(list(values))).table_valued(column("value"))
    return what.in_(select(keys.c.value))


def questions(database: Database, keys: pd.Series) -> Iterator[TableValuedAlias]:
    """Turn keys into tables of one column `value`, a batch each, as one parameter."""
    for batch in sorted_batches(keys):
        if database.is_postgresql:
            listed = func.unnest(bindparam(None, batch.to_pylist(), type_=ARRAY(Text)))
            yield listed.table_valued(column("value", Text)).render_derived()
        else:
            yield func.json_each(as_json(batch)).table_valued(column("value", Text))


def sha256_of(database: Database, text: ColumnElement[Any]) -> ColumnElement[Any]:
    """Build the SHA-256 of a text's UTF-8, worked out by the database."""
    return func.sha256(func.convert_to(text, "UTF8") if database.is_postgresql else text)


def batches(values: Sequence[Any], size: int = BATCH) -> Iterator[Sequence[Any]]:
    """Cut values into batches."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
