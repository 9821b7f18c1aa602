"""Whatever people read they can read in Japanese, and the catalogue says nothing else."""

from __future__ import annotations

import ast
import functools
import html.parser
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from listhygiene import wording
from listhygiene.bounces.causes import CAUSES
from listhygiene.cli.main import main
from listhygiene.model.bounce import CAUSE_NAMES
from listhygiene.model.errors import UnreadableList
from listhygiene.policy import load_policy
from listhygiene.reports import options, render
from listhygiene.rules import catalogue as rules
from listhygiene.wording import catalogue, fixed_parts, parts_of, speaker, tell
from rule_cases import FOLDER, blocks
from source_texts import GAP, ROOT, error_texts, literals, modules, page_texts, said_texts, texts_of

SAMPLES = Path(__file__).parent.parent / "sample_data"
LISTS = (
    "spring_campaign.csv", "spring_campaign.xlsx", "clean_list.csv", "no_header.csv",
    "no_email_column.csv", "swapped_columns.csv", "ambiguous_dates.csv",
)  # fmt: skip
SENDERS = (
    "sample@umi-travel.test",
    "shop@yahoo.com",
    "news@kaede-print.example",
    "news@refuses-mail.example",
)

say = speaker("ja")

SENTENCE = re.compile(r"[A-Za-z][a-z]+ [a-z]{2,}")
"""Two words in a row: English that nobody translated."""

KEPT = re.compile(
    r"`[^`]*`|\S*@\S+|listhygiene [\w .,/\-:{}]+|\bv=(?:spf1|DMARC1|DKIM1)[^。]*"
    r"|RFC \d+ section \d+|ICANN Board resolution"
    r"|(?:Email|Gmail|Last|First|Full|Lead|Secondary|MAIL|DKIM) \w+|[\w.-]+ IN TXT|UTS \d+"
    r"|(?:clean )?--[\w-]+(?: \w+)?|[\w./-]+\.(?:csv|xlsx|json|toml|html)|\S*://\S*"
)
"""What stays as it is: commands, addresses, records, names of standards, headers of the lists."""


def untranslated(text: str) -> list[str]:
    return SENTENCE.findall(KEPT.sub(" ", text))


def says_something(text: str) -> bool:
    """Tell whether a text holds words, not only names, codes and marks."""
    return bool(re.search(r"[a-z]{2,} [a-z]{2,}", KEPT.sub(" ", text.replace(GAP, " x "))))


def is_spoken(text: str) -> bool:
    """Tell whether a text of the source, its gaps filled, is said in Japanese."""
    filled = (text.replace(GAP, part) for part in ("3", "xy", "2026-11-23", "A301"))
    if any(say(one) != one for one in filled):
        return True
    pieces = text.split(GAP)  # a gap may hold a text with words of its own
    return any(all(piece in english for piece in pieces) for english in _numbers())


@functools.cache
def _numbers() -> frozenset[str]:
    """The texts of the catalogue in the singular and in the plural."""
    either = re.compile(r"\[([^\[\]|]*)\|([^\[\]|]*)\]")
    return frozenset(either.sub(rf"\{way}", text) for text in catalogue() for way in (1, 2))


@pytest.mark.parametrize("code", list(rules()))
def test_every_page_of_a_rule_is_spoken(code: str) -> None:
    rule = rules()[code]
    for text in (rule.message, rule.why, rule.remedy):
        assert text in catalogue(), text
        assert untranslated(catalogue()[text]) == []


def test_a_template_keeps_its_placeholders() -> None:
    for english, japanese in catalogue().items():
        assert set(parts_of(english)[1::2]) == set(parts_of(japanese)[1::2]), english


def test_no_translation_is_left_of_a_text_that_is_gone() -> None:
    places = [tuple(literals(path)) for path in modules()]
    places += [
        (text,) for rule in rules().values() for text in (rule.message, rule.why, rule.remedy)
    ]
    places += [tuple(page_texts()), tuple(_rows())]
    places.append(tuple(CAUSE_NAMES.values()))
    own = tomllib.loads((ROOT / "data" / "ja.toml").read_text(encoding="utf-8"))["text"]
    everything = {text for place in places for text in place}
    gone = [
        english
        for english in own
        if english not in everything and not any(_holds(place, english) for place in places)
    ]
    assert gone == []


