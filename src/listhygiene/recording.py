"""The DNS answers of a run, written to a file that `--dns FILE` replays."""

from __future__ import annotations

from collections.abc import Sequence

from .model.errors import DnsError, UsageError
from .pipeline import Progress, check
from .policy import Policy
from .sources import open_policy_lookup


def record_answers(
    lists: Sequence[str], out: str, policy: Policy, progress: Progress | None = None
) -> int:
    """Check the lists with a source that remembers, write what it was told, return how many.

    The blocklist plays no part. Raises DnsError where the answers could not be trusted: a
    recording of a resolver that lies would lie for ever.
    """
    from .dns import record

    source = open_policy_lookup(policy)
    if source is None:
        raise UsageError("--dns off has nothing to record", remedy="Name a resolver.")
    recorder = record(source, policy.domains.treat_as_real)
    try:
        report = check(list(lists), policy, lookup=recorder, progress=progress)
        failed = recorder.failed()
        if failed:
            raise DnsError(f"nothing was recorded: {failed}", remedy="Try another --dns server.")
        unread = [one.measure for one in report.decision.reasons if one.key == "lists"]
        if unread:
            raise DnsError(f"nothing was recorded: {unread[0]}")
        recorder.save(out)
        return len(recorder.answers)
    finally:
        recorder.close()
