"""S601: a From address at a personal provider, and what proves it."""

from __future__ import annotations

import pandas as pd
import pytest

from listhygiene.rules.free_webmail_sender import free_webmail_sender


@pytest.mark.parametrize(
    ("free", "said", "expected"),
    [
        (True, "reject", "gmail.com publishes DMARC p=reject"),
        (True, "quarantine", "gmail.com publishes DMARC p=quarantine"),
        (True, "none", "gmail.com is on the list of personal providers"),
        (True, "", "gmail.com is on the list of personal providers"),
        (False, "reject", None),
    ],
)
def test_the_proof_is_quoted(free: bool, said: str, expected: str | None) -> None:
    senders = pd.DataFrame(
        {
            "address": ["shop@gmail.com"],
            "domain": ["gmail.com"],
            "free": [free],
            "dmarc_policy": [said],
        }
    )
    found = free_webmail_sender.judge(senders, None)
    if expected is None:
        assert found.isna().all()
    else:
        assert found.iloc[0].startswith(expected)