def _holds(place: tuple[str, ...], english: str) -> bool:
    """Tell whether the fixed parts of a template all stand in the texts of one module."""
    parts = fixed_parts(english)
    parts = [part for part in parts if re.search(r"\w", part)] or parts
    whole = GAP.join(place)
    return all(_is_made_of(part, whole) for part in parts)


def _is_made_of(part: str, whole: str, pieces: int = 3) -> bool:
    """Tell whether a text stands in another, whole or put together of a few pieces."""
    if part in whole:
        return True
    return pieces > 1 and any(
        part[:end] in whole and _is_made_of(part[end:], whole, pieces - 1)
        for end in range(len(part) - 1, 0, -1)
    )


@pytest.mark.parametrize("name", ["syntax.py", "validate_email.py"])
def test_every_reason_of_the_library_is_spoken(name: str) -> None:
    import email_validator

    tree = ast.parse((Path(email_validator.__file__).parent / name).read_text(encoding="utf-8"))
    reasons = [
        text
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "EmailSyntaxError"
        for text in texts_of(node.args[0])
    ]
    assert reasons
    assert [one for one in reasons if says_something(one) and not is_spoken(one)] == []


def _rows() -> Iterator[str]:
    """What files of knowledge say themselves."""
    for name in ("reserved.csv", "provider_grammars.toml", "consent_words.toml"):
        text = (ROOT / "data" / name).read_text(encoding="utf-8")
        yield re.sub(r"\b\d+\b", GAP, text)
    yield from literals(ROOT / "data" / "reserved.py")


def test_the_causes_are_called_as_on_the_help_page() -> None:
    for code, name in CAUSE_NAMES.items():
        assert say(name) == CAUSES[code].ja


def test_every_error_is_spoken() -> None:
    missing = {
        f"{file}:{line}: {text!r}"
        for file, line, text in error_texts()
        if says_something(text) and not is_spoken(text)
    }
    assert missing == set(), "add them to src/listhygiene/data/ja.toml"


def test_every_text_that_is_said_is_spoken() -> None:
    said = [*said_texts(), *(("templates", 0, text) for text in page_texts())]
    missing = {
        f"{file}:{line}: {text!r}"
        for file, line, text in said
        if re.search(r"[a-z]{2,}", text) and not is_spoken(text)
    }
    assert missing == set(), "add them to src/listhygiene/data/ja.toml"


@functools.cache
def report_of(name: str) -> object:
    from listhygiene.pipeline import check

    changes = {"lang": ("ja", "--lang"), "platform": ("zoho-crm-jp", "--platform")}
    if name in SENDERS:
        changes |= {"sender.addresses": ([name], "--from")}
        changes |= {"sender.dkim_selectors": (["s1"], "--dkim-selector")}
    policy = load_policy(str(SAMPLES / "listhygiene.toml"), changes=changes, rules=rules())
    return check([] if name in SENDERS else [str(SAMPLES / name)], policy)


@pytest.mark.parametrize("form", ["text", "markdown", "html", "json", "junit", "github"])
@pytest.mark.parametrize("name", [*LISTS, *SENDERS])
def test_no_english_sentence_is_left_in_a_report(name: str, form: str) -> None:
    text = render(report_of(name), form, options.Presentation(lang="ja"))
    assert [one for part in _sentences(text, form) for one in untranslated(part)] == []


def _sentences(text: str, form: str) -> Iterator[str]:
    if form == "json":
        yield from _values(json.loads(text))
    elif form == "html":
        yield from _Page(text).texts
    elif form == "junit":
        yield from re.findall(r'(?:message="([^"]*)"|>([^<]+)<)', text)[0]
    else:
        yield from (re.sub(r"^::.*?::", "", line) for line in text.splitlines())


