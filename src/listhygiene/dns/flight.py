"""One flight of questions: sent, awaited, asked again, until all have landed."""

from __future__ import annotations

import errno
import heapq
import selectors
import time
from collections import defaultdict, deque
from collections.abc import Sequence

from ..model.answer import Progress, Question, Records
from .backend import Clock, Limits, unknown
from .birds import Bird, Left
from .chance import Chance
from .ladder import FOREIGN, SILENCE, UNREACHABLE, WAITS, Course, Fault, Health, Kind, Try
from .pace import Pace
from .ports import Nowhere, Port, Ports
from .reading import read_reply
from .servers import Server
from .throttle import Throttle
from .wire import read_plain, write_query, write_questions

BURST = 128
"""How many questions go out before replies are read again."""
MORE_TRIES = 3
"""How many silences a question is forgiven while the server is overrun."""
STRANGE = 3
"""After so many replies that mind mixed letters, or EDNS, a server gets no more of it."""
PAUSE = 0.1
"""Seconds after which the loop looks around even if nothing happens."""
LARGEST = 4096
"""Bytes of a reply that are read; more than the 1,232 that we take nobody should send."""
_FULL = (errno.EAGAIN, errno.EWOULDBLOCK, errno.ENOBUFS)
"""The kernel has no room for one more: as good as lost on the way."""


