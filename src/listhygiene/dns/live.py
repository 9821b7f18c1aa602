"""The dnspython backend: every message made and read by dnspython, many under way at once."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import threading
import time
from collections.abc import Coroutine, Iterator, Sequence

from ..model.answer import Progress, Question, Records
from .backend import Clock, Limits, set_aside, unknown
from .ladder import FOREIGN, SILENCE, UNREACHABLE, Course, Fault, Health, Kind, Try
from .pace import Pace
from .reading import make_query, read_reply
from .servers import Server

SOCKETS = 128
"""Each question holds a socket; macOS grants 256 files to a program that does not ask for more."""


class Live:
    """Asks each question on a socket of its own: random port and id, the kernel drops strangers.

    The name goes out absolute (no search list), EDNS offers 1232 bytes, a truncated answer is asked
    for again over TCP, and what a server does not answer the next one is asked (`ladder`).
    """

    def __init__(
        self, servers: tuple[Server, ...], limits: Limits, clock: Clock, *, tcp: bool = False
    ) -> None:
        self._servers = servers
        self._limits = limits
        self._clock = clock
        self._tcp = tcp
        self._health = Health(len(servers), limits.timeout, time.monotonic())
        self._pace = Pace(limits.rate, time.monotonic())

    def answer(
        self,
        questions: Sequence[Question],
        into: dict[Question, Records],
        seconds: float | None = None,
        progress: Progress | None = None,
    ) -> None:
        """Answer distinct questions; see `Backend.answer`."""
        rest = set_aside(questions, into, self._clock())
        self._health.resume(time.monotonic())
        self._broken: list[BaseException] = []
        if rest:
            _run(self._answer_all(rest, into, seconds, progress), self._broken)
        if self._broken:
            raise self._broken[0]
        for question in rest:
            if question not in into:
                silent = self._health.is_over(time.monotonic())
                into[question] = unknown(
                    "servers silent" if silent else "time is up", self._clock()
                )

    def close(self) -> None:
        """Nothing is held between calls."""

    async def _answer_all(
        self,
        questions: list[Question],
        into: dict[Question, Records],
        seconds: float | None,
        progress: Progress | None,
    ) -> None:
        left = iter(questions)
        total = len(questions)
        done = 0

        def tell() -> None:
            nonlocal done
            done += 1
            if progress is not None and not self._broken:
                try:
                    progress(done, total)
                except BaseException as error:  # raised again by `answer`, outside the loop
                    self._broken.append(error)

        async def work(mine: Iterator[Question]) -> None:
            for question in mine:
                if self._broken or self._health.is_over(time.monotonic()):
                    return
                into[question] = await self._ask(question)
                tell()

        count = max(1, min(self._limits.concurrency, SOCKETS, total))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds), asyncio.TaskGroup() as group:
                for _ in range(count):
                    group.create_task(work(left))

    async def _ask(self, question: Question) -> Records:
        """Climb the ladder with one question."""
        course = Course(self._health.order(), self._limits.timeout, tcp=self._tcp)
        while (attempt := course.next()) is not None:
            pause = max(attempt.pause, self._pace.delay(time.monotonic()))
            if pause:
                await asyncio.sleep(pause)
            found = await self._try(question, attempt)
            heard = found is not SILENCE and found is not UNREACHABLE
            self._health.note(attempt.server, heard, time.monotonic())
            if isinstance(found, Records):
                return found
            course.learn(found)
        return unknown(course.why, self._clock())

    async def _try(self, question: Question, attempt: Try) -> Records | Fault:
        """Make one transmission and wait for its reply."""
        try:
            asked = make_query(question, secrets.randbits(16), edns=attempt.edns).to_wire()
        except ValueError as error:
            return Fault(Kind.REFUSAL, str(error))
        exchange = self._exchange_tcp if attempt.tcp else self._exchange_udp
        try:
            async with asyncio.timeout(attempt.wait):
                return await exchange(self._servers[attempt.server], asked)
        except TimeoutError:
            return SILENCE
        except (OSError, EOFError):
            return UNREACHABLE

    async def _exchange_udp(self, server: Server, asked: bytes) -> Records | Fault:
        loop = asyncio.get_running_loop()
        transport, inbox = await loop.create_datagram_endpoint(
            _Inbox, remote_addr=(server.address, server.port)
        )
        try:
            transport.sendto(asked)
            while True:
                found = read_reply(await inbox.get(), asked, self._clock())
                if found is not FOREIGN:
                    return found
        finally:
            transport.close()

    async def _exchange_tcp(self, server: Server, asked: bytes) -> Records | Fault:
        """Send with the two bytes of length before (RFC 1035 4.2.2)."""
        reader, writer = await asyncio.open_connection(server.address, server.port)
        try:
            writer.write(len(asked).to_bytes(2, "big") + asked)
            size = int.from_bytes(await reader.readexactly(2), "big")
            found = read_reply(await reader.readexactly(size), asked, self._clock())
        finally:
            writer.close()
        if isinstance(found, Fault) and found.kind in (Kind.FOREIGN, Kind.TRUNCATED):
            return Fault(Kind.REFUSAL, "no usable answer")
        return found


class _Inbox(asyncio.DatagramProtocol):
    """Keeps the datagrams, or the error, that come in on one socket."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[bytes | Exception] = asyncio.Queue()

    def datagram_received(self, data: bytes, addr: object) -> None:
        self._queue.put_nowait(data)

    def error_received(self, exc: Exception) -> None:
        self._queue.put_nowait(exc)

    async def get(self) -> bytes:
        """Wait for the next datagram; raises OSError where the kernel reports one."""
        found = await self._queue.get()
        if isinstance(found, Exception):
            raise found
        return found


def _run(coroutine: Coroutine[object, object, None], broken: list[BaseException]) -> None:
    """Run a coroutine to its end, also below a loop that runs already (a notebook, a web page)."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        asyncio.run(coroutine)
        return
    failures: list[BaseException] = []

    def run() -> None:
        try:
            asyncio.run(coroutine)
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=run, name="dns", daemon=True)
    thread.start()
    try:
        thread.join()
    except KeyboardInterrupt as error:
        broken.append(error)  # the workers see it and stop
        raise
    if failures:
        raise failures[0]
