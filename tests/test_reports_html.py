"""The HTML page: whatever a list holds is only text in it, and it needs nothing but itself."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import os
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

from listhygiene.model.report import Reason, Report
from listhygiene.pipeline import check
from listhygiene.policy import load_policy
from listhygiene.reports import html, render
from listhygiene.reports.options import Presentation
from report_samples import campaign, canaries

CORPORA = os.environ.get("LISTHYGIENE_CORPORA", "")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
OWNED = "document.documentElement.dataset.owned=1"
HOSTILE = [
    f"<script>{OWNED}</script>",
    f"</script><script>{OWNED}</script>",
    f"</style><script>{OWNED}</script>",
    f"</title></head><body onload={OWNED}>",
    f'"><img src=x onerror="{OWNED}">',
    f"' onmouseover='{OWNED}' autofocus onfocus='{OWNED}",
    f"<svg onload={OWNED}><desc>",
    f"javascript:{OWNED}",
    "<!-- ",
    "]]>",
    "&lt;b&gt;",
    "{{ 7 * 7 }}{% raw %}{# x #}",
    '<meta http-equiv="refresh" content="0;url=http://192.0.2.1/">',
    '<link rel=stylesheet href="http://192.0.2.1/x.css"><iframe src="http://192.0.2.1/">',
    "\u202egnp.exe",
    "a\x00b\x1b[2J\x85\u2028c",
    "\ud800",
    "\ufffe\uffff",
    "x" * 5000,
]


class Page(HTMLParser):
    """The tags, attributes and inline texts of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.inline: dict[str, str] = {}
        self.inside = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        self.inside = tag

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside in ("script", "style"):
            self.inline[self.inside] = self.inline.get(self.inside, "") + data

    def named(self, tag: str) -> Iterator[dict[str, str]]:
        return (attributes for name, attributes in self.tags if name == tag)


@pytest.fixture(scope="module")
def page() -> str:
    return render(campaign(), "html", Presentation())


def poisoned(texts: list[str]) -> Report:
    """Judge a list whose header, cells and name are these texts."""
    texts = [one.replace("\ud800", "?") for one in texts]  # no cell of a frame holds half a pair
    addresses = [*texts, *(f"{one}@shop.test" for one in texts), "ann@shop.test"]
    columns = {"メールアドレス": addresses}
    for place, text in enumerate(texts[:60]):
        columns[f"{text}{' ' * place}"] = ["x"] * len(addresses)
    frame = pd.DataFrame(columns).astype("str")
    changes = {
        "dns.source": ("off", "test"),
        "gate.require": ([], "test"),
        "as_of": ("2026-11-23", ""),
    }
    return check(frame, load_policy(None, folder="/nonexistent", changes=changes))


def everywhere(report: Report, text: str) -> Report:
    """Put a text into every place of a report that a file or a network may fill."""
    one = report.lists[0]
    listing = dataclasses.replace(
        one.contacts.listing, path=text, sheet=text, notes=(text,), encoding=text
    )
    contacts = dataclasses.replace(one.contacts, listing=listing)
    reason = Reason(report.decision.gate, text, text, text, text, text)
    decision = dataclasses.replace(report.decision, reasons=(reason,))
    sources = {"dns": text, "domains": {text: text}, "blocklist": {"addresses": 1}}
    return dataclasses.replace(
        report,
        lists=(dataclasses.replace(one, contacts=contacts),),
        decision=decision,
        skipped={"D401": text},
        sources=sources,
    )


def assert_only_text(text: str) -> None:
    """The page consists of our own tags and attributes, and points nowhere."""
    page = Page(text)
    allowed = {
        "a", "body", "br", "caption", "code", "dd", "desc", "div", "dl", "dt", "footer", "h1", "h2",
        "h3", "head", "header", "html", "input", "label", "li", "line", "main", "meta", "option",
        "output", "p", "rect", "script", "section", "select", "span", "style", "svg", "table",
        "tbody", "td", "text", "th", "thead", "title", "tr", "tspan", "ul",
    }  # fmt: skip
    assert {tag for tag, _ in page.tags} <= allowed
    counts = Counter(tag for tag, _ in page.tags)
    assert (counts["style"], counts["body"], counts["meta"]) == (1, 1, 5)
    assert counts["script"] <= 1
    for _, attributes in page.tags:
        assert not {name for name in attributes if name.startswith("on") or name == "style"}
        assert not {"src", "srcset", "action", "xlink:href", "srcdoc"} & set(attributes)
        assert attributes.get("href", "#").startswith("#")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2028]", text)
    text.encode("utf-8")


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_text_is_only_text_in_every_place(text: str) -> None:
    made = render(everywhere(campaign(), text), "html", Presentation(show_addresses=True))
    assert_only_text(made)
    assert "49" not in Page(made).inline.get("title", "")


def test_a_hostile_list_is_only_text() -> None:
    made = render(poisoned(HOSTILE), "html", Presentation(show_addresses=True))
    assert_only_text(made)
    assert "&lt;script&gt;document" in made


