"""One flight of questions: sent, awaited, asked again, until all have landed."""

from __future__ import annotations

import errno
import heapq
import os
import selectors
import time
from collections import defaultdict, deque
from collections.abc import Sequence

from ..model.answer import Progress, Question, Records
from .backend import Clock, Limits, unknown
from .birds import Bird, Left
from .ladder import FOREIGN, SILENCE, UNREACHABLE, WAITS, Course, Fault, Health, Kind, Try
from .pace import Pace
from .ports import Port, Ports
from .reading import read_reply
from .servers import Server
from .throttle import Throttle
from .wire import draw_letters, read_plain, write_query, write_question

BURST = 128
"""How many questions go out before replies are read again."""
MORE_TRIES = 3
"""How many silences a question is forgiven while the server is overrun."""
STRANGE = 3
"""After so many replies that mind mixed letters, or EDNS, a server gets no more of it."""
PAUSE = 0.1
"""Seconds after which the loop looks around even if nothing happens."""
TABLES = 1024
"""How many ways of mixing letters are ready at a time."""
_POOL = 1 << 16
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
        self._timers: defaultdict[float, deque[tuple[float, Bird, int]]] = defaultdict(deque)
        wait = WAITS[0] * limits.timeout
        self._firsts = [Try(server, wait) for server in range(len(servers))]
        self._rested = 0
        self._open = 0
        self._left = Left()
        self._chance = b""
        self._drawn = 0
        self._tables: list[bytes] = []

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
        while fresh > 0 and waiting:
            fresh -= 1
            sent += self._start(waiting.popleft(), server, now)
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

    def _start(self, key: Question, server: int, now: float) -> int:
        """Send a question for the first time; return 0 where it is left to dnspython."""
        plain = write_question(*key)
        if plain is None:
            self._left.odd.append(key)
            return 0
        self._open += 1
        self._launch(Bird(key, plain), self._firsts[server], now)
        return 1

    def _launch(self, bird: Bird, attempt: Try, now: float) -> None:
        """Send a question with a fresh number, port and letters, and set its timer."""
        server, question = attempt.server, bird.plain
        bird.server = server
        bird.sent = now
        span = bird.span = self._throttles[server].now
        span.sent += 1
        if attempt.mixed and self._minds_letters[server] < STRANGE:
            question = question.translate(self._draw_letters())
        try:
            port = self._ports.pick(server)
            pending = port.pending
            number = self._draw(2)
            while number in pending:
                number = self._draw(2)
            edns = attempt.edns and self._minds_edns[server] < STRANGE
            query = write_query(number, question, edns=edns)
            pending[number] = (bird, question, bird.serial, query)
            bird.numbers.append((port, number))
            port.send(query)
        except OSError as error:
            if error.errno not in _FULL:
                self._health.note(server, False, now)
                self._go_on(bird, UNREACHABLE)
                return
        self._timers[attempt.wait].append((now + attempt.wait, bird, bird.serial))

    def _draw(self, count: int) -> bytes:
        """Return random bytes, from the system's source by the block."""
        end = self._drawn + count
        if end > len(self._chance):
            self._chance = os.urandom(_POOL)
            self._drawn, end = 0, count
        found = self._chance[self._drawn : end]
        self._drawn = end
        return found

    def _draw_letters(self) -> bytes:
        """Return one of many random tables; they are made as needed, and made anew by and by."""
        tables = self._tables
        place = int.from_bytes(self._draw(2), "big") % TABLES
        if place % 32 == 0 or place >= len(tables):
            table = draw_letters(int.from_bytes(self._draw(4), "big"))
            if len(tables) < TABLES:
                tables.append(table)
            else:
                tables[place] = table
            return table
        return tables[place]

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
                wire = receive(65535)
                entry = pending.get(wire[:2])
                if entry is None:
                    continue
                bird, question, serial, query = entry
                found = read_plain(wire, question, at) or read_reply(wire, query, at)
                if isinstance(found, Fault):
                    self._stumble(bird, serial, found, now)
                    continue
                count += 1
                bird.span.answered += 1
                into[bird.key] = found
                self._drop(bird)
        except BlockingIOError:
            pass
        except OSError:  # the kernel reports that the port is closed (ICMP)
            self._refuse(port)
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
        for port, number in bird.numbers:
            port.pending.pop(number, None)

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
                _, bird, serial = timers.popleft()
                if bird.done or bird.serial != serial:
                    continue
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
