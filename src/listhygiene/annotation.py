"""The four columns that a cleaned list gets: verdict, codes, reason and suggestion."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from .combinations import combine, join_names
from .cores import abreast
from .earlier import COLUMNS
from .model.evidence import Evidence
from .model.report import ListReport
from .model.rule import Grade, Rule, Severity
from .texts import LARGE, from_arrow, to_arrow
from .wording import Say

Places = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]


def annotate(
    one: ListReport, rules: Mapping[str, Rule], evidence: Evidence, say: Say
) -> dict[str, pd.Series]:
    """Return the appended columns, name -> a text for every row of the list (categories)."""
    rows = len(one.verdicts)
    left = ~mended(one)
    makers: list[Callable[[], pd.Series]] = [
        lambda: _verdicts(one.verdicts),
        lambda: join_codes(one.findings, rows, left),
        lambda: _reasons(one.findings, rows, rules, say, left),
        lambda: _suggestions(one, evidence, rows),
    ]
    return dict(zip(COLUMNS, abreast(lambda make: make(), makers), strict=True))


def mended(one: ListReport) -> Marks:
    """Tell which findings the safe repairs have mended: the columns speak of the list as it is
    given back, so that cleaning it again changes nothing; the change log tells what was mended."""
    repairs = one.contacts.repairs
    safe = (repairs["grade"] == Grade.SAFE).to_numpy()
    return repaired_findings(one.findings, repairs[safe])[0]


def repaired_findings(findings: pd.DataFrame, repairs: pd.DataFrame) -> tuple[Marks, Places]:
    """Tell which findings are of a rule and text that stand in `repairs`, and for each such
    finding the first place there."""
    names = {str(name): place for place, name in enumerate(findings["rule"].cat.categories)}
    marks = np.zeros(len(findings), dtype=bool)
    coded = repairs["rule"].map(names)
    asked = coded.notna().to_numpy()
    if not asked.any():
        return marks, np.empty(0, dtype=np.int64)
    size = np.int64(len(names))
    known = repairs["text"].to_numpy(np.int64)[asked] * size + coded[asked].to_numpy(np.int64)
    keys, firsts = np.unique(known, return_index=True)
    texted = np.isin(np.arange(len(names)), np.unique(coded[asked].to_numpy(np.int64)))
    codes = findings["rule"].cat.codes.to_numpy()
    likely = np.flatnonzero(texted[codes])
    sought = findings["text_id"].to_numpy()[likely].astype(np.int64) * size + codes[likely]
    at = np.minimum(np.searchsorted(keys, sought), len(keys) - 1)
    hit = keys[at] == sought
    marks[likely[hit]] = True
    return marks, np.flatnonzero(asked)[firsts[at[hit]]]


def _verdicts(verdicts: pd.Series) -> pd.Series:
    names = pa.array([str(one) for one in verdicts.cat.categories], LARGE)
    return _column(names, verdicts.cat.codes.to_numpy())


def _column(texts: pa.Array, which: npt.NDArray[Any]) -> pd.Series:
    """Return a column of few distinct texts; which: of each row."""
    coded = texts.dictionary_encode()
    dtype = pd.CategoricalDtype(from_arrow(coded.dictionary))
    return pd.Series(pd.Categorical.from_codes(coded.indices.to_numpy()[which], dtype=dtype))


def join_codes(findings: pd.DataFrame, rows: int, among: Marks | None = None) -> pd.Series:
    """Join each row's codes (categories). among: the findings that count, None for all."""
    here = (findings["row"] >= 0).to_numpy()
    here = here if among is None else here & among
    codes = findings["rule"].cat
    texts, which = join_names(
        findings["row"].to_numpy()[here], codes.codes.to_numpy()[here], list(codes.categories), rows
    )
    return _column(texts, which)


