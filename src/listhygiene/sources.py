"""Where a run's evidence comes from: DNS and the blocklist, opened as the policy says."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .model.answer import Lookup
from .model.errors import BlocklistError, DnsError, ListHygieneError
from .model.evidence import Blocks
from .pipeline import Progress, Run
from .policy import Policy

BLOCKLIST_VARIABLE = "LISTHYGIENE_BLOCKLIST"


@contextlib.contextmanager
def open_run(
    policy: Policy,
    lookup: Lookup | None = None,
    blocks: Blocks | None = None,
    progress: Progress | None = None,
) -> Iterator[Run]:
    """Open the evidence of a run, and close it again; what cannot be opened is a trouble.

    lookup, blocks: sources that the caller brought; they stay open.
    """
    run = Run(policy=policy, lookup=lookup, blocks=blocks, progress=progress)
    own: list[Any] = []
    if lookup is None:
        run.lookup = _try_lookup(run)
        own.append(run.lookup)
    else:
        run.sources["dns"] = "given"
    if blocks is None:
        run.blocks = _try_blocklist(run)
        own.append(run.blocks)
    try:
        yield run
    finally:
        for one in own:
            if one is not None and hasattr(one, "close"):
                one.close()


def open_policy_lookup(policy: Policy) -> Lookup | None:
    """Open the source of DNS answers that a policy names; None for "off"."""
    from .dns import open_lookup

    section = policy.dns
    source = policy.place("dns.source")
    where: Path | bool | None = None
    if section.cache == "off":
        where = False
    elif section.cache:
        where = Path(policy.place("dns.cache"))
    if source == "off":
        return None
    return open_lookup(
        source,
        timeout=section.timeout,
        concurrency=section.concurrency,
        rate=section.rate,
        max_seconds=section.max_seconds or None,
        canaries=section.canaries,
        treat_as_real=policy.domains.treat_as_real,
        cache=where,
        backend=section.backend,
    )


def _try_lookup(run: Run) -> Lookup | None:
    run.sources["dns"] = run.policy.dns.source
    try:
        return open_policy_lookup(run.policy)
    except DnsError as error:
        run.troubles["answers"] = run.missing["answers"] = str(error)
        return None


def blocklist_url(policy: Policy) -> tuple[str, bool]:
    """Return the blocklist's path or URL, and whether somebody named it."""
    if policy.blocklist.url:
        return policy.place("blocklist.url"), True
    if named := os.environ.get(BLOCKLIST_VARIABLE):
        return named, True
    import platformdirs

    folder = platformdirs.user_data_dir("listhygiene", appauthor=False)
    return str(Path(folder) / "blocklist.db"), False


def _try_blocklist(run: Run) -> Blocks | None:
    """Open the blocklist for reading; the absence of an unnamed one just means that it is empty."""
    url, named = blocklist_url(run.policy)
    if not named and not Path(url).exists():
        run.missing["blocks"] = "there is no blocklist yet (listhygiene bounces add makes one)"
        run.sources["blocklist"] = {"url": "", "addresses": 0}
        return None
    from .blocklist import open_to_ask
    from .blocks import cause_titles
    from .readers import read

    try:
        blocks: Blocks = open_to_ask(url, policy=run.policy, read_table=read, causes=cause_titles())
        run.sources["blocklist"] = dict(blocks.describe())
    except ListHygieneError as error:
        if error.exit_code == 2 and not isinstance(error, BlocklistError):
            raise
        run.troubles["blocks"] = run.missing["blocks"] = str(error)
        return None
    return blocks
