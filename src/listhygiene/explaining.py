"""One notice explained: what was read, which knowledge decided, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator

from .address.mask import printable
from .blocks import remedy, title
from .model.bounce import CAUSE_NAMES, Event, Kind
from .policy import Policy
from .reports.options import Presentation
from .returns import explain_bounces, line_of

SHOWN = ("address", "kind", "type", "status", "reply", "at", "source", "rule", "diagnostic")
"""The fields of an event that are told, in this order; `diagnostic` is the line that decided."""

LABELS = {"diagnostic": "line that decided", "rule": "what decided", "source": "read as"}


def explained(path: str, policy: Policy, how: Presentation) -> Iterator[str]:
    """Yield the lines that explain each message, document or row of a file.

    Without whole addresses the words of the server and of the message are masked as well.
    Raises UnreadableBounces.
    """
    first = True
    for name, told, events in explain_bounces(path):
        if not first:
            yield ""
        first = False
        yield printable(name)
        if told is not None:
            yield from (f"  {_masked(how.say(one), how)}" for one in told.structure)
            asked = ", ".join(f"{source} {number}" for source, number in told.asked)
            yield f"  {how.say('asked, with the recipients found')}: {asked or '-'}"
            yield f"  {how.say('believed')}: {told.source or '-'}"
        for event in events:
            yield ""
            yield from (f"  {line}" for line in _event(event, policy, how))


def _event(event: Event, policy: Policy, how: Presentation) -> Iterator[str]:
    line = line_of(event)
    for name in SHOWN:
        value = line[name]
        if not value:
            continue
        text = how.mask(value) if name == "address" else _masked(str(value), how)
        if name in ("kind", "type"):
            text = how.say(text)
        yield f"{how.say(LABELS.get(name, name))}: {text}"
    if event.cause:
        named = f"{event.cause} {CAUSE_NAMES[event.cause]}"
        yield f"{how.say('cause')}: {named} ({title(event.cause, how.lang)})"
    if event.cause and event.kind in (Kind.BOUNCE, Kind.DELAY, Kind.AUTO_REPLY, Kind.COMPLAINT):
        yield f"{how.say('Remedy')}: {remedy(event.cause, policy)}"
    for label, value in (("remote host", event.remote_host), ("campaign", event.campaign)):
        if value:
            yield f"{how.say(label)}: {_masked(value, how)}"
    if event.new_address:
        yield f"{how.say('new address (proposed)')}: {how.mask(event.new_address)}"
    if event.kind is Kind.UNDECIDED:
        yield how.say("It could not be decided; a person has to look at it.")


def _masked(text: str, how: Presentation) -> str:
    """Return a text with the addresses in it masked, as far as they are to be."""
    from .bounces.addressing import ADDRESS

    if "@" in text and not how.show_addresses:
        text = ADDRESS.sub(lambda found: how.mask(found[0]), text)
    return printable(text)
