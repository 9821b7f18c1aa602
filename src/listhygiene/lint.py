"""The loop over the rules: tables and policy in, one long frame of findings out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from .cores import abreast, begun
from .model.contacts import Contacts, place_type
from .model.listing import TEXT
from .model.rule import Rule, Severity
from .texts import LARGE, from_arrow, give_back, to_arrow

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
    lacks = {one.code: [available[it] for it in one.needs if available.get(it)] for one in asked}
    skipped = {code: why[0] for code, why in lacks.items() if why}

    def ask(one: Rule) -> list[_Part]:
        if one.table == "texts":
            return spread.texts(one.code, contacts.repairs, str(one.severity), policy)
        found = _found(one, tables[_table_of(one)], policy)
        return spread.places(one, found) if len(found.subject) else []

    left = [one for one in asked if one.code not in skipped]
    answers = abreast(ask, left, rows=len(contacts.contacts))
    parts = [part for several in answers for part in several]
    give_back()
    return _findings(parts, spread.codes), skipped


def _table_of(rule: Rule) -> str:
    """Name the table that a rule is asked of: only the rows that its evidence tells of, if any."""
    if "first_rows" in rule.needs:
        return "repeated"
    return "blocked" if "blocks" in rule.needs else rule.table


class _Found(NamedTuple):
    """What one rule found: the subjects, of each its detail's place in `details`, and severity."""

    subject: npt.NDArray[Any]
    details: pa.Array
    which: npt.NDArray[np.int32]
    severity: npt.NDArray[np.int8]


def _found(rule: Rule, table: pd.DataFrame, policy: Any) -> _Found:
    """Ask one rule of its table."""
    result = rule.judge(table, policy)
    if isinstance(result, pd.Series):
        detail, given = _detailed(result), None
    else:
        result = result[result["severity"].notna().to_numpy()]
        detail, given = result["detail"], result["severity"]
    if given is None or policy.severity(rule.code, ""):
        severity = _one_severity(policy.severity(rule.code, str(rule.severity)), len(detail))
    else:
        severity = np.asarray(pd.Categorical(given, categories=SEVERITIES).codes)
    return _Found(detail.index.to_numpy(), *_coded(detail), severity)


def _one_severity(name: str, size: int) -> npt.NDArray[np.int8]:
    return np.full(size, SEVERITIES.index(name), dtype=np.int8)


def _coded(detail: pd.Series) -> tuple[pa.Array, npt.NDArray[np.int32]]:
    """Return the texts of details, and of each detail its place in them; a missing one is ''."""
    if isinstance(detail.dtype, pd.CategoricalDtype):
        names = [*detail.cat.categories, ""]
        return pa.array(names, LARGE), detail.cat.codes.to_numpy().astype(np.int32) % len(names)
    if detail.dtype == bool:
        return pa.array([""], LARGE), np.zeros(len(detail), dtype=np.int32)
    return to_arrow(detail.fillna("").astype(TEXT)), np.arange(len(detail), dtype=np.int32)


def _detailed(result: pd.Series) -> pd.Series:
    """Read a Series: True is a finding without detail, a text one with, the rest is clean."""
    if result.dtype == bool or result.dtype == "boolean":
        hits = result.fillna(False).to_numpy(dtype=bool)
        return pd.Series(True, index=result.index[hits])
    hit = result[result.notna().to_numpy()]
    if hit.dtype == object:
        hit = hit[[one is not False and one is not np.False_ for one in hit]]
        hit = hit.map(lambda one: "" if one is True or one is np.True_ else one)
    return hit


