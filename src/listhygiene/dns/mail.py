"""What DNS answers mean for mail: MX, null MX, implicit MX, and whether targets lead anywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from ..model.answer import Answer, MailAnswer, Progress, Question, Records, Status
from .names import is_within, normalise
from .quiet import without_collector
from .routes import Reach, is_address, reach_of

Query = Callable[[list[Question], Progress | None], Mapping[Question, Records]]

_SHOWN = 4
"""How many targets a detail names before it only counts."""


def judge_mail(
    domains: Iterable[str],
    query: Query,
    progress: Progress | None = None,
    treat_as_real: tuple[str, ...] = (),
) -> dict[str, MailAnswer]:
    """Say of each distinct domain whether and where mail goes (RFC 5321 5.1, RFC 7505).

    The questions go out in a few rounds, each distinct one once: MX of all domains; the addresses
    of domains without MX and of every domain's best target; and the addresses of the other targets
    only where the best one leads nowhere. IPv6 is asked only where IPv4 did not settle it.
    treat_as_real: suffixes of domains for which addresses reserved for documentation
    (192.0.2.0/24 and the like) count as routable.
    """
    rounds = _Rounds(query, progress)
    wanted = list(dict.fromkeys(domains))
    names = {domain: normalise(domain) for domain in wanted}
    rounds.ask([(name, "MX") for name in names.values()])
    with without_collector():
        targets = dict(_rank_all(names.values(), rounds))
    _resolve_targets(targets, rounds, treat_as_real)
    with without_collector():
        return dict(_judge_all(names, targets, rounds, treat_as_real))


def _rank_all(names: Iterable[str], rounds: _Rounds) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Rank the targets of names; an answer that many of them share is looked at once."""
    ranked: dict[int, tuple[str, ...]] = {}
    for name in names:
        mx = rounds.known[name, "MX"]
        hosts = ranked.get(id(mx))
        if hosts is None:
            hosts = ranked[id(mx)] = rank_targets(mx)
        yield name, hosts


def _judge_all(
    names: Mapping[str, str],
    targets: Mapping[str, tuple[str, ...]],
    rounds: _Rounds,
    real: tuple[str, ...],
) -> Iterator[tuple[str, MailAnswer]]:
    """Judge domains (domain -> name); those that share an answer are judged once."""
    judged: dict[tuple[int, bool], MailAnswer] = {}
    below = tuple(f".{suffix}" for suffix in real)
    for domain, name in names.items():
        mx = rounds.known[name, "MX"]
        key = id(mx), name in real or name.endswith(below)
        found = judged.get(key)
        if found is None or mx.status is Status.NODATA:  # without MX the name itself decides
            found = judged[key] = _judge(domain, name, targets[name], rounds, real)
            yield domain, found
        else:
            told = found.answer, found.hosts, found.unroutable, found.detail, found.why
            yield domain, MailAnswer(domain, *told)


def rank_targets(mx: Records) -> tuple[str, ...]:
    """Return the targets of an MX answer, best preference first; '.' is the null target."""
    if mx.status is not Status.OK:
        return ()
    if len(mx.texts) == 1:
        return (mx.texts[0].partition(" ")[2],)
    pairs = []
    for text in mx.texts:
        preference, _, host = text.partition(" ")
        pairs.append((int(preference), host))
    return tuple(dict.fromkeys(host for _, host in sorted(pairs)))


class _Rounds:
    """The rounds of one judgement: what is known so far, and the progress over all of them."""

    def __init__(self, query: Query, progress: Progress | None) -> None:
        self.known: dict[Question, Records] = {}
        self._routes: dict[tuple[str, bool], _Route] = {}
        self._query = query
        self._progress = progress

    def ask(self, questions: Iterable[Question]) -> None:
        """Ask what is not known yet, each question once."""
        fresh = [question for question in dict.fromkeys(questions) if question not in self.known]
        if not fresh:
            return
        self._routes.clear()
        base, progress = len(self.known), self._progress

        def shifted(done: int, total: int) -> None:
            if progress is not None:
                progress(base + done, base + total)

        answers = self._query(fresh, shifted if progress else None)
        missing = Records(Status.UNKNOWN, why="not asked")
        self.known.update((question, answers.get(question, missing)) for question in fresh)

    def resolve(self, hosts: Iterable[str]) -> None:
        """Ask for the addresses of hosts; AAAA only of those that A did not settle."""
        asked = [host for host in dict.fromkeys(hosts) if not _fault_of(host)]
        self.ask([(host, "A") for host in asked])
        self.ask([(host, "AAAA") for host in asked if self._is_open(host)])

    def route(self, host: str, real: bool) -> _Route:
        """Say whether a target can be reached, by what is known so far."""
        found = self._routes.get((host, real))
        if found is None:
            found = self._routes[host, real] = _find_route(host, self.known, real)
        return found

    def _is_open(self, host: str) -> bool:
        found = self.known[host, "A"]
        if found.status is Status.NXDOMAIN:
            return False
        return not any(reach_of(text) is Reach.GLOBAL for text in found.texts)


