"""Every rule does what its case file says, and each has one."""

from __future__ import annotations

import pandas as pd
import pytest

from listhygiene.data.typos import suggest
from listhygiene.evidence import find_first_rows
from listhygiene.model.contacts import Contacts
from listhygiene.model.report import ListReport
from listhygiene.pipeline import fold_list, inspect
from listhygiene.rules import catalogue
from rule_cases import FOLDER, Block, blocks, evidence_of, listing_of, policy_of

LISTED = [code for code, one in catalogue().items() if one.table != "senders"]
CASES = [(path.stem, block) for path in sorted(FOLDER.glob("*.csv")) for block in blocks(path)]


def judged(block: Block) -> tuple[Contacts, ListReport]:
    policy = policy_of(block)
    contacts = fold_list(listing_of(block), policy)
    suggestions = suggest(contacts.domains, policy.domains.allow)
    evidence = evidence_of(block, contacts, suggestions, find_first_rows([contacts])[0])
    return contacts, inspect(contacts, evidence, policy)[0]


@pytest.mark.parametrize(("code", "block"), CASES, ids=[block.name for _, block in CASES])
def test_the_rule_finds_what_its_cases_say(code: str, block: Block) -> None:
    if code not in catalogue() or catalogue()[code].table == "senders":
        pytest.skip(f"{code} is judged elsewhere")
    contacts, report = judged(block)
    findings = report.findings[(report.findings["rule"] == code).to_numpy()]
    if "expect" in block.keys:
        expect_columns(block, findings)
    else:
        expect_rows(code, block, contacts, findings)


def expect_columns(block: Block, findings: pd.DataFrame) -> None:
    expected = block.keys["expect"][0]
    found = sorted(findings["column"].tolist())
    if expected == "none":
        assert found == []
    elif expected == "list":
        assert found == [-1]
    else:
        assert found == sorted(int(one) for one in expected.split(","))


def expect_rows(code: str, block: Block, contacts: Contacts, findings: pd.DataFrame) -> None:
    for row, expected in enumerate(block.column("expect")):
        here = findings[(findings["row"] == row).to_numpy()]
        what = f"{block.name}, row {row}: {block.rows[row + 1]}"
        if not expected:
            assert not len(here), f"{what}: found {here['detail'].tolist()}"
            continue
        assert len(here), f"{what}: not found"
        if code.startswith("T") and expected != "x":
            assert repairs(contacts, code, int(here["text_id"].iloc[0])) == expected, what
        elif expected != "x":
            assert expected in " ".join(here["detail"]), what


def repairs(contacts: Contacts, code: str, text: int) -> str:
    found = contacts.repairs
    found = found[((found["text"] == text) & (found["rule"] == code)).to_numpy()]
    grade = str(found["grade"].iloc[0])
    after = " | ".join(found["after"].dropna())
    return f"{grade}:{after}" if after else grade


@pytest.mark.parametrize("code", LISTED)
def test_every_rule_has_cases_that_find_and_cases_that_do_not(code: str) -> None:
    path = FOLDER / f"{code}.csv"
    assert path.exists(), f"{code} has no case file"
    outcomes = set()
    for block in blocks(path):
        if "expect" in block.keys:
            outcomes.add(block.keys["expect"][0] != "none")
        else:
            outcomes |= {bool(one) for one in block.column("expect")}
    assert outcomes == {True, False}


@pytest.mark.parametrize("code", list(catalogue()))
def test_every_rule_writes_its_page(code: str) -> None:
    rule = catalogue()[code]
    assert rule.message.endswith(".")
    assert all((rule.why, rule.example, rule.remedy))
