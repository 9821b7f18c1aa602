"""Reading one e-mail: what it is, whom it concerns, and why.

The sources are asked in the order of their `ORDER`; the first that finds recipients is believed.
A source is a module of this package with `ORDER` and `failures(notice) -> list[Failure]`; it is
found by itself.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache

from ..model.bounce import Event, Kind
from . import autoreply, ses, ses_mail
from .causes import Named
from .causes.naming import find_reply, find_status
from .dates import read_date
from .delay import is_delay
from .diagnosis import NO_REASON, diagnose
from .failure import Failure
from .new_address import forward_in
from .notice import Notice, lay_out
from .parties import campaign_of, message_id_of
from .passages import host_in
from .success import is_success
from .suspicion import (
    is_for_operators,
    is_from_mailer_daemon,
    is_surely_from_a_system,
    is_suspect,
    is_weak,
    speaks_of_delivery,
    words_speak,
)

Source = Callable[[Notice], list[Failure]]

_CERTAIN = 40
"""Sources below this order are structure; those above it read text, of suspect messages only."""
_READ_FROM_TEXT = ("listed", "transcript", "labelled", "mentioned", "returned", "local_names")
_GUESSES = ("mentioned", "returned", "local_names")
"""Sources that take what address there is: not of what a person may have written."""


@dataclass(frozen=True)
class Explanation:
    """What was read of one message, for a person.

    structure: what the message holds, a line each. source: the module that was believed.
    asked: the sources in the order asked, with how many recipients each found. events: the result;
    each event's `rule` and `diagnostic` say which knowledge and which line decided.
    """

    structure: tuple[str, ...]
    asked: tuple[tuple[str, int], ...]
    source: str
    events: tuple[Event, ...]


@dataclass
class _Trace:
    asked: list[tuple[str, int]] = field(default_factory=list)
    source: str = ""


@cache
def sources() -> tuple[tuple[int, str, Source], ...]:
    """Return the sources of this package: (order, name, function), in their order."""
    package = __package__ or ""
    found = []
    for module in pkgutil.iter_modules(importlib.import_module(package).__path__):
        name = f"{package}.{module.name}"
        if not module.ispkg and _may_be_a_source(name):
            loaded = importlib.import_module(name)
            if hasattr(loaded, "failures") and hasattr(loaded, "ORDER"):
                found.append((loaded.ORDER, module.name, loaded.failures))
    return tuple(sorted(found, key=lambda one: one[:2]))


def _may_be_a_source(name: str) -> bool:
    """Tell by its text whether a module is worth importing; the others may be heavy."""
    spec = importlib.util.find_spec(name)
    reader = getattr(spec.loader, "get_source", None) if spec else None
    text = reader(name) if reader else None
    return text is None or "def failures(" in text


def read_message(content: bytes, file: str = "") -> list[Event]:
    """Read one e-mail into events, one a recipient; at least one, never raises on any bytes.

    content: the message as it was received (RFC 5322). file: what the events are said to be from.
    A message that is no bounce gives one event whose kind says what it is.
    """
    return _read(content, file, _Trace())[1]


def explain(content: bytes, file: str = "") -> Explanation:
    """Read one e-mail and say what was seen in it and what decided."""
    trace = _Trace()
    notice, events = _read(content, file, trace)
    return Explanation(_structure(notice), tuple(trace.asked), trace.source, tuple(events))


def _read(content: bytes, file: str, trace: _Trace) -> tuple[Notice, list[Event]]:
    if content.startswith((b"From ", b">From ")):
        content = content.partition(b"\n")[2]
    if b"\n" not in content[:65_536]:  # lines of an old Macintosh
        content = content.replace(b"\r", b"\n")
    notice = lay_out(content.lstrip(b"\r\n"))
    notified = ses_mail.events(notice)
    if notified:
        trace.source = notified[0].source
        return notice, [replace(one, file=file) for one in notified]
    found = _find(notice, trace)
    everybody = {one.address.lower() for one in found}
    named = ((one, diagnose(notice, one, everybody)) for one in found)
    return notice, [_event(notice, one, told, trace.source, file, content) for one, told in named]


def _find(notice: Notice, trace: _Trace) -> list[Failure]:
    suspect: bool | None = None
    weak = False
    for order, name, ask in sources():
        if order > _CERTAIN:
            if suspect is None:
                suspect = is_suspect(notice) and not is_for_operators(notice)
                weak = suspect and is_weak(notice)
            if not suspect or (weak and name in _GUESSES):
                break
        found = ask(notice)
        trace.asked.append((name, len(found)))
        if found:
            trace.source = name
            late = order > _CERTAIN or name == "failed_header"
            return _as_told(notice, found, weak) if late else found
    trace.source = "message"
    return _unnamed(notice, bool(suspect))


def _unnamed(notice: Notice, suspect: bool) -> list[Failure]:
    """Say what a message is that names no recipient."""
    replied = autoreply.marked(notice)
    if replied:
        return replied
    kind = Kind.UNDECIDED if suspect else Kind.OTHER
    return [Failure(address="", kind=kind, found="no recipient found", said=notice.words)]


def _as_told(notice: Notice, found: list[Failure], weak: bool) -> list[Failure]:
    """Say of the recipients of a text what it is that it tells.

    Delays where delivery goes on, deliveries where it succeeded, and nothing certain where a
    person may have written it.
    """
    if weak:
        return [replace(one, kind=Kind.UNDECIDED) for one in found]
    if is_delay(notice):
        return [replace(one, kind=Kind.DELAY, action="delayed") for one in found]
    if is_success(notice):
        return [replace(one, kind=Kind.DELIVERY, action="delivered") for one in found]
    return found


def _event(
    notice: Notice, one: Failure, named: Named, source: str, file: str, content: bytes
) -> Event:
    if one.kind is Kind.BOUNCE and _is_unsure(notice, named, source):
        one = replace(one, kind=Kind.UNDECIDED)
        named = Named("", named.rule, named.line)
    at = one.at or read_date(notice.message.get("date"))
    return Event(
        address=one.address,
        kind=one.kind,
        source=source,
        cause=named.code,
        status=_telling_status(one.status, find_status(one.said) or find_status(named.line)),
        reply=one.reply or find_reply(one.said) or find_reply(named.line),
        diagnostic=named.line,
        rule=f"{one.found}; {named.rule}" if named.rule else one.found,
        at=at,
        remote_host=one.host or host_in(one.said),
        campaign=campaign_of(notice),
        message_id=message_id_of(notice),
        new_address=one.new_address or _moved(one, named.code),
        file=file,
        key=_key(notice, one, content),
    )


def _is_unsure(notice: Notice, named: Named, source: str) -> bool:
    """Tell whether neither a reason nor the sender says that what was read is a bounce."""
    if source == "mentioned" and named.code[:1] == "P" and named.rule.startswith("hint"):
        return not (notice.original or words_speak(notice))
    if source not in _READ_FROM_TEXT or named.rule != NO_REASON:
        return False
    if source == "listed" and is_from_mailer_daemon(notice):
        return False
    return not (is_surely_from_a_system(notice) and speaks_of_delivery(notice))


def _moved(one: Failure, cause: str) -> str:
    """Return where the refusal of a bad address says that its holder went."""
    return forward_in(one.said, one.address) if cause in ("P3", "T7") else ""


def _telling_status(given: str, said: str) -> str:
    """Choose between the status of a report and that in the server's words: X.0.0 tells less."""
    return said if said and (not given or given.endswith(".0.0")) else given


def _key(notice: Notice, one: Failure, content: bytes) -> str:
    """Tell the same notice read twice, from whatever file: its Message-ID, else its bytes."""
    known = ses.key_of_mail(one.kind, one.address, message_id_of(notice))
    if known:
        return known
    own = notice.message.get("message-id").strip("<> \t").encode("utf-8", "replace")
    own = own or content.replace(b"\r\n", b"\n").strip()
    parts = [own, one.address.lower().encode("utf-8", "replace"), one.kind.value.encode()]
    return hashlib.sha256(b"\0".join([*parts, one.action.encode("utf-8", "replace")])).hexdigest()


def _structure(notice: Notice) -> tuple[str, ...]:
    """Describe what a message holds, a line each."""
    lines = [f"subject: {notice.subject[:200]}", f"type: {notice.message.type}"]
    lines += [f"delivery report: {len(text)} characters" for text in notice.report]
    lines += [f"feedback report: {len(text)} characters" for text in notice.feedback]
    lines.append(f"text: {len(notice.words)} characters before the returned mail")
    lines.append(f"returned mail: {len(notice.original)} headers")
    return tuple(lines)
