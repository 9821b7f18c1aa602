"""SPF, DKIM and DMARC are read as their RFCs say, ranges as ranges."""

from __future__ import annotations

import base64
import contextlib
import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listhygiene.authentication.dkim import read_key, rsa_bits
from listhygiene.authentication.dmarc import find_dmarc, walk
from listhygiene.authentication.macro import expand
from listhygiene.authentication.spf import Walk, evaluate, find_record
from listhygiene.authentication.terms import SpfError, SpfUnknownError, parse
from listhygiene.model.answer import Records, Status

UNKNOWN = Records(Status.UNKNOWN, why="timeout")


def asked(table):
    """Make an `ask` of {(name, type): texts}; a name that is not there does not exist."""

    def ask(name, kind):
        said = table.get((name, kind))
        if said == "unknown":
            return UNKNOWN
        if said is None:
            known = any(one == name for one, _ in table)
            return Records(Status.NODATA if known else Status.NXDOMAIN)
        return Records(Status.OK, tuple(said))

    return ask


def spf(record, network, **others):
    """Evaluate a record of d.test for a range; other records as name=texts."""
    table = {("d.test", "TXT"): [record]}
    table |= {(name.replace("_", "."), "TXT"): [text] for name, text in others.items()}
    walk_ = Walk(asked(table))
    parts = evaluate(walk_, "d.test", [ipaddress.ip_network(network)])
    return sorted((str(one), said) for one, said in parts), walk_


@pytest.mark.parametrize(
    ("record", "network", "expected"),
    [
        ("v=spf1 ip4:192.0.2.0/24 -all", "192.0.2.0/25", [("192.0.2.0/25", "pass")]),
        ("v=spf1 ip4:192.0.2.0/24 -all", "192.0.2.7/32", [("192.0.2.7/32", "pass")]),
        ("v=spf1 ip4:192.0.2.7 -all", "192.0.2.7/32", [("192.0.2.7/32", "pass")]),
        (
            "v=spf1 ip4:192.0.2.0/25 -all",
            "192.0.2.0/24",
            [("192.0.2.0/25", "pass"), ("192.0.2.128/25", "fail")],
        ),
        ("v=spf1 -ip4:192.0.2.0/24 +all", "192.0.2.0/24", [("192.0.2.0/24", "fail")]),
        ("v=spf1 ~all", "192.0.2.0/24", [("192.0.2.0/24", "softfail")]),
        ("v=spf1 ?all", "192.0.2.0/24", [("192.0.2.0/24", "neutral")]),
        ("v=spf1", "192.0.2.0/24", [("192.0.2.0/24", "neutral")]),
        ("V=SPF1 IP4:192.0.2.0/24 -ALL", "192.0.2.0/24", [("192.0.2.0/24", "pass")]),
        ("v=spf1 ip6:2001:db8::/32 -all", "2001:db8:1::/48", [("2001:db8:1::/48", "pass")]),
        ("v=spf1 ip6:2001:db8::/32 -all", "192.0.2.0/24", [("192.0.2.0/24", "fail")]),
        ("v=spf1 ip6:2001:db8::/36 -all", "2001:db8:1::/48", [("2001:db8:1::/48", "pass")]),
        ("v=spf1 ip6:2001:db8::1 -all", "2001:db8::1/128", [("2001:db8::1/128", "pass")]),
        ("v=spf1 exists:%{i}.d.test -all", "192.0.2.0/24", [("192.0.2.0/24", "unknown")]),
        ("v=spf1 exists:%{i}.d.test +all", "192.0.2.0/24", [("192.0.2.0/24", "pass")]),
        ("v=spf1 -exists:%{i}.d.test ~all", "192.0.2.0/24", [("192.0.2.0/24", "unknown")]),
        ("v=spf1 ptr ip4:192.0.2.0/24 -all", "192.0.2.0/24", [("192.0.2.0/24", "pass")]),
        ("v=spf1 ptr -all", "192.0.2.0/24", [("192.0.2.0/24", "unknown")]),
        (
            "v=spf1 exists:%{i}.d.test ip4:192.0.2.0/25 -all",
            "192.0.2.0/24",
            [("192.0.2.0/25", "pass"), ("192.0.2.128/25", "unknown")],
        ),
        ("v=spf1 -all include:none.test", "192.0.2.0/24", [("192.0.2.0/24", "fail")]),
        ("v=spf1 ~all ip4:192.0.2.0/24", "192.0.2.0/24", [("192.0.2.0/24", "softfail")]),
        ("v=spf1 x-new=1 -all", "192.0.2.0/24", [("192.0.2.0/24", "fail")]),
    ],
)
def test_a_range_is_compared_as_a_range(record, network, expected):
    assert spf(record, network)[0] == expected


