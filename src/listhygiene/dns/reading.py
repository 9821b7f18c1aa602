"""Replies read with dnspython: the records that a message holds, or what is wrong with it."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from ..model.answer import Question, Records, Status
from .ladder import FOREIGN, PAYLOAD, Fault, Kind
from .names import to_labels

MAX_ALIASES = 16
"""A longer chain of CNAMEs is refused, as resolvers do."""
_REFUSALS = (dns.rcode.FORMERR, dns.rcode.SERVFAIL, dns.rcode.NOTIMP, dns.rcode.REFUSED)


def make_query(question: Question, number: int, *, edns: bool = True) -> dns.message.Message:
    """Make the message that asks a question: recursion desired, EDNS with a safe size.

    Raises ValueError where the name or the type cannot be asked.
    """
    labels = to_labels(question[0])
    if labels is None:
        raise ValueError("not a DNS name")
    try:
        kind = dns.rdatatype.from_text(question[1])
    except (dns.exception.DNSException, ValueError) as error:
        raise ValueError("not a record type") from error
    return dns.message.make_query(
        dns.name.Name((*labels, b"")),
        kind,
        use_edns=0 if edns else False,
        payload=PAYLOAD if edns else None,
        id=number,
    )


def read_reply(wire: bytes, asked: bytes, at: datetime) -> Records | Fault:
    """Read the reply to `asked` (the message that was sent): its records, or what is wrong.

    Of a reply with records only the question and the answer section are read: what stands behind
    them changes nothing. The question must come back byte for byte, letters included.
    """
    if len(wire) < 12 or wire[:2] != asked[:2]:
        return FOREIGN
    flags, questions, answers = struct.unpack_from("!HHH", wire, 2)
    if not flags & dns.flags.QR or dns.opcode.from_flags(flags) != dns.opcode.QUERY:
        return FOREIGN
    rcode = flags & 15
    if questions == 0 and rcode in _REFUSALS:
        return _refuse(rcode)  # an error reply may lack the question; it only leads to another try
    match = _compare_question(wire, asked, questions)
    if match is not None:
        return match
    if flags & dns.flags.TC:
        return Fault(Kind.TRUNCATED, "truncated")
    if answers:
        wire = wire[:8] + b"\0\0\0\0" + wire[12:]
    try:
        message = dns.message.from_wire(wire, ignore_trailing=True)
        return _read_message(message, at)
    except (dns.exception.DNSException, ValueError, struct.error, IndexError):
        return FOREIGN


def question_end(asked: bytes) -> int:
    """Return where the question section of a message of ours ends."""
    place = 12
    while asked[place]:
        place += asked[place] + 1
    return place + 5


def _compare_question(wire: bytes, asked: bytes, questions: int) -> Fault | None:
    """Say what is wrong with the question that came back; None where it is ours."""
    end = question_end(asked)
    if questions != 1 or len(wire) < end:
        return FOREIGN
    if wire[12:end] == asked[12:end]:
        return None
    ours = asked[12 : end - 4]
    if wire[12 : end - 4].lower() != ours.lower() or wire[end - 4 : end] != asked[end - 4 : end]:
        return FOREIGN
    # Names are equal whatever the case (RFC 4343); it matters only where our letters were mixed.
    return None if ours == ours.lower() else Fault(Kind.CASE, "question altered")


def _refuse(rcode: int) -> Fault:
    """Turn an error code into a fault; FORMERR, NOTIMP and BADVERS may mean EDNS (RFC 6891 7)."""
    kinds = (dns.rcode.FORMERR, dns.rcode.NOTIMP, dns.rcode.BADVERS)
    kind = Kind.FORMAT if rcode in kinds else Kind.REFUSAL
    return Fault(kind, dns.rcode.to_text(dns.rcode.Rcode.make(rcode)))


def _read_message(message: dns.message.Message, at: datetime) -> Records | Fault:
    rcode = message.rcode()
    if rcode not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
        return _refuse(rcode)
    (question,) = message.question
    if question.rdclass != dns.rdataclass.IN:
        return FOREIGN
    found = _follow(message, question.name, question.rdtype)
    if found is None:
        return Fault(Kind.REFUSAL, "alias loop")
    name, rrset, ttl = found
    if rrset is not None:
        if rcode == dns.rcode.NXDOMAIN:  # RFC 6604 3: the code speaks of the last name
            return Fault(Kind.REFUSAL, "contradictory answer")
        return Records(Status.OK, show_records(rrset), min(ttl, rrset.ttl), at)
    keep = _negative_ttl(message.authority, name)
    if rcode == dns.rcode.NXDOMAIN:
        return Records(Status.NXDOMAIN, (), min(ttl, keep or 0), at)
    if keep is None and name != question.name:
        return Fault(Kind.REFUSAL, "alias not followed")  # nothing says that the target lacks it
    if keep is None and any(one.rdtype == dns.rdatatype.NS for one in message.authority):
        return Fault(Kind.REFUSAL, "referral")  # RFC 2308 2.2: names other servers, answers nothing
    return Records(Status.NODATA, (), min(ttl, keep or 0), at)


def _follow(
    message: dns.message.Message, name: dns.name.Name, kind: Any
) -> tuple[dns.name.Name, dns.rrset.RRset | None, int] | None:
    """Follow the CNAMEs to the records asked for; None where the chain has no end."""
    rrsets = {(one.name, one.rdtype): one for one in message.answer if one.rdclass == 1}
    ttl = 2**31 - 1
    for _ in range(MAX_ALIASES):
        rrset = rrsets.get((name, kind))
        alias = rrsets.get((name, dns.rdatatype.CNAME))
        if rrset is not None or alias is None:
            return name, rrset, ttl
        ttl = min(ttl, alias.ttl)
        name = alias[0].target
    return None


def _negative_ttl(authority: Iterable[dns.rrset.RRset], name: dns.name.Name) -> int | None:
    """Return how long an absence may be kept: the smaller of the SOA's TTL and MINIMUM.

    RFC 2308 5; None without the SOA of a zone that holds the name: then it must not be kept.
    """
    for one in authority:
        if one.rdtype == dns.rdatatype.SOA and one.rdclass == 1 and name.is_subdomain(one.name):
            return min(one.ttl, int(one[0].minimum))
    return None


def show_records(rrset: dns.rrset.RRset) -> tuple[str, ...]:
    """Return the records in presentation form, sorted, each once; see `Records.texts`."""
    show: Callable[[Any], str] = _SHOWN.get(int(rrset.rdtype), str)
    return tuple(sorted({show(one) for one in rrset}))


def show_name(name: dns.name.Name) -> str:
    """Return a name in lower case without its final dot; the root is '.'."""
    return name.to_text(omit_final_dot=len(name) > 1).lower()


def _show_strings(record: Any) -> str:
    """Join the strings of a TXT record (RFC 7208 3.3), one character a byte (Latin-1)."""
    return b"".join(record.strings).decode("latin-1")


_SHOWN: dict[int, Callable[[Any], str]] = {
    int(dns.rdatatype.MX): lambda one: f"{one.preference} {show_name(one.exchange)}",
    int(dns.rdatatype.TXT): _show_strings,
    int(dns.rdatatype.CNAME): lambda one: show_name(one.target),
    int(dns.rdatatype.NS): lambda one: show_name(one.target),
    int(dns.rdatatype.PTR): lambda one: show_name(one.target),
}