def _reasons(
    findings: pd.DataFrame, rows: int, rules: Mapping[str, Rule], say: Say, among: Marks
) -> pd.Series:
    """Say of each row, in one line, what weighs most."""
    worst = _worst(findings, rows, among)
    row = np.flatnonzero(worst >= 0)
    found = worst[row]
    names = list(findings["rule"].cat.categories)
    rule = findings["rule"].cat.codes.to_numpy()[found]
    detail = to_arrow(findings["detail"]).dictionary_encode()
    known = detail.indices.to_numpy()[found]
    each, (code, text) = combine([(rule, len(names)), (known, len(detail.dictionary))], len(row))
    said = detail.dictionary.take(pa.array(text)).to_pylist()
    texts = [
        _sentence(rules[names[one]], told, say)
        for one, told in zip(code.tolist(), said, strict=True)
    ]
    which = np.zeros(rows, dtype=np.int64)
    which[row] = each + 1
    return _column(pa.array(["", *texts], LARGE), which)


def _worst(findings: pd.DataFrame, rows: int, among: Marks) -> Places:
    """Return for each row the place of its weightiest finding, the first of those; -1: none."""
    row = findings["row"].to_numpy()
    here = among & findings["weighs"].to_numpy() & (row >= 0)
    severity = findings["severity"].cat
    worst = np.full(rows, -1, dtype=np.int64)
    for one in reversed(Severity):
        if one in severity.categories:
            rank = severity.categories.get_loc(str(one))
            places = np.flatnonzero(here & (severity.codes.to_numpy() == rank))[::-1]
            worst[row[places]] = places  # written backwards: the first stays, the worst is last
    return worst


_PLACE = re.compile(r"(?:^|, )(?:line|row) \d+$")


def _sentence(rule: Rule, detail: str, say: Say) -> str:
    """Say what a rule found. Of an earlier row no line is named: a list that is given back may be
    without rows, be sorted, or become a workbook, and its rows stand elsewhere then."""
    message = say(rule.message)
    if "first_rows" in rule.needs:
        detail = _PLACE.sub("", detail)
    return f"{message} ({' '.join(say(detail).split())})" if detail else message


def _suggestions(one: ListReport, evidence: Evidence, rows: int) -> pd.Series:
    """Propose, never apply: the readings of a text, and the likely domain of a misspelt one."""
    contacts = one.contacts
    of_text = _misspelt(one, evidence)
    proposed = contacts.repairs[(contacts.repairs["grade"] == Grade.PROPOSED).to_numpy()]
    of_text |= _readings(proposed.dropna(subset=["after"]))
    texts = [text for text in of_text if of_text[text]]
    place = np.zeros(len(contacts.texts) + 1, dtype=np.int64)  # the last one: of a blank cell
    place[texts] = np.arange(1, len(texts) + 1)
    which = np.zeros(rows, dtype=np.int64)
    for cells in contacts.places.values():
        which = np.where(which > 0, which, place[cells])
    said = pa.array(["", *(of_text[text] for text in texts)], LARGE)
    if "linked" in contacts.contacts:  # what the cell itself may be read as comes first
        linked = to_arrow(contacts.contacts["linked"])
        return from_arrow(pc.if_else(pa.array(which > 0), said.take(pa.array(which)), linked))
    return _column(said, which)


def _readings(proposed: pd.DataFrame) -> dict[int, str]:
    """Join the proposals of each text, each once."""
    found: dict[int, dict[str, None]] = {}
    for text, after in zip(proposed["text"].tolist(), proposed["after"].tolist(), strict=True):
        found.setdefault(int(text), {})[after] = None
    return {text: " | ".join(afters) for text, afters in found.items()}


def _misspelt(one: ListReport, evidence: Evidence) -> dict[int, str]:
    """Return the address that a misspelt one (D413) probably meant, by text id."""
    found = one.findings.loc[(one.findings["rule"] == "D413").to_numpy(), "text_id"].unique()
    if evidence.suggestions is None or not len(found):
        return {}
    ids = one.contacts.texts["address"].to_numpy()[found]
    addresses = one.contacts.addresses.loc[ids, ["local", "domain"]]
    likely = evidence.suggestions["suggestion"].reindex(addresses["domain"])
    pairs: Iterable[Any] = zip(addresses["local"], likely, likely.notna(), strict=True)
    return {
        int(text): f"{local}@{domain}"
        for text, (local, domain, known) in zip(found, pairs, strict=True)
        if known
    }
