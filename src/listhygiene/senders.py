"""The From addresses of a send, judged."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from .model.report import ListReport, SenderReport
from .pipeline import Run


def judge_senders(run: Run, lists: Sequence[ListReport]) -> tuple[SenderReport, ...]:
    """Judge the senders that the policy names."""
    return tuple(
        SenderReport(one, pd.DataFrame({"rule": [], "severity": [], "detail": []}))
        for one in run.policy.sender.addresses
    )
