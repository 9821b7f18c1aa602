"""The loop over the rules: tables and policy in, one long frame of findings out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from .model.contacts import Contacts
from .model.listing import TEXT
from .model.rule import Rule, Severity
from .texts import LARGE, from_arrow, to_arrow

PERSONAL = frozenset({"A333", "A334", "C533"})
"""Complaints, unsubscribes and opt-outs concern the person, whichever address they stand at."""

MEMORY = ("A33", "C53")
"""What the blocklist and the consent columns say is not overruled by an allowed address."""

SEVERITIES = [str(one) for one in Severity]


def lint(
    contacts: Contacts,
    tables: Mapping[str, pd.DataFrame],
    rules: Iterable[Rule],
    policy: Any,
    available: Mapping[str, str],
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Ask every rule of its table; return the findings (see `ListReport`) and what was skipped.

    available: evidence -> '' where it is there, else why it is not. The second result says for
    each skipped rule's code why.
    """
    asked = [one for one in rules if policy.asks(one.code)]
    spread = _Spread(contacts, policy, [one.code for one in asked])
    parts: list[_Part] = []
    skipped: dict[str, str] = {}
    for one in asked:
        missing = [available[need] for need in one.needs if available.get(need)]
        if missing:
            skipped[one.code] = missing[0]
        elif one.table == "texts":
            parts += spread.texts(one.code, contacts.repairs, str(one.severity), policy)
        else:
            found = _found(one, tables[one.table], policy)
            if len(found):
                parts += spread.places(one, found)
    return _findings(parts, spread.codes), skipped


def _found(rule: Rule, table: pd.DataFrame, policy: Any) -> pd.DataFrame:
    """Ask one rule; return its findings as detail and severity, indexed by subject."""
    result = rule.judge(table, policy)
    if isinstance(result, pd.Series):
        result = _detailed(result)
    else:
        result = result[result["severity"].notna().to_numpy()]
    fixed = policy.severity(rule.code, "")
    severity = result["severity"] if "severity" in result else str(rule.severity)
    return pd.DataFrame(
        {"detail": result["detail"].fillna("").astype(TEXT), "severity": fixed or severity},
        index=result.index,
    )


def _detailed(result: pd.Series) -> pd.DataFrame:
    """Read a Series: True is a finding without detail, a text one with, the rest is clean."""
    if result.dtype == bool or result.dtype == "boolean":
        hit = result[result.fillna(False).astype(bool).to_numpy()]
        return pd.DataFrame({"detail": pd.Series("", index=hit.index, dtype=TEXT)})
    hit = result[result.notna().to_numpy()]
    if hit.dtype == object:
        hit = hit[[one is not False and one is not np.False_ for one in hit]]
        hit = hit.map(lambda one: "" if one is True or one is np.True_ else one)
    return pd.DataFrame({"detail": hit.astype(TEXT)})