def test_includes_and_redirects_are_followed_and_counted():
    parts, walk_ = spf(
        "v=spf1 include:a.test redirect=b.test",
        "192.0.2.0/24",
        a_test="v=spf1 ip4:192.0.2.0/25 -all",
        b_test="v=spf1 ip4:192.0.2.128/25 ~all",
    )
    assert parts == [("192.0.2.0/25", "pass"), ("192.0.2.128/25", "pass")]
    assert walk_.lookups == 2


def test_a_fail_inside_an_include_is_no_match():
    parts, _ = spf("v=spf1 include:a.test ~all", "192.0.2.0/24", a_test="v=spf1 -all")
    assert parts == [("192.0.2.0/24", "softfail")]


def test_a_and_mx_take_the_addresses_of_the_hosts():
    table = {
        ("d.test", "TXT"): ["v=spf1 a/28 mx -all"],
        ("d.test", "A"): ["192.0.2.1"],
        ("d.test", "MX"): ["10 m.test"],
        ("m.test", "A"): ["192.0.2.64"],
        ("m.test", "AAAA"): ["2001:db8::5"],
    }
    walk_ = Walk(asked(table))
    ranges = [ipaddress.ip_network(one) for one in ("192.0.2.0/28", "192.0.2.64/32")]
    parts = evaluate(walk_, "d.test", ranges)
    assert {said for _, said in parts} == {"pass"}
    assert walk_.lookups == 2


@pytest.mark.parametrize(
    ("table", "match"),
    [
        ({("d.test", "TXT"): ["v=spf1 -all", "v=spf1 ~all"]}, "2 SPF records"),
        ({("d.test", "TXT"): ["v=spf1 ip4:300.1.1.1 -all"]}, "IPv4"),
        ({("d.test", "TXT"): ["v=spf1 ip4:192.0.2.0/33 -all"]}, "prefix|IPv4"),
        ({("d.test", "TXT"): ["v=spf1 frob -all"]}, "no mechanism"),
        ({("d.test", "TXT"): ["v=spf1 include: -all"]}, "missing"),
        ({("d.test", "TXT"): ["v=spf1 include:none.test -all"]}, "no SPF record"),
        ({("d.test", "TXT"): ["v=spf1 redirect=none.test"]}, "no SPF record"),
        ({("d.test", "TXT"): ["v=spf1 include:d.test -all"]}, "itself"),
        ({("d.test", "TXT"): ["v=spf1 redirect=a.test redirect=b.test"]}, "twice"),
        ({("d.test", "TXT"): ["v=spf1 &bad -all"]}, "no term"),
        ({("d.test", "TXT"): ["v=spf1 ip6:2001:db8::/129 -all"]}, "IPv6"),
        ({("d.test", "TXT"): ["v=spf1 include:a.test/24 -all"]}, "takes no prefix"),
        ({("d.test", "TXT"): ["v=spf1 -all/24"]}, "takes no prefix"),
        ({("d.test", "TXT"): ["v=spf1 -all:a.test"]}, "takes no value"),
        ({("d.test", "TXT"): ["v=spf1 a: -all"]}, "missing"),
        ({("d.test", "TXT"): ["v=spf1 a/33 -all"]}, "too long"),
        ({("d.test", "TXT"): ["v=spf1 a//129 -all"]}, "too long"),
        ({("d.test", "TXT"): ["v=spf1 include:localhost -all"]}, "names no domain"),
        ({("d.test", "TXT"): ["v=spf1 exists:%{z}.d.test -all"]}, "names no domain"),
        ({("d.test", "TXT"): ["v=spf1 exists:%{d0}.d.test -all"]}, "names no domain"),
        ({("d.test", "TXT"): ["v=spf1 exists:%.d.test -all"]}, "names no domain"),
        ({("d.test", "TXT"): ["v=spf1 include:%{z} -all"]}, "names no domain"),
        ({("d.test", "TXT"): ["v=spf1 redirect=b.123"]}, "names no domain"),
    ],
)
def test_a_record_that_cannot_be_evaluated_is_a_permanent_error(table, match):
    with pytest.raises(SpfError, match=match):
        evaluate(Walk(asked(table)), "d.test", [ipaddress.ip_network("192.0.2.0/24")])