def _values(node: object, key: str = "") -> Iterator[str]:
    if isinstance(node, dict):
        for name, value in node.items():
            if name not in ("policy", "path", "column", "columns", "name", "sheet", "facts"):
                yield from _values(value, name)
    elif isinstance(node, list):
        for value in node:
            yield from _values(value, key)
    elif isinstance(node, str):
        yield node


class _Page(html.parser.HTMLParser):
    """The texts of a page, with the attributes that are read out."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag
        spoken = ("title", "aria-label", "data-label", "data-said", "placeholder")
        self.texts += [value or "" for name, value in attrs if name in spoken]

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, text: str) -> None:
        if self._inside not in ("style", "script", "code"):
            self.texts.append(text)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.csv")), ids=lambda path: path.stem)
def test_no_english_sentence_is_left_in_a_detail(path: Path) -> None:
    from test_rules import judged

    if path.stem not in rules() or rules()[path.stem].table == "senders":
        pytest.skip(f"{path.stem} is judged elsewhere")
    given = {  # words that a person wrote, or that the case made up
        cell
        for block in blocks(path)
        for name in ("evidence:answer_detail", "evidence:answer_why", "evidence:allowed")
        if name in block.header
        for cell in block.column(name)
    }
    given |= {
        key.partition(" ")[2] for block in blocks(path) for key in block.keys.get("unbalanced", [])
    }
    details = {
        str(detail)
        for block in blocks(path)
        for detail in judged(block)[1].findings["detail"].unique()
    }
    said = {one: say(one) for one in details}
    for words in sorted(given - {""}, key=len, reverse=True):
        said = {one: text.replace(words, "") for one, text in said.items()}
    assert [pair for pair in said.items() if untranslated(pair[1])] == []


@pytest.mark.parametrize(
    ("english", "japanese"),
    [
        ("1 of 300 contacts on hold", "連絡先300件のうち1件が保留"),
        ("a, b.csv: 1 of 1 contact on hold", "a, b.csv: 連絡先1件のうち1件が保留"),
        ("2 header errors: H101, H105", "見出しのエラー2件: H101, H105"),
        ("below 5%", "5%未満"),
        ("campaign.csv, line 17", "campaign.csv、17行目"),
        ('"names"', "「names」"),
        ("space read as a dot", "スペース をドットと読み替え"),
        ("for examples (RFC 2606 section 3)", "例示用(RFC 2606 section 3)"),
        ("taro.example", "taro.example"),
        ("", ""),
    ],
)
def test_a_text_is_said_by_its_shape(english: str, japanese: str) -> None:
    assert say(english) == japanese


def test_what_was_put_together_is_said_part_by_part() -> None:
    told = say("mailbox-full, since 2026-05-01; 3 bounces in a row; due for examination")
    assert told.split("; ")[1:] == ["連続3回の不達", "再確認の時期"]
    assert say("DNS gave no answer. Run again.") == "DNSの応答がありません。再度実行してください。"
    told = say(
        "b.db: the blocklist is damaged; nothing was changed. "
        "Restore a backup, or name another blocklist."
    )
    assert told.startswith("b.db: ブロックリストが破損しています。何も変更していません。バック")


def test_an_error_is_told_in_the_language_of_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for lang in (["--lang", "ja"], ["--lang=ja"]):
        assert main(["check", "x.csv", "--policy", str(tmp_path / "none.toml"), *lang]) == 2
        assert "ポリシーを読み取れません" in capsys.readouterr().err


def test_an_error_names_its_place_in_japanese() -> None:
    error = UnreadableList("the file is empty", file="a.csv", place="line 3", remedy="Run again.")
    assert tell(error, "ja") == "a.csv, 3行目: ファイルが空です。再度実行してください。"
    assert tell(error, "en") == str(error)


def test_the_language_comes_from_the_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "ja_JP.UTF-8")
    assert wording.default_language() == "ja"
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    assert wording.default_language() == "en"
