"""Case files of rules: a small contact list, the evidence beside it, and what is expected."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from listhygiene.evidence import ANSWER_COLUMNS
from listhygiene.model.contacts import Contacts
from listhygiene.model.evidence import Evidence
from listhygiene.model.listing import TEXT, Listing
from listhygiene.policy import Policy, load_policy

FOLDER = Path(__file__).parent / "rules"

BLOCK_DEFAULTS: dict[str, Any] = {
    "block_type": "",
    "block_cause": "",
    "block_since": pd.NaT,
    "block_strikes": 0,
    "block_final": False,
    "block_source": "",
    "block_match": "address",
    "block_diagnostic": "",
    "block_examined": pd.NaT,
    "complained": pd.NaT,
    "unsubscribed": pd.NaT,
    "allowed": "",
}


@dataclass
class Block:
    """One list of a case file, with its options."""

    name: str
    keys: dict[str, list[str]] = field(default_factory=dict)
    rows: list[list[str]] = field(default_factory=list)

    @property
    def header(self) -> list[str]:
        return self.rows[0] if self.rows else []

    def column(self, name: str) -> list[str]:
        place = self.header.index(name)
        return [row[place] if place < len(row) else "" for row in self.rows[1:]]


def blocks(path: Path) -> Iterator[Block]:
    """Read the blocks of a case file."""
    for number, text in enumerate(path.read_text(encoding="utf-8").split("\n---\n"), start=1):
        block = Block(f"{path.stem}-{number}")
        lines = text.splitlines(keepends=True)
        while lines and (lines[0].startswith("# ") or not lines[0].strip()):
            key, _, value = lines.pop(0).lstrip("# ").partition(":")
            if value:
                block.keys.setdefault(key.strip(), []).append(value.strip())
        block.rows = list(csv.reader(io.StringIO("".join(lines), newline="")))
        yield block


def listing_of(block: Block) -> Listing:
    """Make the contact list of a block: its columns without evidence and expectation."""
    own = [
        place
        for place, name in enumerate(block.header)
        if not name.startswith("evidence:") and name != "expect"
    ]
    width = len(own)
    rows = block.rows[1:]
    cells = [[row[place] if place < len(row) else "" for place in own] for row in rows]
    frame = pd.DataFrame(
        {place: pd.Series([row[place] for row in cells], dtype=TEXT) for place in range(width)}
    )
    has_header = block.keys.get("header", ["yes"]) != ["none"]
    listing_keys = {
        name: block.keys[name][0] for name in ("unbalanced", "preamble") if name in block.keys
    }
    unbalanced = {}
    if "unbalanced" in listing_keys:
        row, _, why = listing_keys["unbalanced"].partition(" ")
        unbalanced = {int(row): why}
    return Listing(
        path=f"{block.name}.csv",
        format="csv",
        header=tuple(block.header[place] for place in own) if has_header else ("",) * width,
        frame=frame.set_axis(range(width), axis=1),
        lines=np.arange(len(rows)) + 2,
        header_line=1 if has_header else None,
        preamble=int(listing_keys.get("preamble", 0)),
        unbalanced=unbalanced,
        facts=_facts(block),
    )


def _facts(block: Block) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if "header-rows" in block.keys:
        facts["header_rows"] = block.keys["header-rows"]
    if "links" in block.keys:  # of the first column: row and address
        facts["links"] = {"0": dict(one.split(" ") for one in block.keys["links"])}
    return facts


def policy_of(block: Block) -> Policy:
    """Make the policy of a block."""
    import tomllib

    as_of = block.keys.get("as_of", ["2026-11-23"])[0]
    changes: dict[str, tuple[Any, str]] = {"as_of": (as_of, "case")}
    for line in block.keys.get("policy", []):
        key, _, value = line.partition("=")
        changes[key.strip()] = (tomllib.loads(f"v = {value}")["v"], "case")
    if "email-column" in block.keys:
        changes["list.email_columns"] = (block.keys["email-column"], "case")
    return load_policy(None, folder="/nonexistent", changes=changes)


def evidence_of(
    block: Block, contacts: Contacts, suggestions: pd.DataFrame, first: Any
) -> Evidence:
    """Make the evidence that a block's columns state."""
    given = {
        name.removeprefix("evidence:"): block.column(name)
        for name in block.header
        if name.startswith("evidence:")
    }
    return Evidence(
        answers=_answers(block, contacts, given),
        suggestions=suggestions,
        blocks=_blocks(contacts, given),
        first_rows=first,
    )


def _answers(
    block: Block, contacts: Contacts, given: Mapping[str, list[str]]
) -> pd.DataFrame | None:
    further = [line.split() for line in block.keys.get("answers", [])]
    if not further and not set(ANSWER_COLUMNS) & set(given):
        return None
    names = _subjects(contacts, contacts.addresses["domain"], contacts.domains["domain"])
    rows: dict[str, dict[str, Any]] = {}
    for place, name in enumerate(names):
        if name:
            rows[name] = {key: given.get(key, [""] * len(names))[place] for key in ANSWER_COLUMNS}
    for name, answer in further:
        rows[name] = {"answer": answer}
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=ANSWER_COLUMNS)
    flags = {"true": True, "false": False}
    frame["unroutable"] = pd.array(
        [flags.get(str(one).lower()) for one in frame["unroutable"]], dtype="boolean"
    )
    frame["answer"] = frame["answer"].replace("", None)
    texts = ["answer", "hosts", "answer_detail", "answer_why"]
    return frame.astype(dict.fromkeys(texts, TEXT))


def _subjects(contacts: Contacts, of: pd.Series, names: pd.Series) -> list[str]:
    ids = np.append(of.to_numpy(), -1)[contacts.contacts["address"].to_numpy()]
    listed = [*names.tolist(), ""]
    return [listed[one] for one in ids]


def _blocks(contacts: Contacts, given: Mapping[str, list[str]]) -> pd.DataFrame | None:
    if not set(BLOCK_DEFAULTS) & set(given):
        return None
    rows: dict[int, dict[str, Any]] = {}
    for place, address in enumerate(contacts.contacts["address"]):
        said = {key: given[key][place] for key in BLOCK_DEFAULTS if key in given}
        said = {key: value for key, value in said.items() if value != ""}
        if address >= 0 and said:
            rows[int(address)] = {**BLOCK_DEFAULTS, **said}
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=list(BLOCK_DEFAULTS))
    for name in ("block_since", "block_examined", "complained", "unsubscribed"):
        frame[name] = pd.to_datetime(frame[name]).astype("datetime64[s]")
    frame["block_strikes"] = frame["block_strikes"].astype(int)
    frame["block_final"] = frame["block_final"].astype(str).str.lower() == "true"
    texts = ["block_type", "block_cause", "block_source", "block_match", "block_diagnostic"]
    return frame.astype(dict.fromkeys([*texts, "allowed"], TEXT))
