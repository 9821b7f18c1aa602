"""How heavily a temporary block weighs: by strikes, cause, and who set it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from listhygiene.bounces.causes import CAUSES
from listhygiene.model.bounce import CAUSE_NAMES
from listhygiene.model.errors import PolicyError
from listhygiene.policy import load_policy
from listhygiene.rules.block_words import TO_DO
from listhygiene.rules.blocked_temporary import blocked_temporary


def severity(strikes: int, final: bool, cause: str, **changes: object) -> str:
    policy = load_policy(
        None, folder="/nonexistent", changes={k: (v, "test") for k, v in changes.items()}
    )
    row = {
        "block_type": "temporary",
        "block_cause": cause,
        "block_since": pd.Timestamp("2026-10-01"),
        "block_strikes": strikes,
        "block_final": final,
        "block_match": "address",
        "block_examined": pd.NaT,
        "allowed": "",
    }
    found = blocked_temporary.judge(pd.DataFrame([row]), policy)
    return str(found["severity"].iloc[0])


@pytest.mark.parametrize(
    ("strikes", "final", "cause", "expected"),
    [
        (1, False, "T4", "warning"),
        (4, False, "T4", "warning"),
        (5, False, "T4", "error"),
        (0, True, "T4", "error"),
        (2, False, "T3", "error"),
        (1, False, "T3", "warning"),
    ],
)
def test_a_temporary_block_weighs(strikes: int, final: bool, cause: str, expected: str) -> None:
    changes = {"blocklist.strikes_by_cause": {"T3": 2}}
    assert severity(strikes, final, cause, **changes) == expected


def test_the_policy_says_how_many_strikes() -> None:
    assert severity(2, False, "T4", **{"blocklist.strikes": 2}) == "error"


def test_the_names_of_causes_are_those_of_the_catalogue() -> None:
    assert {code: cause.name for code, cause in CAUSES.items()} == CAUSE_NAMES


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("strikes_by_cause = {T99 = 3}", ("line 2", "'T99'", "Did you mean T7?")),
        ("[blocklist.strikes_by_cause]\nT4 = 3\nmailbox-ful = 2", ("line 4", "Did you mean T4?")),
        ("strikes_by_cause = {P3 = 1}", ("line 2", "'P3' takes no strikes")),
        ("strikes_by_cause = {T2 = 1}", ("line 2", "'T2' takes no strikes")),
        ("strikes_by_cause = {T4 = true}", ("line 2", "{T4 = 3}")),
        ("strikes_by_cause = {T4 = -1}", ("line 2", "{T4 = 3}")),
        ("strikes_by_cause = 3", ("line 2", "{T4 = 3}")),
    ],
)
def test_a_cause_that_never_strikes_is_refused_at_its_line(
    lines: str, told: tuple[str, ...], tmp_path: Path
) -> None:
    path = tmp_path / "own.toml"
    path.write_text(f"[blocklist]\n{lines}\n", encoding="utf-8")
    with pytest.raises(PolicyError) as refused:
        load_policy(str(path))
    assert all(part in str(refused.value) for part in ("own.toml", *told))


@pytest.mark.parametrize("name", ["T4", "t4", "mailbox-full"])
def test_a_cause_may_be_named_as_people_do(name: str) -> None:
    assert severity(2, False, "T4", **{"blocklist.strikes_by_cause": {name: 2}}) == "error"


def test_each_cause_that_blocks_says_what_to_do() -> None:
    assert set(TO_DO) == set(CAUSE_NAMES) - {"T2"}