@dataclass(frozen=True, slots=True)
class _Route:
    """Whether one target can be reached: True, False, or None where it is unknown."""

    reached: bool | None
    why: str = ""


def _resolve_targets(
    targets: Mapping[str, tuple[str, ...]], rounds: _Rounds, real: tuple[str, ...]
) -> None:
    """Resolve the best target of every domain, then all targets of those still unsettled."""
    first = [hosts[0] for hosts in targets.values() if hosts]
    implicit = [name for name in targets if rounds.known[name, "MX"].status is Status.NODATA]
    rounds.resolve([*first, *implicit])
    more = [
        host
        for name, hosts in targets.items()
        if len(hosts) > 1 and rounds.route(hosts[0], is_within(name, real)).reached is not True
        for host in hosts[1:]
    ]
    rounds.resolve(more)


def _judge(
    domain: str, name: str, hosts: tuple[str, ...], rounds: _Rounds, real: tuple[str, ...]
) -> MailAnswer:
    """Put together what the rounds found of one domain."""
    mx = rounds.known[name, "MX"]
    if mx.status is Status.UNKNOWN:
        return MailAnswer(domain, Answer.UNKNOWN, why=mx.why)
    if mx.status is Status.NXDOMAIN:
        return MailAnswer(domain, Answer.NXDOMAIN, detail=mx.why)
    if mx.status is Status.NODATA:
        return _judge_implicit(domain, name, rounds, is_within(name, real))
    if mx.texts == ("0 .",):  # RFC 7505 3: a single MX, preference 0, zero-length label
        return MailAnswer(domain, Answer.NULL_MX)
    unroutable, detail = _judge_targets(hosts, rounds, is_within(name, real))
    return MailAnswer(domain, Answer.MX, hosts, unroutable, detail)


def _judge_implicit(domain: str, name: str, rounds: _Rounds, real: bool) -> MailAnswer:
    """Without MX the domain itself is the target, if it has an address (RFC 5321 5.1)."""
    found = [rounds.known[key] for kind in ("A", "AAAA") if (key := (name, kind)) in rounds.known]
    if any(records.status is Status.OK for records in found):
        unroutable, detail = _judge_targets((name,), rounds, real)
        return MailAnswer(domain, Answer.IMPLICIT_MX, (name,), unroutable, detail)
    for records in found:
        if records.status is Status.UNKNOWN:
            return MailAnswer(domain, Answer.UNKNOWN, why=records.why)
    return MailAnswer(domain, Answer.NO_HOST)


def _judge_targets(hosts: tuple[str, ...], rounds: _Rounds, real: bool) -> tuple[bool | None, str]:
    """Say whether every target leads nowhere, and of each why; one reachable target settles it."""
    routes = []
    for host in hosts:
        route = rounds.route(host, real)
        if route.reached:
            return False, ""
        routes.append(route)
    if any(route.reached is None for route in routes):
        return None, ""
    reasons = [f"{host}: {route.why}" for host, route in zip(hosts, routes, strict=True)]
    more = [f"+{len(reasons) - _SHOWN}"] if len(reasons) > _SHOWN else []
    return True, "; ".join(reasons[:_SHOWN] + more)


def _find_route(host: str, known: Mapping[Question, Records], real: bool) -> _Route:
    """Say whether a target can be reached; `real` lets documentation addresses count."""
    fault = _fault_of(host)
    if fault:
        return _Route(False, fault)
    found = [known.get((host, kind)) for kind in ("A", "AAAA")]
    texts = [text for records in found if records is not None for text in records.texts]
    good = {Reach.GLOBAL, Reach.DOCUMENTATION} if real else {Reach.GLOBAL}
    if any(reach_of(text) in good for text in texts):
        return _Route(True)
    if found[0] is not None and found[0].status is Status.NXDOMAIN:
        return _Route(False, "nonexistent")
    if any(records is None or records.status is Status.UNKNOWN for records in found):
        return _Route(None)
    return _Route(False, ", ".join(texts[:2]) if texts else "no address")


def _fault_of(host: str) -> str:
    """Say why a target cannot be a mail host at all, whatever DNS answers for it."""
    if host in ("", "."):
        return "null target"  # RFC 7505 3: must not stand beside others
    if host == "localhost" or host.endswith(".localhost"):
        return "localhost"  # RFC 6761 6.3: always loopback
    return "IP address as a name" if is_address(host) else ""
