"""The six-monthly examination on the command line: each cause on the side that it speaks of."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from hall import Answers
from listhygiene.cli.main import main
from listhygiene.model.answer import Records, Status

BLOCKS = """address,type,cause,since
gone@gone-now.co.jp,permanent,P2,2025-02-02
back@back-now.co.jp,temporary,T1,2025-02-02
also@back-now.co.jp,permanent,P2,2025-02-02
unsure@unsure-now.co.jp,temporary,T1,2025-02-02
signed@corp-one.co.jp,temporary,T3,2025-02-02
nobody@corp-one.co.jp,permanent,P3,2025-02-02
full@corp-one.co.jp,temporary,T4,2025-02-02
"""
FROM = "news@sender-one.co.jp"
KEY = (
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEApNF/Sr2g4iyBxOCIFYA8RJbu0JAJg5qvN1vUFXDeD5o6A+RZ"
    "ebDdZtzGmJVYo0p6sNG8ON0hUiDnAPgUKFyD8M41W93JTWnU3CQ+bLItv2hBUZkXTifX9tAdoVUCDWFw9u1ywzvcwapw"
    "91zIy7cIKQZwKBpqeCNR6FwkEQrfSHXyG/3v53qu1xpzX3EqjbKZkHpWLVyHiolShIYFOwkzRi3DLOzuoDDvk0TA2v29"
    "s+ApSq8Y68sEu830drzaNlnkjfQpRU0iCHbcXPti6ytK8sHRAegrIF9wMXQsKl+VeScQSX/rxy7y4DUv8WcH6zaG/tun"
    "VshDjWvEkSfiMpZemQIDAQAB"
)
GOOD = {
    "sender-one.co.jp": "v=spf1 ip4:192.0.2.1 -all",
    "_dmarc.sender-one.co.jp": "v=DMARC1; p=none; rua=mailto:a@sender-one.co.jp",
    "s1._domainkey.sender-one.co.jp": "v=DKIM1; p=" + KEY,
}


class Zone(Answers):
    """Answers of which the text records are known too; silent: names that give no answer."""

    def __init__(self, texts: Mapping[str, str], silent: Iterable[str] = ()) -> None:
        super().__init__({"gone-now.co.jp": "nxdomain", "unsure-now.co.jp": "unknown"})
        self.texts, self.silent = texts, set(silent)

    def query(self, questions: Iterable[object], progress: object = None) -> dict[object, object]:
        return {one: self._answer(*one) for one in questions}  # type: ignore[misc]

    def _answer(self, name: str, kind: str) -> Records:
        if name in self.silent:
            return Records(Status.UNKNOWN, why="timeout")
        text = self.texts.get(name, "") if kind == "TXT" else ""
        return Records(Status.OK, (text,)) if text else Records(Status.NXDOMAIN)


@pytest.fixture(autouse=True)
def blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LISTHYGIENE_BLOCKLIST", str(tmp_path / "blocks.db"))
    Path("blocks.csv").write_text(BLOCKS, encoding="utf-8")
    assert main(["blocklist", "import", "blocks.csv"]) == 0


def recheck(
    zone: Answers, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str
) -> dict[str, str]:
    monkeypatch.setattr("listhygiene.blocks.open_policy_lookup", lambda policy: zone)
    capsys.readouterr()
    assert main(["blocklist", "recheck", "--format", "json", "--lang", "en", *words]) == 0
    rows = json.loads(capsys.readouterr().out)
    return {row["address"].partition("@")[0]: row["outcome"] for row in rows}


def blocked(capsys: pytest.CaptureFixture[str]) -> set[str]:
    capsys.readouterr()
    assert main(["blocklist", "list", "--format", "json"]) == 0
    return {row["address"].partition("@")[0] for row in json.loads(capsys.readouterr().out)}


EVERYBODY = {"gone", "back", "also", "unsure", "signed", "nobody", "full"}
SIGNED = ["--from", FROM, "--dkim-selector", "s1"]


def test_each_cause_is_examined_on_its_side(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    expected = {
        "gone": "standing", "back": "resolved", "also": "resolved", "unsure": "unknown",
        "signed": "resolved", "nobody": "person", "full": "person",
    }  # fmt: skip
    assert recheck(Zone(GOOD), monkeypatch, capsys, "--dry-run", *SIGNED) == expected
    assert blocked(capsys) == EVERYBODY
    assert recheck(Zone(GOOD), monkeypatch, capsys, *SIGNED) == expected
    assert blocked(capsys) == EVERYBODY - {"back", "also", "signed"}
    assert recheck(Zone(GOOD), monkeypatch, capsys, *SIGNED) == {"unsure": "unknown"}


@pytest.mark.parametrize(
    ("zone", "words", "outcome"),
    [
        (Zone(GOOD), [], "unknown"),
        (Zone({}), SIGNED, "standing"),
        (Zone({**GOOD, "sender-one.co.jp": "v=spf1 +all"}), SIGNED, "standing"),
        (Zone(GOOD, ["sender-one.co.jp"]), SIGNED, "unknown"),
        (Zone(GOOD, ["_dmarc.sender-one.co.jp"]), SIGNED, "unknown"),
        (Zone(GOOD, ["s1._domainkey.sender-one.co.jp"]), SIGNED, "unknown"),
        (Zone(GOOD), ["--from", "ann@gmail.com"], "standing"),
    ],
)
def test_the_senders_authentication_decides(
    zone: Zone,
    words: list[str],
    outcome: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert recheck(zone, monkeypatch, capsys, *words)["signed"] == outcome
    assert "signed" in blocked(capsys)


def test_without_a_selector_nobody_knows_of_dkim(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert recheck(Zone(GOOD), monkeypatch, capsys, "--from", FROM)["signed"] == "unknown"
