"""Reports for other programs are valid against the schemas that those programs read them by."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from pathlib import Path
from typing import Any

import jsonschema
import pandas as pd
import pytest

from hall import POLICY
from listhygiene.model.report import Report, SenderReport
from listhygiene.pipeline import check
from listhygiene.policy import load_policy
from listhygiene.reports import render
from listhygiene.reports.options import Presentation
from report_samples import campaign, canaries
from test_reports import SARIF, many, named
from workbooks import save

SCHEMAS = Path(__file__).parent / "schemas"
ENGLISH = Presentation(lang="en")

NUMBER = {"type": "integer", "minimum": 1}
POSITION = {
    "type": "object",
    "properties": {"line": NUMBER, "column": NUMBER},
    "required": ["line", "column"],
    "additionalProperties": False,
}
GITLAB = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "properties": {
                    "path": {"type": "string", "pattern": "^(?!\\./)"},
                    "lines": {
                        "type": "object",
                        "properties": {"begin": NUMBER},
                        "required": ["begin"],
                        "additionalProperties": False,
                    },
                    "positions": {
                        "type": "object",
                        "properties": {"begin": POSITION, "end": POSITION},
                        "required": ["begin"],
                        "additionalProperties": False,
                    },
                },
                "required": ["path"],
                "oneOf": [{"required": ["lines"]}, {"required": ["positions"]}],
                "additionalProperties": False,
            },
        },
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "additionalProperties": False,
    },
}
"""The fields that GitLab documents of a Code Quality report (docs.gitlab.com, ci/testing)."""


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Report]:
    """The kinds of reports there are: with a sender, strange, cut, of a hostile name."""
    folder = tmp_path_factory.mktemp("lists")
    return {
        "campaign": campaign(),
        "canaries": canaries(folder),
        "cut": many(campaign(), 300),
        "hostile": named(campaign(), "a b\n<&>\x01\x1b[2J\udc83%.csv"),
    }


KINDS = ["campaign", "canaries", "cut", "hostile"]


def as_sarif(report: Report) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(render(report, "sarif", ENGLISH))
    jsonschema.Draft202012Validator(
        SARIF, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    ).validate(document)
    return document


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_sarif_is_valid(reports: dict[str, Report], kind: str, lang: str) -> None:
    text = render(reports[kind], "sarif", Presentation(lang=lang))
    jsonschema.validate(json.loads(text), SARIF)


@pytest.mark.parametrize("kind", KINDS)
def test_gitlab_is_valid(reports: dict[str, Report], kind: str) -> None:
    jsonschema.validate(json.loads(render(reports[kind], "gitlab", ENGLISH)), GITLAB)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_junit_is_valid(reports: dict[str, Report], kind: str, lang: str) -> None:
    xmlschema = pytest.importorskip("xmlschema", reason="xmlschema is not installed")
    schema = xmlschema.XMLSchema(str(SCHEMAS / "junit-10.xsd"))
    text = render(reports[kind], "junit", Presentation(lang=lang))
    schema.validate(text.partition("\n")[2])


def test_a_finding_in_delimited_text_marks_its_cell(tmp_path: Path) -> None:
    results = as_sarif(checked(tmp_path, "spring.csv"))["runs"][0]["results"]
    regions = {one["ruleId"]: one["locations"][0] for one in results if one["locations"]}
    assert regions["T204"]["physicalLocation"]["region"] == {
        "startLine": 3,
        "startColumn": 4,
        "endColumn": 22,
    }
    assert regions["C501"]["physicalLocation"]["region"] == {"startLine": 4, "endLine": 5}
    assert regions["H109"]["physicalLocation"]["region"] == {"startLine": 1}


def test_every_result_has_a_place(reports: dict[str, Report]) -> None:
    """GitHub refuses an upload in which a result has none."""
    found = pd.DataFrame([("S601", "error", "")], columns=["rule", "severity", "detail"])
    sender = SenderReport("shop@yahoo.com", found)
    alone = dataclasses.replace(reports["campaign"], lists=(), senders=(sender,))
    for report in (*reports.values(), alone):
        results = as_sarif(report)["runs"][0]["results"]
        assert all(one["locations"][0]["physicalLocation"]["region"] for one in results)
    assert len(as_sarif(alone)["runs"][0]["results"]) == 1


def test_columns_reach_annotations_and_code_quality(tmp_path: Path) -> None:
    report = checked(tmp_path, "spring.csv")
    path = report.lists[0].contacts.listing.path
    text = render(report, "github", ENGLISH)
    assert f"::warning file={path},line=3,col=4,endColumn=22,title=T204" in text
    (entry,) = (
        one for one in json.loads(render(report, "gitlab", ENGLISH)) if "T204" in one["check_name"]
    )
    assert entry["location"]["positions"] == {
        "begin": {"line": 3, "column": 4},
        "end": {"line": 3, "column": 22},
    }


def test_a_workbook_has_cells_and_no_columns_of_lines(tmp_path: Path) -> None:
    results = as_sarif(checked(tmp_path, "spring.xlsx"))["runs"][0]["results"]
    (place,) = (one["locations"][0] for one in results if one["ruleId"] == "T204")
    assert place["physicalLocation"]["region"] == {"startLine": 3}
    assert place["logicalLocations"][0]["fullyQualifiedName"] == "Sheet!B3"


TEXT = 'name,email\n"Ann, B",ann@aoba.example\n山田,"taro@example,com"\n"two\nlines",\n'


def checked(folder: Path, name: str) -> Report:
    """Judge a small list, as text or as a workbook."""
    path = folder / name
    if path.suffix == ".csv":
        path.write_text(TEXT, encoding="utf-8")
    else:
        save(path, list(csv.reader(io.StringIO(TEXT))))
    (folder / "policy.toml").write_text(POLICY, encoding="utf-8")
    return check(str(path), load_policy(str(folder / "policy.toml")))