def test_a_loop_of_two_is_seen():
    table = {
        ("d.test", "TXT"): ["v=spf1 include:a.test -all"],
        ("a.test", "TXT"): ["v=spf1 include:d.test -all"],
    }
    with pytest.raises(SpfError, match="itself"):
        evaluate(Walk(asked(table)), "d.test", [])


def test_no_answer_is_unknown_and_no_error():
    table = {
        ("d.test", "TXT"): ["v=spf1 include:a.test -all"],
        ("a.test", "TXT"): "unknown",
    }
    with pytest.raises(SpfUnknownError):
        evaluate(Walk(asked(table)), "d.test", [ipaddress.ip_network("192.0.2.0/24")])


def test_lookups_and_void_lookups_are_counted_through_includes():
    table = {("d.test", "TXT"): ["v=spf1 include:i0.test -all"]}
    for n in range(12):
        table[(f"i{n}.test", "TXT")] = [f"v=spf1 include:i{n + 1}.test exists:void{n}.test -all"]
    table[("i12.test", "TXT")] = ["v=spf1 -all"]
    walk_ = Walk(asked(table))
    evaluate(walk_, "d.test", [ipaddress.ip_network("192.0.2.0/24")])
    assert walk_.lookups == 25
    assert walk_.void == 12


def test_other_texts_beside_the_record_do_not_matter():
    table = {("d.test", "TXT"): ["site-verification=1", "v=spf10 x", "v=spf1 -all"]}
    assert find_record(Walk(asked(table)), "d.test") == "v=spf1 -all"


@given(st.text(max_size=80))
def test_any_record_is_read_or_refused(text):
    with contextlib.suppress(SpfError):
        assert all(term.text for term in parse(f"v=spf1 {text}"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("%{d}", "d.test"),
        ("_spf.%{d}", "_spf.d.test"),
        ("%{dr}", "test.d"),
        ("%{d1}", "test"),
        ("%{o}", "d.test"),
        ("%%{x}%_%-", "%{x} %20"),
        ("%{i}.x", None),
        ("%{ir}.%{v}._spf.%{d2}", None),
    ],
)
def test_macros_that_the_domain_fills(text, expected):
    assert expand(text, "d.test") == expected


def test_a_name_that_grows_too_long_loses_labels_from_the_left():
    made = expand("x." * 130 + "d.test", "d.test")
    assert len(made) == 252
    assert made.endswith(".x.d.test")


