"""The four columns that a cleaned list gets: verdict, codes, reason and suggestion."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from .model.evidence import Evidence
from .model.listing import TEXT
from .model.report import ListReport
from .model.rule import Grade, Rule, Severity
from .wording import Say

COLUMNS = (
    "listhygiene_verdict",
    "listhygiene_codes",
    "listhygiene_reason",
    "listhygiene_suggestion",
)
"""The appended columns (design, section 6); a second run replaces them."""


def annotate(
    one: ListReport, rules: Mapping[str, Rule], evidence: Evidence, say: Say
) -> dict[str, pd.Series]:
    """Return the appended columns, name -> a text for every row of the list."""
    rows = len(one.verdicts)
    left = _left(one)
    columns = (
        one.verdicts.astype(str).astype(TEXT),
        join_codes(left, rows),
        _reasons(left, rows, rules, say),
        _suggestions(one, evidence, rows),
    )
    return dict(zip(COLUMNS, columns, strict=True))


def _left(one: ListReport) -> pd.DataFrame:
    """Leave out what the safe repairs have mended: the columns speak of the list as it is given
    back, so that cleaning it again changes nothing; the change log tells what was mended."""
    repairs = one.contacts.repairs
    mended = repairs[(repairs["grade"] == Grade.SAFE).to_numpy()]
    pairs = pd.MultiIndex.from_frame(mended[["text", "rule"]].astype({"text": int, "rule": str}))
    found = pd.MultiIndex.from_arrays(
        [one.findings["text_id"].astype(int), one.findings["rule"].astype(str)]
    )
    return one.findings[~found.isin(pairs)]


def join_codes(findings: pd.DataFrame, rows: int) -> pd.Series:
    """Join each row's codes; rows share few combinations, so each is written once."""
    names = list(findings["rule"].cat.categories)
    found = findings[(findings["row"] >= 0).to_numpy()]
    words = -(-max(1, len(names)) // 63)
    masks = np.zeros((rows, words), dtype=np.int64)
    code = found["rule"].cat.codes.to_numpy()
    row = found["row"].to_numpy()
    for place in np.unique(code):
        masks[row[code == place], place // 63] |= np.int64(1) << np.int64(place % 63)
    distinct, which = np.unique(masks, axis=0, return_inverse=True)
    texts = [
        " ".join(
            name for place, name in enumerate(names) if int(mask[place // 63]) >> (place % 63) & 1
        )
        for mask in distinct
    ]
    return pd.Series(texts, dtype=TEXT).take(which.reshape(-1)).reset_index(drop=True)


def _reasons(findings: pd.DataFrame, rows: int, rules: Mapping[str, Rule], say: Say) -> pd.Series:
    """Say of each row, in one line, what weighs most."""
    found = findings[findings["weighs"].to_numpy() & (findings["row"] >= 0).to_numpy()]
    rank = found["severity"].map({str(one): n for n, one in enumerate(Severity)}).astype(int)
    worst = found.assign(rank=rank).sort_values("rank", kind="stable").drop_duplicates("row")
    keys = pd.MultiIndex.from_arrays([worst["rule"].astype(str), worst["detail"]])
    codes, distinct = pd.factorize(keys)
    texts = pd.Series(
        [_sentence(rules[code], detail, say) for code, detail in distinct], dtype=TEXT
    )
    said = texts.take(codes).set_axis(worst["row"].to_numpy())
    return said.reindex(range(rows), fill_value="")


def _sentence(rule: Rule, detail: str, say: Say) -> str:
    message = say(rule.message)
    return f"{message} ({' '.join(say(detail).split())})" if detail else message


def _suggestions(one: ListReport, evidence: Evidence, rows: int) -> pd.Series:
    """Propose, never apply: the readings of a text, and the likely domain of a misspelt one."""
    contacts = one.contacts
    by_text = pd.Series("", index=contacts.texts.index, dtype=TEXT)
    misspelt = _misspelt(one, evidence)
    by_text.loc[misspelt.index] = misspelt
    proposed = contacts.repairs[(contacts.repairs["grade"] == Grade.PROPOSED).to_numpy()]
    proposed = proposed.dropna(subset=["after"])
    if len(proposed):
        joined = proposed.groupby("text")["after"].agg(lambda it: " | ".join(dict.fromkeys(it)))
        by_text.loc[joined.index.astype(int)] = joined.astype(TEXT).to_numpy()
    lookup = pd.concat([by_text, pd.Series([""], dtype=TEXT)], ignore_index=True)
    said = pd.Series("", index=range(rows), dtype=TEXT)
    for places in contacts.places.values():
        here = lookup.take(places).reset_index(drop=True)
        said = said.where((here == "").to_numpy() | (said != "").to_numpy(), here)
    return said


def _misspelt(one: ListReport, evidence: Evidence) -> pd.Series:
    """Return the address that a misspelt one (D413) probably meant, by text id."""
    found = one.findings.loc[(one.findings["rule"] == "D413").to_numpy(), "text_id"].unique()
    if evidence.suggestions is None or not len(found):
        return pd.Series([], dtype=TEXT)
    addresses = one.contacts.addresses
    likely = evidence.suggestions["suggestion"].reindex(addresses["domain"])
    meant = addresses["local"].str.cat(likely.to_numpy(), sep="@")
    of_text = meant.reindex(one.contacts.texts["address"].reindex(found))
    of_text.index = found
    return of_text.dropna()
