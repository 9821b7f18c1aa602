"""Domains that share an answer are asked once; each is told what it would be told by itself."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from listhygiene.dns.recorded import load_recorded, save_answers
from listhygiene.evidence import answers_frame
from listhygiene.gathering import ask_domains
from listhygiene.model.answer import Question, Records, Status
from listhygiene.pipeline import Run
from listhygiene.policy import load_policy

REAL = ("real.example",)
HOSTS = st.sampled_from(
    [Records(Status.OK, (text,), ttl=9) for text in ("10 m.test", "10 n.test", "0 .")]
    + [Records(Status.OK, ("10 n.test", "20 m.test"), ttl) for ttl in (5, 6)]
    + [Records(status, ttl=7) for status in (Status.NODATA, Status.NXDOMAIN)]
    + [Records(Status.UNKNOWN, why=why) for why in ("timeout", 'a "ttl": 5', 'x, "ttl": 5')]
)
TIMES = st.sampled_from([None, datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)])
NAMES = st.sampled_from(
    [f"{label}.{end}" for label in "abcdefg" for end in ("test", "real.example", "example")]
    + ["real.example", "unreal.example"]
)
ROUTES: dict[Question, Records] = {
    ("m.test", "A"): Records(Status.OK, ("8.8.8.8",)),
    ("n.test", "A"): Records(Status.OK, ("192.0.2.1",)),
    ("a.test", "A"): Records(Status.OK, ("8.8.8.8",)),
    ("b.test", "A"): Records(Status.NODATA),
}


@given(
    told=st.dictionaries(NAMES, st.tuples(HOSTS, TIMES), max_size=16),
    asked=st.lists(
        NAMES | st.sampled_from(["A.TEST", "b.test.", "ü.test"]), min_size=1, unique=True
    ),
)
def test_each_is_told_what_it_would_be_told_alone(
    tmp_path_factory: pytest.TempPathFactory,
    told: dict[str, tuple[Records, datetime | None]],
    asked: list[str],
) -> None:
    answers = {
        (name, "MX"): Records(one.status, one.texts, one.ttl, at, one.why)
        for name, (one, at) in told.items()
    }
    lookup = load_recorded(_saved(answers, tmp_path_factory.mktemp("dns")), treat_as_real=REAL)
    run = Run(load_policy(), lookup=lookup)
    found = ask_domains([asked, pd.Series(asked)], run)
    assert found is not None
    pd.testing.assert_frame_equal(found, answers_frame(lookup.mail(asked)), check_dtype=False)


def test_of_domains_alike_one_is_named(tmp_path: Path) -> None:
    answers = {(f"{name}.test", "MX"): Records(Status.OK, ("10 m.test",)) for name in "abc"}
    lookup = load_recorded(_saved(answers, tmp_path))
    alike = lookup.alike(pa.array(["no.test", "c.test", "a.test", "b.test"], pa.large_string()))
    assert np.array_equal(alike if alike is not None else [], [0, 1, 1, 1])


def _saved(answers: dict[Question, Records], folder: Path) -> Path:
    path = folder / "dns.json"
    save_answers(path, {**ROUTES, **answers})
    return path