@pytest.mark.corpora
@pytest.mark.skipif(not CORPORA, reason="LISTHYGIENE_CORPORA names no folder")
def test_naughty_strings_are_only_text() -> None:
    naughty = json.loads((Path(CORPORA) / "text" / "blns.json").read_text("utf-8"))
    for show in (True, False):
        assert_only_text(render(poisoned(naughty), "html", Presentation(show_addresses=show)))


def test_the_content_policy_allows_our_own_style_and_script_and_nothing_else(page: str) -> None:
    parsed = Page(page)
    policy = next(
        one["content"]
        for one in parsed.named("meta")
        if one.get("http-equiv") == "Content-Security-Policy"
    )
    rules = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert set(rules) == {"default-src", "style-src", "script-src", "base-uri", "form-action"}
    for name in ("style", "script"):
        digest = hashlib.sha256(parsed.inline[name].encode("utf-8")).digest()
        assert rules[f"{name}-src"] == f"'sha256-{base64.b64encode(digest).decode()}'"
    assert "unsafe" not in policy
    assert "http" not in policy
    head = page[: page.index("<title>")]
    assert "Content-Security-Policy" in head


def test_the_decision_comes_first_with_reasons_and_remedies(page: str) -> None:
    order = [
        "CLOSED: do not mail this yet.",
        "22 of 300 contacts on hold",
        "gate.hold",
        "default",
        "--only send",
        "What may be done",
        "Projected bounce rate",
        "When they were last mailed",
        "Why contacts are on the blocklist",
        "Findings by rule",
        "Domains with the most",
        "Contacts with findings",
        "sender n***@aoba-shokai.example",
    ]
    text = page[page.index("<body>") :]
    places = [text.index(one) for one in order]
    assert places == sorted(places)


def test_every_picture_says_what_it_shows(page: str) -> None:
    pictures = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(pictures) > 20
    for one in pictures:
        assert 'aria-hidden="true"' in one or (
            "<title" in one and "<desc" in one and 'role="img"' in one
        )


def test_every_table_names_its_rows_and_columns(page: str) -> None:
    for table in re.findall(r"<table.*?</table>", page, re.DOTALL):
        assert 'scope="row"' in table
        assert 'scope="col"' in table or "<caption>" in table
    parsed = Page(page)
    assert all("scope" in one for one in parsed.named("th"))
    ids = [one["id"] for _, one in parsed.tags if "id" in one]
    assert len(ids) == len(set(ids))
    links = {one["href"][1:] for one in parsed.named("a")}
    assert links <= set(ids)


def test_no_verdict_and_no_severity_is_told_by_colour_alone(page: str) -> None:
    badges = re.findall(r'class="badge (\w+)">(.*?)</', page)
    assert {kind for kind, _ in badges} == {"send", "review", "hold", "error", "warning", "info"}
    signs = {"send": "✓", "review": "?", "hold": "✕", "error": "✕", "warning": "!", "info": "i"}
    assert all(text.strip().startswith(signs[kind]) for kind, text in badges)


