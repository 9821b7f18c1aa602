"""The report as JUnit XML: a suite a list, a case a rule."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from ..address.mask import printable
from ..model.report import Gate, ListReport, Report, SenderReport, unaccepted
from ..model.rule import Severity
from .options import Presentation
from .tally import Tally, tally

NAME = "junit"


def render(report: Report, how: Presentation) -> str:
    """Write the suites; a rule of severity error fails its case, a skipped one is skipped."""
    root = ET.Element("testsuites", name="listhygiene")
    for one in report.lists:
        _list(root, report, one, how)
    for sender in report.senders:
        _sender(root, report, sender, how)
    _gate(root, report, how)
    for key in ("tests", "failures", "errors"):
        root.set(key, str(sum(int(suite.get(key, "0")) for suite in root)))
    ET.indent(root)
    _keep_to_xml(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _keep_to_xml(root: ET.Element) -> None:
    """Escape what XML 1.0 (section 2.2) allows in no document, in whatever place it stands."""
    for one in root.iter():
        one.text = _XML.sub(_escape, one.text) if one.text else one.text
        for name, value in one.attrib.items():
            one.set(name, _XML.sub(_escape, value))


_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _escape(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"


def _list(root: ET.Element, report: Report, one: ListReport, how: Presentation) -> None:
    path = one.contacts.listing.path
    suite = ET.SubElement(root, "testsuite", name=printable(path), file=printable(path))
    heaviest_last = reversed(tally(report, one, how.examples))
    counted = {it.rule.code: it for it in heaviest_last}
    for code, rule in report.rules.items():
        if rule.table == "senders":
            continue
        name = f"{code} {rule.name}"
        case = ET.SubElement(suite, "testcase", classname=printable(path), name=name)
        if code in report.skipped:
            ET.SubElement(case, "skipped", message=how.say(report.skipped[code]))
        elif code in counted:
            _found(case, counted[code], how)
    _total(suite)


def _found(case: ET.Element, it: Tally, how: Presentation) -> None:
    text = _sentence(it, how)
    if it.severity == Severity.ERROR:
        failure = ET.SubElement(case, "failure", type=it.rule.name, message=text)
        failure.text = how.say(it.rule.remedy)
    else:
        ET.SubElement(case, "system-out").text = f"{how.say(it.severity)}: {text}"


def _sentence(it: Tally, how: Presentation) -> str:
    lines = ", ".join(str(line) for line in it.lines)
    more = ", …" if it.count > len(it.lines) else ""
    text = f"{how.say(it.rule.message)} {it.count} ({how.say('lines')} {lines}{more})"
    return printable(text)


def _sender(root: ET.Element, report: Report, one: SenderReport, how: Presentation) -> None:
    name = f"{how.say('sender')} {how.mask(one.address)}"
    suite = ET.SubElement(root, "testsuite", name=printable(name))
    new = unaccepted(one.findings)
    found = {
        str(code): (str(severity), str(detail))
        for code, severity, detail in zip(new["rule"], new["severity"], new["detail"], strict=True)
    }
    for code, rule in report.rules.items():
        if rule.table != "senders":
            continue
        case = ET.SubElement(suite, "testcase", classname="sender", name=f"{code} {rule.name}")
        severity, detail = found.get(code, ("", ""))
        said = f"{how.say(rule.message)} {how.say(detail)}".strip()
        text, *more = (printable(line) for line in said.splitlines())
        if severity == Severity.ERROR:
            failure = ET.SubElement(case, "failure", type=rule.name, message=text)
            failure.text = "\n".join([*more, how.say(rule.remedy)])
        elif severity:
            whole = "\n".join([text, *more])
            ET.SubElement(case, "system-out").text = f"{how.say(severity)}: {whole}"
        elif code in report.skipped:
            ET.SubElement(case, "skipped", message=how.say(report.skipped[code]))
    _total(suite)


def _gate(root: ET.Element, report: Report, how: Presentation) -> None:
    suite = ET.SubElement(root, "testsuite", name="gate")
    case = ET.SubElement(suite, "testcase", classname="gate", name="gate")
    if report.decision.gate != Gate.OPEN:
        reasons = [how.say(str(one)) for one in report.decision.reasons]
        ET.SubElement(
            case, "failure", type="gate", message=str(report.decision.gate)
        ).text = "\n".join(printable(one) for one in reasons)
    _total(suite)


def _total(suite: ET.Element) -> None:
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(len(suite.findall("testcase/failure"))))
    suite.set("errors", "0")
    suite.set("skipped", str(len(suite.findall("testcase/skipped"))))