def rsa_der(bits):
    """Make the DER of an RSA public key of some length (RFC 8017, in SubjectPublicKeyInfo)."""

    def tagged(tag, body):
        size = len(body)
        if size < 128:
            return bytes([tag, size]) + body
        length = size.to_bytes((size.bit_length() + 7) // 8, "big")
        return bytes([tag, 0x80 | len(length)]) + length + body

    modulus = (1 << (bits - 1)) | 1
    number = modulus.to_bytes(bits // 8 + 1, "big")
    key = tagged(0x30, tagged(0x02, number) + tagged(0x02, b"\x01\x00\x01"))
    algorithm = tagged(0x30, bytes.fromhex("06092a864886f70d010101") + b"\x05\x00")
    return tagged(0x30, algorithm + tagged(0x03, b"\x00" + key))


@pytest.mark.parametrize("bits", [512, 1024, 2048, 4096])
def test_the_length_of_an_rsa_key(bits):
    assert rsa_bits(rsa_der(bits)) == bits


def b64(content):
    return base64.b64encode(content).decode()


@pytest.mark.parametrize(
    ("record", "problem", "warning"),
    [
        (f"v=DKIM1; k=rsa; p={b64(rsa_der(2048))}", "", ""),
        (f"p={b64(rsa_der(2048))}", "", ""),
        (f"v=DKIM1; p={b64(rsa_der(1024))}", "", "1024 bits"),
        (f"v=DKIM1; p={b64(rsa_der(512))}", "512 bits", ""),
        (f"v=DKIM1; k=ed25519; p={b64(bytes(32))}", "", ""),
        (f"v=DKIM1; k=ed25519; p={b64(bytes(31))}", "32 bytes", ""),
        ("v=DKIM1; p=", "revoked", ""),
        ("v=DKIM1; k=rsa", "no key", ""),
        ("v=DKIM1; p=!!!", "cannot be read", ""),
        ("v=DKIM1; p=AAAA", "cannot be read", ""),
        (f"v=DKIM1; t=y; p={b64(rsa_der(2048))}", "", "test mode"),
        (f"v=DKIM1; k=dsa; p={b64(rsa_der(2048))}", "unknown kind", ""),
        (f"v=DKIM1; h=sha1; p={b64(rsa_der(2048))}", "SHA-256", ""),
        ("just text", "cannot be read", ""),
    ],
)
def test_a_dkim_key_is_read(record, problem, warning):
    key = read_key("s1", "s1._domainkey.d.test", record)
    assert (problem in key.problem) if problem else not key.problem
    assert (warning in key.warning) if warning else not key.warning


def dmarc(domain="a.d.test", exists=True, **records):
    table = {
        (f"_dmarc.{name.replace('_', '.')}", "TXT"): text if text == "unknown" else [text]
        for name, text in records.items()
    }
    return find_dmarc(asked(table), domain, exists)


def test_the_own_record_counts_before_the_parents():
    found = dmarc(a_d_test="v=DMARC1; p=reject", d_test="v=DMARC1; p=none; sp=quarantine")
    assert (found.policy, found.at, found.inherited) == ("reject", "a.d.test", False)
    assert found.organization == "d.test"


@pytest.mark.parametrize(
    ("record", "exists", "policy"),
    [
        ("v=DMARC1; p=reject", True, "reject"),
        ("v=DMARC1; p=reject; sp=none", True, "none"),
        ("v=DMARC1; p=none; sp=quarantine; np=reject", True, "quarantine"),
        ("v=DMARC1; p=none; sp=quarantine; np=reject", False, "reject"),
        ("v=DMARC1; rua=mailto:r@d.test", True, "none"),
        ("v=DMARC1; p=frob; rua=mailto:r@d.test", True, "none"),
    ],
)
def test_a_subdomain_inherits(record, exists, policy):
    found = dmarc(exists=exists, d_test=record)
    assert (found.policy, found.inherited, found.at) == (policy, True, "d.test")


def test_psd_marks_where_the_walk_ends():
    found = dmarc(domain="a.d.test", test="v=DMARC1; p=reject; psd=y")
    assert found.organization == "d.test"
    assert found.policy == "reject"
    stopped = dmarc(
        domain="a.d.test", a_d_test="v=DMARC1; p=none; psd=n", d_test="v=DMARC1; p=reject"
    )
    assert stopped.organization == "a.d.test"


def test_the_walk_is_short_for_long_names():
    names = walk("a.b.c.d.e.f.g.h.i.j.test")
    assert names[0] == "a.b.c.d.e.f.g.h.i.j.test"
    assert names[1] == "e.f.g.h.i.j.test"
    assert names[-1] == "test"
    assert len(names) == 8


def test_several_records_count_as_none_and_are_said():
    table = {("_dmarc.d.test", "TXT"): ["v=DMARC1; p=none", "v=DMARC1; p=reject"]}
    found = find_dmarc(asked(table), "d.test")
    assert not found.policy
    assert "2 records" in found.problem


def test_no_answer_is_unknown():
    assert dmarc(a_d_test="unknown").unknown


@pytest.mark.parametrize(
    ("record", "other", "aligned"),
    [
        ("v=DMARC1; p=reject", "mail.d.test", True),
        ("v=DMARC1; p=reject; adkim=s", "mail.d.test", False),
        ("v=DMARC1; p=reject; adkim=s", "d.test", True),
        ("v=DMARC1; p=reject", "other.test", False),
        ("v=DMARC1; p=reject", "notd.test", False),
    ],
)
def test_alignment(record, other, aligned):
    found = dmarc(domain="d.test", d_test=record)
    assert found.aligned(other, found.strict_dkim) == aligned


def test_obsolete_tags_are_named():
    assert dmarc(domain="d.test", d_test="v=DMARC1; p=none; pct=50").obsolete == ("pct",)