def contrast(one: str, other: str) -> float:
    """The contrast of two colours (WCAG 2.2, relative luminance)."""

    def light(colour: str) -> float:
        wide = colour if len(colour) == 7 else "#" + "".join(sign * 2 for sign in colour[1:])
        parts = [int(wide[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [it / 12.92 if it <= 0.04045 else ((it + 0.055) / 1.055) ** 2.4 for it in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    bright, dark = sorted((light(one), light(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("place", [0, 1, 2], ids=["light", "dark", "print"])
def test_texts_and_pictures_stand_out_from_their_ground(page: str, place: int) -> None:
    blocks = re.findall(r":root \{(.*?)\}", Page(page).inline["style"], re.DOTALL)
    colours = dict(re.findall(r"--([\w-]+): (#\w+);", blocks[place]))
    for ground in ("card", "page"):
        for text in ("text", "soft", "send", "review", "hold", "note"):
            assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    for fill in ("hold-fill", "note-fill"):
        assert contrast(colours[fill], colours["card"]) >= 2, fill


def test_addresses_are_masked_unless_asked(page: str) -> None:
    assert "t***@" in page or "m***@" in page
    assert "emi.ueda@no-server.example" not in page
    whole = render(campaign(), "html", Presentation(show_addresses=True))
    assert "emi.ueda@no-server.example" in whole


def test_the_table_of_rows_is_cut_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "MOST_ROWS", 5)
    made = render(campaign(), "html", Presentation())
    assert made.count('<tr role="row" data-verdict=') == 5
    assert re.search(r"The first 5 of \d+ contacts with findings", made)
    assert made.count('data-verdict="hold"') == 5


class Loud(Presentation):
    """Says every text recognisably, to see what was not asked to be said."""

    def say(self, text: str) -> str:
        return f"«{text}»"


def test_the_page_speaks_the_readers_language() -> None:
    made = render(campaign(), "html", Loud(lang="ja"))
    assert '<html lang="ja">' in made
    body = re.sub(
        r"<(script|style|code|title|desc).*?</\1>",
        "",
        made[made.index("<body>") :],
        flags=re.DOTALL,
    )
    texts = [one.strip() for one in re.findall(r">([^<>]+)<", body)]
    said = re.compile(r"«.*»", re.DOTALL)
    own = re.compile(r"[A-Z]\d{3}|[\w.*-]+@[\w.-]+|\S+\.(csv|example|test|com)\S*|cp932|CSV|DNS:.*")
    silent = [
        one
        for one in texts
        if re.search("[a-z]{3}", one) and not said.search(one) and not own.search(one)
    ]
    assert [one for one in silent if not one.startswith("listhygiene ")] == []


def test_the_page_is_japanese_for_japanese_readers() -> None:
    made = render(campaign(), "html", Presentation(lang="ja"))
    body = re.sub(
        r"<(script|style|code|svg).*?</\1>|`.*?`", "", made[made.index("<body>") :], flags=re.DOTALL
    )
    english = [
        one for one in re.findall(r">([^<>]+)<", body) if re.search("([a-z]+ ){3}[a-z]+", one)
    ]
    assert [one for one in english if "listhygiene clean" not in one] == []


def test_every_list_of_a_page_has_names_of_its_own(tmp_path: Path) -> None:
    parsed = Page(render(canaries(tmp_path), "html", Presentation()))
    ids = [one["id"] for _, one in parsed.tags if "id" in one]
    assert {"list1", "list2"} <= set(ids)
    assert len(ids) == len(set(ids))
    for one in (attributes for _, attributes in parsed.tags):
        assert set(one.get("aria-labelledby", "").split()) <= set(ids)
        assert one.get("data-table", "list1-table") in ids


def test_the_page_stays_small_and_its_numbers_agree(page: str) -> None:
    report = campaign()
    assert len(page.encode("utf-8")) < 200_000
    counts = report.lists[0].verdicts.value_counts()
    for verdict in ("send", "review", "hold"):
        share = counts[verdict] / len(report.lists[0].verdicts)
        assert f"<dd>{counts[verdict]} ({share:.1%})</dd>" in page


def chromium(folder: Path, text: str, *flags: str) -> str:
    """Open a page in headless Chromium and return its document after the scripts ran."""
    file = folder / "page.html"
    file.write_text(text, encoding="utf-8")
    command = [
        str(CHROMIUM), "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
        f"--user-data-dir={folder / 'profile'}", "--virtual-time-budget=3000", *flags,
        "--dump-dom", file.as_uri(),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, timeout=120, check=True)
    return done.stdout.decode("utf-8", "replace")


OWN_TRAFFIC = (".google.com", ".googleapis.com", ".gvt1.com")
"""Hosts that the browser itself asks, with or without a page."""


def needs_chromium(function: Callable[..., None]) -> Callable[..., None]:
    """Skip a test where there is no Chromium."""
    skip = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
    made: Callable[..., None] = pytest.mark.chromium(skip(function))
    return made


@needs_chromium
def test_a_page_without_our_care_would_run_and_fetch(tmp_path: Path) -> None:
    log = tmp_path / "net.json"
    bare = f"<body><img src=http://192.0.2.1/x onerror={OWNED}><script>{OWNED}</script>"
    assert "data-owned" in chromium(tmp_path, bare, f"--log-net-log={log}")
    assert '"url":"http://192.0.2.1/x"' in log.read_text("utf-8", "replace")


@needs_chromium
def test_nothing_runs_and_nothing_is_fetched(tmp_path: Path) -> None:
    report = poisoned(HOSTILE)
    made = render(report, "html", Presentation(show_addresses=True))
    log = tmp_path / "net.json"
    seen = chromium(tmp_path, made, f"--log-net-log={log}")
    assert "data-owned" not in seen
    hosts = set(re.findall(r'"url":"https?://([^/"]*)', log.read_text("utf-8", "replace")))
    assert not [one for one in hosts if not one.endswith(OWN_TRAFFIC)]


@needs_chromium
def test_our_script_runs_under_the_policy(tmp_path: Path, page: str) -> None:
    seen = chromium(tmp_path, page)
    assert re.search(r'<div class="search" data-table="list1-table" role="search">', seen)
    assert re.search(r'<output class="soft"[^>]*>(\d+) of \1 rows', seen)


@needs_chromium
def test_searching_hides_the_other_rows(tmp_path: Path, page: str) -> None:
    drive = (
        "<script>addEventListener('load',function(){"
        "var b=document.querySelector('.search input');b.value='D402 ＨＯＬＤ';"
        "b.dispatchEvent(new Event('input'));});</script>"
    )
    free = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
    seen = chromium(tmp_path, free.replace("</body>", f"{drive}</body>"))
    shown = re.findall(r'<tr role="row" data-verdict="(\w+)">', seen)
    assert shown == ["hold"]
