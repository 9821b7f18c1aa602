"""Answers that can be trusted: a backend between canaries, with a cache before it."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Mapping

from ..model.answer import MailAnswer, Progress, Question, Records
from .backend import Backend, Clock, unknown
from .cache import Cache
from .canary import Trial, draw_canaries
from .mail import judge_mail
from .names import normalise

MANY = 100
"""So many fresh answers are not handed out before the canaries have been asked again."""
LAST_MOMENT = 1.0
"""Seconds for closing canaries where the time of the run is up."""
CANARY_TIMEOUTS = 3
"""How long one round of canaries may take, in timeouts."""


class Trusted:
    """A source of DNS answers on the network (`model.answer.Lookup`).

    Each distinct question is asked once a run. The canaries are asked before the first question and
    after the last; where they fail, every fresh answer of the run becomes UNKNOWN and nothing is
    cached. max_seconds: for all questions of the run together.
    """

    def __init__(
        self,
        backend: Backend,
        *,
        source: str,
        clock: Clock,
        canaries: tuple[str, ...],
        treat_as_real: tuple[str, ...] = (),
        cache: Cache | None = None,
        timeout: float = 5.0,
        max_seconds: float | None = None,
        chance: random.Random | None = None,
    ) -> None:
        self._backend = backend
        self._source = source
        self._clock = clock
        self._domains = canaries
        self._real = treat_as_real
        self._cache = cache
        self._timeout = timeout
        self._left = max_seconds
        self._chance = chance or random.SystemRandom()
        self._fresh: dict[Question, Records] = {}
        self._kept: dict[Question, Records] = {}
        self._trials: list[Trial] = []
        self._since = 0
        self._failed = ""

    def query(
        self, questions: Iterable[Question], progress: Progress | None = None
    ) -> dict[Question, Records]:
        """Answer each distinct question once; see `Lookup.query`."""
        wanted = list(dict.fromkeys(questions))
        found = self._ask(wanted, progress)
        if self._since >= MANY:
            self._try_canaries_again()
        return self._ask(wanted, None) if self._failed else found

    def mail(
        self, domains: Iterable[str], progress: Progress | None = None
    ) -> dict[str, MailAnswer]:
        """Say of each distinct domain whether and where mail goes; see `mail.judge_mail`."""
        wanted = list(dict.fromkeys(domains))
        found = judge_mail(wanted, self._ask, progress, self._real)
        self._try_canaries_again()
        if self._failed:  # what was judged by answers now known to be lies is judged again
            found = judge_mail(wanted, self._ask, None, self._real)
        return found

    def failed(self) -> str:
        """Ask the closing canaries where some are due, and say why the run failed, or ''."""
        self._try_canaries_again()
        return self._failed

    def trials(self) -> tuple[Trial, ...]:
        """Return the canaries' results so far."""
        return tuple(self._trials)

    def describe(self) -> Mapping[str, object]:
        """Say where the answers come from: source, asked, cached, and notes for a person."""
        return {
            "source": self._source,
            "asked": len(self._fresh),
            "cached": len(self._kept),
            "failed": self._failed,
            "notes": list(self._cache.notes) if self._cache else [],
        }

    def close(self) -> None:
        """Ask the closing canaries, cache what they vouch for, and release all."""
        try:
            if self._cache is not None and self._fresh and not self.failed():
                self._cache.write(self._fresh, self._clock())
        finally:
            self._backend.close()
            if self._cache is not None:
                self._cache.close()

    def _ask(
        self, questions: Iterable[Question], progress: Progress | None = None
    ) -> dict[Question, Records]:
        """Answer from this run, from the cache, and the rest from the network."""
        plain = {key: (normalise(key[0]), key[1].upper()) for key in questions}
        self._fetch(list(dict.fromkeys(plain.values())), progress)
        distrusted = unknown("canary failed")
        fresh = {} if self._failed else self._fresh
        kept = self._kept
        return {key: fresh.get(one) or kept.get(one, distrusted) for key, one in plain.items()}

    def _fetch(self, questions: list[Question], progress: Progress | None) -> None:
        """Get the answers that this run does not have yet."""
        rest = [key for key in questions if key not in self._fresh and key not in self._kept]
        if self._cache is not None and rest:
            self._kept.update(self._cache.read(rest, self._clock()))
            rest = [key for key in rest if key not in self._kept]
        if rest and not self._trials:
            self._try_canaries()
        if not rest or self._failed:
            return
        ready = len(questions) - len(rest)

        def shifted(done: int, total: int) -> None:
            if progress is not None:
                progress(ready + done, ready + total)

        started, before = time.monotonic(), len(self._fresh)
        try:
            self._backend.answer(rest, self._fresh, self._left, shifted if progress else None)
        finally:
            self._since += len(self._fresh) - before
            if self._left is not None:
                self._left = max(0.0, self._left - (time.monotonic() - started))

    def _try_canaries(self) -> None:
        """Ask one round of canaries, and remember how it ended."""
        canaries = draw_canaries(self._domains, self._chance)
        if canaries is None:
            return
        answers: dict[Question, Records] = {}
        asked = canaries.questions()
        started = time.monotonic()
        self._backend.answer(asked, answers, self._canary_seconds())
        if self._left is not None:
            self._left = max(0.0, self._left - (time.monotonic() - started))
        why = canaries.judge(answers)
        statuses = {key: answers[key].status for key in asked}
        self._trials.append(Trial(self._clock(), why, statuses))
        self._failed = self._failed or why
        self._since = 0

    def _canary_seconds(self) -> float:
        """Return the time for a round of canaries: within that of the run, but for a last moment
        that shows whether what was answered until then may be trusted."""
        seconds = CANARY_TIMEOUTS * self._timeout
        if self._left is None:
            return seconds
        return min(seconds, max(self._left, LAST_MOMENT if self._trials else 0.0))

    def _try_canaries_again(self) -> None:
        if self._since and not self._failed:
            self._try_canaries()