class _Spread:
    """The way back from texts, addresses and domains to the cells that hold them."""

    def __init__(self, contacts: Contacts, policy: Any, codes: list[str]) -> None:
        self.contacts = contacts
        self.codes = codes
        self.place_type = place_type(len(contacts.headers))
        self.mailed = contacts.contacts["column"].to_numpy()
        self.address = contacts.texts["address"].to_numpy()
        domain = np.append(contacts.addresses["domain"].to_numpy(), -1)
        self.domain = domain[self.address]
        self.allowed = np.zeros(len(self.address), dtype=bool)
        if policy.addresses.allow:
            names = [one.lower() for one in policy.addresses.allow]
            allowed = contacts.addresses["address"].str.lower().isin(names)
            self.allowed = np.append(allowed.to_numpy(dtype=bool), False)[self.address]

    def places(self, rule: Rule, found: _Found) -> list[_Part]:
        """Spread findings on subjects of the rule's table to the rows of the list."""
        if rule.table == "headers":
            return [self._part(rule.code, -1, found.subject, found, False)]
        if rule.table == "contacts":
            return [self._part(rule.code, found.subject, -1, found, True)]
        subjects = self.address if rule.table == "addresses" else self.domain
        size = len(self.contacts.addresses if rule.table == "addresses" else self.contacts.domains)
        place = np.full(size + 1, -1, dtype=np.int64)  # the last one answers for subject -1
        place[found.subject] = np.arange(len(found.subject))
        of_text = place[subjects]
        if not rule.code.startswith(MEMORY):
            of_text = np.where(self.allowed, -1, of_text)
        return self._cells(rule.code, of_text, found)

    def texts(self, code: str, repairs: pd.DataFrame, own: str, policy: Any) -> list[_Part]:
        """Spread a T-rule's findings; one a text, however many proposals it makes."""
        rows = repairs[(repairs["rule"] == code).to_numpy()].drop_duplicates("text")
        if not len(rows):
            return []
        text = rows["text"].to_numpy(dtype=np.int64)
        severity = _one_severity(policy.severity(code, own), len(rows))
        of_text = np.full(len(self.contacts.texts), -1, dtype=np.int64)
        of_text[text] = np.arange(len(rows))
        return self._cells(code, of_text, _Found(text, *_coded(rows["detail"]), severity))

    def _cells(self, code: str, of_text: npt.NDArray[np.int64], found: _Found) -> list[_Part]:
        parts = []
        lookup = np.append(of_text, -1)  # the last one answers for a blank cell
        for column, texts in self.contacts.places.items():
            rows = np.flatnonzero(lookup[texts] >= 0)
            if len(rows):
                which = lookup[texts[rows]]
                here = found._replace(which=found.which[which], severity=found.severity[which])
                weighs = (self.mailed[rows] == column) | (code in PERSONAL)
                parts.append(self._part(code, rows, column, here, weighs, texts[rows]))
        return parts

    def _part(
        self, code: str, row: Any, column: Any, found: _Found, weighs: Any, text_id: Any = -1
    ) -> _Part:
        """Make the findings of a rule; what is one value for all is given as such."""
        size = len(found.severity)
        return _Part(
            np.broadcast_to(np.asarray(row, dtype=np.int32), size),
            np.broadcast_to(np.asarray(column, dtype=self.place_type), size),
            np.broadcast_to(np.int16(self.codes.index(code)), size),
            found.details,
            found.which,
            found.severity,
            np.broadcast_to(np.asarray(weighs, dtype=bool), size),
            np.broadcast_to(np.asarray(text_id, dtype=np.int32), size),
        )


class _Part(NamedTuple):
    """Findings of one rule, a value a finding in each of the arrays but `details`."""

    row: npt.NDArray[np.int32]
    column: npt.NDArray[np.signedinteger]
    rule: npt.NDArray[np.int16]
    details: pa.Array
    which: npt.NDArray[np.int32]
    severity: npt.NDArray[np.int8]
    weighs: npt.NDArray[np.bool_]
    text_id: npt.NDArray[np.int32]


def _findings(parts: list[_Part], codes: list[str]) -> pd.DataFrame:
    """Put the rules' findings under each other, sorted by row, in small dtypes."""
    none = _Part(
        row=np.empty(0, np.int32),
        column=np.empty(0, np.int16),
        rule=np.empty(0, np.int16),
        details=pa.array([], LARGE),
        which=np.empty(0, np.int32),
        severity=np.empty(0, np.int8),
        weighs=np.empty(0, np.bool_),
        text_id=np.empty(0, np.int32),
    )
    row, column, rule, details, which, severity, weighs, text_id = zip(
        *(parts or [none]), strict=True
    )
    rows = np.concatenate(row)
    order = np.argsort(rows, kind="stable")
    with begun(_details, details, which, order) as detail:
        columns = {
            "row": rows[order],
            "column": np.concatenate(column)[order],
            "rule": _categories(np.concatenate(rule)[order], codes),
            "detail": None,
            "severity": _categories(np.concatenate(severity)[order], SEVERITIES),
            "weighs": np.concatenate(weighs)[order],
            "text_id": np.concatenate(text_id)[order],
        }
    return pd.DataFrame({**columns, "detail": detail.result()})


def _details(
    details: Sequence[pa.Array], which: Sequence[npt.NDArray[np.int32]], order: npt.NDArray[np.intp]
) -> pd.Series:
    """Return the detail of each finding, in their order."""
    # a rule's findings in several columns have their details in common
    apart = list({id(one): one for one in details}.values())
    behind = dict(zip(map(id, apart), np.cumsum([0, *map(len, apart)]), strict=False))
    several = zip(which, (behind[id(one)] for one in details), strict=True)
    places = np.concatenate([one + np.int32(start) for one, start in several])[order]
    return from_arrow(pa.concat_arrays(apart).take(pa.array(places)))


def _categories(codes: npt.NDArray[Any], names: list[str]) -> Any:
    return pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(names))
