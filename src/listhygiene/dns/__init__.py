"""DNS answers, and what they mean for mail; dnspython and the cache live here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

    from ..model.answer import Lookup
    from .backend import Clock, MakeBackend
    from .recorded import Recorder

TIMEOUT = 5.0
CONCURRENCY = 100
RATE = 500.0
CANARIES = ("gmail.com", "outlook.com", "yahoo.co.jp")
BACKENDS = ("fast", "dnspython")


def open_lookup(
    source: str = "system",
    *,
    timeout: float = TIMEOUT,
    concurrency: int = CONCURRENCY,
    rate: float | None = RATE,
    max_seconds: float | None = None,
    canaries: Iterable[str] = CANARIES,
    treat_as_real: Iterable[str] = (),
    cache: Path | str | bool | None = None,
    backend: str = "",
    clock: Clock | None = None,
    chance: random.Random | None = None,
) -> Lookup:
    """Open the source of DNS answers that `--dns` names; close it when done.

    source: "system" (the name servers of this machine), "off", HOST[:PORT] (several with commas, a
        numeric address), or the path of a recording.
    timeout: seconds that the last try of a question waits. concurrency: questions under way at
        once. rate: questions a second, None or 0 = as fast as the servers deliver. The defaults
        spare a home router: dnsmasq forwards 150 questions at once, public resolvers slow down
        clients above about 1,000 a second.
    max_seconds: for all questions together; what is open then is unknown ("time is up").
    canaries: well-known mail domains, of which two thirds must have MX; empty = nothing is tried.
    treat_as_real: suffixes of domains for which documentation addresses count as routable.
    cache: False = none, None or True = the file in the user's cache folder, else a path.
    backend: "" = the default one, else one of BACKENDS. clock, chance: the time and the randomness.

    Raises UsageError for a source that cannot be read, DnsError where it cannot be used at all.
    """
    real = tuple(suffix.lower().strip(".") for suffix in treat_as_real)
    if source == "off":
        from .off import Off

        return Off()
    if _is_file(source):
        from .recorded import load_recorded

        return load_recorded(source, real)
    from .backend import Limits, read_clock
    from .cache import Cache, default_path
    from .lookup import Trusted
    from .servers import find_servers

    now = clock or read_clock
    limits = Limits(timeout, concurrency, rate or None)
    engine = _backend(backend)(find_servers(source), limits, now)
    where = default_path() if cache is None or cache is True else cache
    return Trusted(
        engine,
        source=source,
        clock=now,
        canaries=tuple(canaries),
        treat_as_real=real,
        cache=Cache(Path(where), source) if where else None,
        timeout=timeout,
        max_seconds=max_seconds,
        chance=chance,
    )


def record(lookup: Lookup, treat_as_real: Iterable[str] = ()) -> Recorder:
    """Wrap a source so that its answers can be saved: `record(lookup).save(path)`."""
    from .recorded import Recorder

    return Recorder(lookup, tuple(treat_as_real))


def _backend(name: str) -> MakeBackend:
    """Find a backend by its name."""
    from ..model.errors import UsageError

    if name in ("", "fast"):
        from .fast import Fast

        return Fast
    if name == "dnspython":
        from .live import Live

        return Live
    raise UsageError(
        f"there is no DNS backend {name!r}",
        place="dns.backend",
        remedy=f"Choose one of: {', '.join(BACKENDS)}.",
    )


def _is_file(source: str) -> bool:
    """Tell a recording's path from a server: it exists, has a folder, or ends in .json."""
    if source == "system":
        return False
    return "/" in source or "\\" in source or source.endswith(".json") or Path(source).is_file()
