"""Rejudging: the findings of a list once its repairs are made, without judging it all again."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from .address.odd import repair
from .annotation import repaired_findings
from .changes import Changes
from .gate import judge
from .model.report import ListReport
from .model.rule import Grade, Severity
from .pipeline import text_rules
from .policy import Policy
from .texts import from_arrow, to_arrow

Marks = npt.NDArray[np.bool_]


def rejudge(one: ListReport, changes: Changes) -> ListReport:
    """Return a list's report as it will be with its safe repairs made, which come to rest.

    A text and its repair are one address, so the findings about addresses, domains and contacts
    stay. Those about the texts that were repaired weigh no more, but for what is proposed or
    refused of the rest; as mended ones they stay in the report. What is said of the headers, and
    the projected bounces, are as before.
    """
    if not len(changes):
        return one
    findings, repairs = one.findings, one.contacts.repairs
    safe = (repairs["grade"] == Grade.SAFE).to_numpy()
    gone, _ = repaired_findings(findings, repairs[safe])
    gone &= _changed(one, changes)
    left, places = repaired_findings(findings, repairs[~safe])
    both = (gone & left)[left]
    places, left = places[both], gone & left
    if left.any():
        findings = _with_rest(findings, left, repairs[~safe]["detail"].iloc[places])
    gone &= (
        ~left & findings["weighs"].to_numpy() & (findings["severity"] != Severity.INFO).to_numpy()
    )
    verdicts = judge(findings[~gone], len(one.verdicts)) if gone.any() else one.verdicts
    return dataclasses.replace(one, findings=findings, verdicts=verdicts)


def at_rest(changes: Changes, policy: Policy) -> bool:
    """Tell whether the repaired texts are such as no repair changes again."""
    if not len(changes):
        return True
    found = repair(from_arrow(pc.unique(changes.after)), text_rules(policy), policy)
    return not found["grade"].isin([Grade.SAFE, Grade.MISSING]).any()


def _changed(one: ListReport, changes: Changes) -> Marks:
    """Tell which findings are of a cell that was changed."""
    marks = np.zeros(len(one.findings), dtype=bool)
    row, column = one.findings["row"].to_numpy(), one.findings["column"].to_numpy()
    for place in np.unique(changes.columns).tolist():
        here = np.zeros(len(one.verdicts) + 1, dtype=bool)  # the last one answers for the header
        here[changes.rows[changes.columns == place]] = True
        marks |= here[row] & (column == place)
    return marks


def _with_rest(findings: pd.DataFrame, left: Marks, details: pd.Series) -> pd.DataFrame:
    """Give findings whose safe part is gone the detail of what is left.

    Their text is no longer one of the texts that were read.
    """
    detail = pc.replace_with_mask(to_arrow(findings["detail"]), pa.array(left), to_arrow(details))
    text_id = np.where(left, np.int32(-1), findings["text_id"].to_numpy())
    return findings.assign(detail=from_arrow(detail, findings.index), text_id=text_id)