class Flight:
    """The loop over sockets and timers; what is read first is what has arrived, never a timer."""

    def __init__(
        self,
        servers: tuple[Server, ...],
        limits: Limits,
        clock: Clock,
        pace: Pace,
        throttles: Sequence[Throttle],
        health: Health,
        progress: Progress | None,
    ) -> None:
        self._limits = limits
        self._clock = clock
        self._pace = pace
        self._progress = progress
        self._health = health
        self._throttles = throttles
        self._selector = selectors.DefaultSelector()
        self._ports = Ports(servers, self._selector)
        self._minds_letters = [0] * len(servers)
        self._minds_edns = [0] * len(servers)
        self._again: deque[tuple[Bird, Try]] = deque()
        self._resting: list[tuple[float, int, Bird, Try]] = []
        self._timers: defaultdict[float, deque[tuple[float, list[Bird], int]]] = defaultdict(deque)
        wait = WAITS[0] * limits.timeout
        self._first_wait = wait
        self._rested = 0
        self._open = 0
        self._left = Left()
        self._chance = Chance()

    def fly(
        self, questions: Sequence[Question], into: dict[Question, Records], until: float | None
    ) -> Left:
        """Bring the answers of distinct questions into `into`; return what is left to others."""
        self._into = into
        waiting = deque(questions)
        total, told = len(waiting), 0.0
        try:
            while waiting or self._open:
                now = time.monotonic()
                if until is not None and now >= until:
                    break
                if self._health.is_over(now):
                    self._left.why = "servers silent"
                    break
                idle = self._send_more(waiting, now)
                self._receive(idle)
                self._expire(time.monotonic())
                if self._progress is not None and now - told > 0.1:
                    told = now
                    self._progress(total - len(waiting) - self._open - self._count_left(), total)
        finally:
            self._ports.close()
            self._selector.close()
        if self._progress is not None:
            self._progress(total - self._count_left(), total)
        return self._left

    def _count_left(self) -> int:
        return len(self._left.over_tcp) + len(self._left.odd)

    def _send_more(self, waiting: deque[Question], now: float) -> float:
        """Send what pace and window allow, repeats first; return how long to wait for replies."""
        while self._resting and self._resting[0][0] <= now:
            _, _, bird, attempt = heapq.heappop(self._resting)
            self._again.append((bird, attempt))
        server = self._health.first()
        throttle = self._throttles[server]
        throttle.turn(now)
        room = min(BURST, self._pace.count(now), throttle.pace.count(now))
        sent = 0
        while sent < room and self._again:
            bird, attempt = self._again.popleft()
            if not bird.done:
                self._launch(bird, attempt, now)
                sent += 1
        fresh = min(room - sent, int(throttle.window) - self._open)
        if fresh > 0 and waiting:
            keys = [waiting.popleft() for _ in range(min(fresh, len(waiting)))]
            sent += self._start(keys, server, now)
        self._pace.take(sent)
        throttle.pace.take(sent)
        if self._again or (waiting and self._open < throttle.window):
            return min(PAUSE, max(self._pace.wait(), throttle.pace.wait()))
        return max(0.0, min(PAUSE, self._next_time() - now))

    def _next_time(self) -> float:
        """Return when the next timer runs out."""
        times = [one[0][0] for one in self._timers.values() if one]
        if self._resting:
            times.append(self._resting[0][0])
        return min(times, default=0.0)

    def _start(self, keys: list[Question], server: int, now: float) -> int:
        """Send questions for the first time, all from one port; return how many went out.

        What cannot be written here is left to dnspython.
        """
        span = self._throttles[server].now
        number, letters = self._chance.number, self._chance.letters
        mixed = self._minds_letters[server] < STRANGE
        edns = self._minds_edns[server] < STRANGE
        port = self._pick(server, len(keys))
        pending, flock = port.pending, []
        bundles: defaultdict[int, list[bytes]] = defaultdict(list)
        for key, plain in zip(keys, write_questions(keys), strict=True):
            if plain is None:
                self._left.odd.append(key)
                continue
            bird = Bird(key, plain, server, now, span)
            question = plain.translate(letters()) if mixed else plain
            own = number()
            while own in pending:
                own = number()
            query = write_query(own, question, edns=edns)
            pending[own] = (bird, question, 0, query)
            bird.port, bird.number = port, own
            flock.append(bird)
            bundles[len(query)].append(query)
        span.sent += len(flock)
        self._open += len(flock)
        self._timers[self._first_wait].append((now + self._first_wait, flock, 0))
        for bundle in bundles.values():
            try:
                port.send_together(bundle)
            except OSError as error:
                for query in bundle:
                    self._lose(pending[query[:2]][0], error, now)
        return len(flock)

    def _pick(self, server: int, count: int) -> Port:
        try:
            return self._ports.pick(server, count)
        except OSError as error:
            return Nowhere(error, server)

    def _lose(self, bird: Bird, error: OSError, now: float) -> None:
        """A message could not be sent: where the kernel was full, the timer takes care of it."""
        if error.errno not in _FULL:
            self._health.note(bird.server, False, now)
            self._go_on(bird, UNREACHABLE)

    def _launch(self, bird: Bird, attempt: Try, now: float) -> None:
        """Send a question again with a fresh number, port and letters, and set its timer."""
        server, question = attempt.server, bird.plain
        bird.server = server
        bird.sent = now
        span = bird.span = self._throttles[server].now
        span.sent += 1
        if attempt.mixed and self._minds_letters[server] < STRANGE:
            question = question.translate(self._chance.letters())
        port = self._pick(server, 1)
        number = self._chance.number()
        while number in port.pending:
            number = self._chance.number()
        edns = attempt.edns and self._minds_edns[server] < STRANGE
        query = write_query(number, question, edns=edns)
        port.pending[number] = (bird, question, bird.serial, query)
        bird.more.append((port, number))
        self._timers[attempt.wait].append((now + attempt.wait, [bird], bird.serial))
        try:
            port.send_together([query])
        except OSError as error:
            self._lose(bird, error, now)

    def _receive(self, idle: float) -> None:
        """Read all that has arrived, or wait for it."""
        if (
            not self._selector.get_map()
        ):  # no socket could be opened; Windows refuses to wait on none
            time.sleep(idle)
            return
        for key, _ in self._selector.select(idle):
            self._drain(key.data)

    def _drain(self, port: Port) -> None:
        """Read one socket empty."""
        at, now, count = self._clock(), time.monotonic(), 0
        receive, pending, into, bird = port.sock.recv, port.pending, self._into, None
        try:
            while True:
                wire = receive(LARGEST)
                entry = pending.get(wire[:2])
                if entry is None:
                    continue
                bird, question, serial, query = entry
                found = read_plain(wire, question, at)
                if found is None:
                    odd = read_reply(wire, query, at)
                    if isinstance(odd, Fault):
                        self._stumble(bird, serial, odd, now)
                        continue
                    found = odd
                count += 1
                into[bird.key] = found
                bird.span.answered += 1
                bird.done = True
                if serial:
                    bird.forget()
                else:
                    del pending[wire[:2]]
                    if bird.more:
                        bird.forget()
        except BlockingIOError:
            pass
        except OSError:  # the kernel reports that the port is closed (ICMP)
            self._refuse(port)
        self._open -= count
        if count and bird is not None:
            self._health.note(port.server, True, now)
            self._throttles[port.server].note_answers(count, now - bird.sent)

    def _land(self, bird: Bird, records: Records) -> None:
        """Put an answer down, and forget all tries of its question."""
        self._drop(bird)
        bird.span.answered += 1
        self._into[bird.key] = records

    def _drop(self, bird: Bird) -> None:
        bird.done = True
        self._open -= 1
        bird.forget()

    def _stumble(self, bird: Bird, serial: int, fault: Fault, now: float) -> None:
        """A reply without an answer counts only for the try under way."""
        if fault is FOREIGN or serial != bird.serial:
            return
        if fault.kind is Kind.CASE:
            self._minds_letters[bird.server] += 1
        elif fault.kind is Kind.FORMAT:
            self._minds_edns[bird.server] += 1
        self._health.note(bird.server, True, now)
        bird.span.answered += 1
        self._go_on(bird, fault)

    def _refuse(self, port: Port) -> None:
        for bird, _, serial, _ in list(port.pending.values()):
            if serial == bird.serial:
                self._health.note(port.server, False, time.monotonic())
                self._go_on(bird, UNREACHABLE)

    def _expire(self, now: float) -> None:
        """Go on with the questions whose time ran out; nothing they wait for is left unread."""
        for timers in self._timers.values():
            while timers and timers[0][0] <= now:
                _, birds, serial = timers.popleft()
                for bird in birds:
                    if not bird.done and bird.serial == serial:
                        self._time_out(bird, now)

    def _time_out(self, bird: Bird, now: float) -> None:
        self._health.note(bird.server, False, now)
        overrun = self._throttles[bird.server].is_overrun(now)
        if overrun and bird.forgiven < MORE_TRIES:
            bird.forgiven += 1
            self._go_on(bird, None)
        else:
            self._go_on(bird, SILENCE)

    def _go_on(self, bird: Bird, fault: Fault | None) -> None:
        """Take the next step of the ladder; no fault repeats the last one."""
        bird.serial += 1
        if bird.course is None:
            bird.course = Course(self._health.order(), self._limits.timeout)
        if fault is not None:
            bird.course.learn(fault)
        attempt = bird.course.next()
        if attempt is None:
            self._land(bird, unknown(bird.course.why, self._clock()))
        elif attempt.tcp:
            self._drop(bird)
            self._left.over_tcp.append(bird.key)
        elif attempt.pause:
            self._rested += 1
            due = time.monotonic() + attempt.pause
            heapq.heappush(self._resting, (due, self._rested, bird, attempt))
        else:
            self._again.append((bird, attempt))
