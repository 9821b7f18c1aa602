"""The loop over the rules: tables and policy in, one long frame of findings out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from .model.contacts import Contacts
from .model.listing import TEXT
from .model.rule import Rule, Severity

PERSONAL = frozenset({"A333", "A334", "C533"})
"""Complaints, unsubscribes and opt-outs concern the person, whichever address they stand at."""

MEMORY = ("A33", "C53")
"""What the blocklist and the consent columns say is not overruled by an allowed address."""

COLUMNS = ["row", "column", "rule", "detail", "severity", "weighs", "text_id"]


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
    spread = _Spread(contacts, policy)
    parts: list[pd.DataFrame] = []
    skipped: dict[str, str] = {}
    asked = [one for one in rules if policy.asks(one.code)]
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
    codes = [one.code for one in asked]
    return _findings(parts, codes), skipped


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
    """Read a rule's Series: True is a finding without detail, a text one with, the rest is clean."""
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

    def __init__(self, contacts: Contacts, policy: Any) -> None:
        self.contacts = contacts
        self.mailed = contacts.contacts["column"].to_numpy()
        self.address = contacts.texts["address"].to_numpy()
        domain = np.append(contacts.addresses["domain"].to_numpy(), -1)
        self.domain = domain[self.address]
        allowed = (
            contacts.addresses["address"]
            .str.lower()
            .isin([one.lower() for one in policy.addresses.allow])
        )
        self.allowed = np.append(allowed.to_numpy(dtype=bool), False)[self.address]

    def places(self, rule: Rule, found: pd.DataFrame) -> list[pd.DataFrame]:
        """Spread findings on subjects of the rule's table to the rows of the list."""
        if rule.table == "headers":
            return [self._frame(rule.code, -1, found.index, found["detail"], found["severity"])]
        if rule.table == "contacts":
            frame = self._frame(rule.code, found.index, -1, found["detail"], found["severity"])
            return [frame.assign(weighs=True)]
        subjects = self.address if rule.table == "addresses" else self.domain
        size = len(self.contacts.addresses if rule.table == "addresses" else self.contacts.domains)
        place = np.full(size + 1, -1, dtype=np.int64)  # the last one answers for subject -1
        place[found.index.to_numpy()] = np.arange(len(found))
        of_text = place[subjects]
        if not rule.code.startswith(MEMORY):
            of_text = np.where(self.allowed, -1, of_text)
        return self._cells(rule.code, of_text, found["detail"], found["severity"])

    def texts(self, code: str, repairs: pd.DataFrame, own: str, policy: Any) -> list[pd.DataFrame]:
        """Spread a T-rule's findings; one a text, however many proposals it makes."""
        found = repairs[(repairs["rule"] == code).to_numpy()].drop_duplicates("text")
        if not len(found):
            return []
        of_text = np.full(len(self.contacts.texts), -1, dtype=np.int64)
        of_text[found["text"].to_numpy(dtype=np.int64)] = np.arange(len(found))
        severity = pd.Series(policy.severity(code, own), index=found.index)
        return self._cells(code, of_text, found["detail"], severity)

    def _cells(
        self,
        code: str,
        of_text: npt.NDArray[np.int64],
        detail: pd.Series,
        severity: pd.Series,
    ) -> list[pd.DataFrame]:
        frames = []
        lookup = np.append(of_text, -1)  # the last one answers for a blank cell
        for column, texts in self.contacts.places.items():
            rows = np.flatnonzero(lookup[texts] >= 0)
            if len(rows):
                which = lookup[texts[rows]]
                frame = self._frame(code, rows, column, detail.iloc[which], severity.iloc[which])
                weighs = (self.mailed[rows] == column) | (code in PERSONAL)
                frames.append(frame.assign(weighs=weighs, text_id=texts[rows]))
        return frames

    @staticmethod
    def _frame(code: str, row: Any, column: Any, detail: pd.Series, severity: Any) -> pd.DataFrame:
        frame = pd.DataFrame({"detail": detail.to_numpy(), "severity": np.asarray(severity)})
        return frame.assign(row=row, column=column, rule=code, weighs=False, text_id=-1)


def _findings(parts: list[pd.DataFrame], codes: list[str]) -> pd.DataFrame:
    """Put the rules' findings under each other, sorted by row, in small dtypes."""
    empty = pd.DataFrame({name: pd.Series([], dtype=object) for name in COLUMNS})
    found = pd.concat(parts, ignore_index=True) if parts else empty
    return (
        found[COLUMNS]
        .assign(
            row=found["row"].astype(np.int32),
            column=found["column"].astype(np.int16),
            rule=pd.Categorical(found["rule"], categories=codes),
            detail=found["detail"].astype(TEXT),
            severity=pd.Categorical(found["severity"], categories=[str(one) for one in Severity]),
            weighs=found["weighs"].astype(bool),
            text_id=found["text_id"].astype(np.int32),
        )
        .sort_values("row", kind="stable", ignore_index=True)
    )