class _Spread:
    """The way back from texts, addresses and domains to the cells that hold them."""

    def __init__(self, contacts: Contacts, policy: Any, codes: list[str]) -> None:
        self.contacts = contacts
        self.codes = codes
        self.mailed = contacts.contacts["column"].to_numpy()
        self.address = contacts.texts["address"].to_numpy()
        domain = np.append(contacts.addresses["domain"].to_numpy(), -1)
        self.domain = domain[self.address]
        self.allowed = np.zeros(len(self.address), dtype=bool)
        if policy.addresses.allow:
            names = [one.lower() for one in policy.addresses.allow]
            allowed = contacts.addresses["address"].str.lower().isin(names)
            self.allowed = np.append(allowed.to_numpy(dtype=bool), False)[self.address]

    def places(self, rule: Rule, found: pd.DataFrame) -> list[_Part]:
        """Spread findings on subjects of the rule's table to the rows of the list."""
        if rule.table == "headers":
            return [self._part(rule.code, -1, found.index, found, None, False)]
        if rule.table == "contacts":
            return [self._part(rule.code, found.index, -1, found, None, True)]
        subjects = self.address if rule.table == "addresses" else self.domain
        size = len(self.contacts.addresses if rule.table == "addresses" else self.contacts.domains)
        place = np.full(size + 1, -1, dtype=np.int64)  # the last one answers for subject -1
        place[found.index.to_numpy()] = np.arange(len(found))
        of_text = place[subjects]
        if not rule.code.startswith(MEMORY):
            of_text = np.where(self.allowed, -1, of_text)
        return self._cells(rule.code, of_text, found)

    def texts(self, code: str, repairs: pd.DataFrame, own: str, policy: Any) -> list[_Part]:
        """Spread a T-rule's findings; one a text, however many proposals it makes."""
        found = repairs[(repairs["rule"] == code).to_numpy()].drop_duplicates("text")
        if not len(found):
            return []
        of_text = np.full(len(self.contacts.texts), -1, dtype=np.int64)
        of_text[found["text"].to_numpy(dtype=np.int64)] = np.arange(len(found))
        return self._cells(code, of_text, found.assign(severity=policy.severity(code, own)))

    def _cells(self, code: str, of_text: npt.NDArray[np.int64], found: pd.DataFrame) -> list[_Part]:
        parts = []
        lookup = np.append(of_text, -1)  # the last one answers for a blank cell
        for column, texts in self.contacts.places.items():
            rows = np.flatnonzero(lookup[texts] >= 0)
            if len(rows):
                which = lookup[texts[rows]]
                weighs = (self.mailed[rows] == column) | (code in PERSONAL)
                parts.append(self._part(code, rows, column, found, which, weighs, texts[rows]))
        return parts

    def _part(
        self,
        code: str,
        row: Any,
        column: Any,
        found: pd.DataFrame,
        which: npt.NDArray[np.int64] | None,
        weighs: Any,
        text_id: Any = -1,
    ) -> _Part:
        """Make the findings of a rule; which: of each, its place in `found` (None: as they are)."""
        detail = to_arrow(found["detail"])
        severity = pd.Categorical(found["severity"], categories=SEVERITIES).codes
        if which is not None:
            detail, severity = detail.take(pa.array(which)), severity[which]
        size = len(severity)
        return _Part(
            np.broadcast_to(np.asarray(row, dtype=np.int32), size),
            np.broadcast_to(np.asarray(column, dtype=np.int16), size),
            np.broadcast_to(np.int16(self.codes.index(code)), size),
            detail,
            severity,
            np.broadcast_to(np.asarray(weighs, dtype=bool), size),
            np.broadcast_to(np.asarray(text_id, dtype=np.int32), size),
        )


class _Part(NamedTuple):
    """Findings of one rule, a value a finding in each of the arrays."""

    row: npt.NDArray[np.int32]
    column: npt.NDArray[np.int16]
    rule: npt.NDArray[np.int16]
    detail: pa.Array
    severity: npt.NDArray[np.int8]
    weighs: npt.NDArray[np.bool_]
    text_id: npt.NDArray[np.int32]


def _findings(parts: list[_Part], codes: list[str]) -> pd.DataFrame:
    """Put the rules' findings under each other, sorted by row, in small dtypes."""
    none = _Part(
        row=np.empty(0, np.int32),
        column=np.empty(0, np.int16),
        rule=np.empty(0, np.int16),
        detail=pa.array([], LARGE),
        severity=np.empty(0, np.int8),
        weighs=np.empty(0, np.bool_),
        text_id=np.empty(0, np.int32),
    )
    row, column, rule, details, severity, weighs, text_id = zip(*(parts or [none]), strict=True)
    rows = np.concatenate(row)
    order = np.argsort(rows, kind="stable")
    detail = pa.chunked_array(details, LARGE).combine_chunks().take(pa.array(order))
    coded = {
        "rule": _categories(np.concatenate(rule)[order], codes),
        "severity": _categories(np.concatenate(severity)[order], SEVERITIES),
    }
    return pd.DataFrame(
        {
            "row": rows[order],
            "column": np.concatenate(column)[order],
            "rule": coded["rule"],
            "detail": from_arrow(detail),
            "severity": coded["severity"],
            "weighs": np.concatenate(weighs)[order],
            "text_id": np.concatenate(text_id)[order],
        }
    )


def _categories(codes: npt.NDArray[Any], names: list[str]) -> Any:
    return pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(names))
