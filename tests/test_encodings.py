"""Encodings of text files that do not say theirs: found, said how surely, and never lost."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from listhygiene.delimited.encoding import CERTAIN, GUESSED, LIKELY, decodes, detect, is_utf8
from listhygiene.model.errors import UnreadableList
from listhygiene.model.listing import ReadOptions
from listhygiene.readers.csv import read

NAMES = {
    "cp932": ["髙橋 美咲", "株式会社やまもと", "ヤマダ タロウ", "鈴木 一郎"],
    "euc_jp": ["高橋 美咲", "株式会社やまもと", "佐藤 花子", "鈴木 一郎"],
    "gb18030": ["王小明", "李静", "上海市徐汇区", "张伟", "䶮"],
    "big5": ["陳怡君", "林志明", "臺北市信義區", "黃淑芬"],
    "cp949": ["김민준", "이서연", "서울특별시", "똠방각하"],
    "cp1251": ["Иван Петров", "Ольга Смирнова", "Москва"],
    "koi8_r": ["Иван Петров", "Ольга Смирнова", "Москва"],
    "cp1250": ["Łukasz Wiśniewski", "Małgorzata Wójcik", "Łódź"],
    "cp1252": ["Jürgen Groß", "François Lefèvre", "José Núñez"],
    "mac_roman": ["Jürgen Müller", "Käthe Schäfer", "François Lefèvre", "José Núñez"],
    "cp1253": ["Γιώργος Παπαδόπουλος", "Μαρία Νικολάου"],
    "cp1254": ["Ayşe Yılmaz", "Şükrü Öztürk", "Gülşen Işık"],
    "cp1255": ["יוסי כהן", "מיכל לוי"],
    "cp1256": ["محمد علي", "فاطمة حسن"],
    "cp874": ["สมชาย ใจดี", "สมหญิง รักไทย"],
    "utf-16-le": ["山田太郎", "Zoë"],
    "utf-16-be": ["山田太郎", "Zoë"],
    "utf-32-le": ["山田太郎", "Zoë"],
    "utf-32-be": ["山田太郎", "Zoë"],
    "iso2022_jp": ["山田太郎"],
    "iso2022_jp_ext": ["山田ﾀﾛｳ"],
    "hz": ["王伟", "李静"],
    "utf-7": ["山田太郎", "Zoë & Söhne"],
}


def lines(names: list[str]) -> str:
    return "email,name\n" + "".join(f"u{i}@example.com,{name}\n" for i, name in enumerate(names))


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize(("encoding", "names"), NAMES.items())
def test_names_in_their_usual_encodings_are_read(encoding, names, lang):
    text = lines(["Bob"] * 200 + names)
    guess = detect(text.encode(encoding), lang)
    assert text.encode(encoding).decode(guess.encoding) == text
    assert guess.certainty != CERTAIN


@pytest.mark.parametrize(
    ("raw", "lang", "encoding"),
    [
        (lines(["©"]).encode("cp1252"), "en", "cp1252"),
        (lines(["Zoë"]).encode("cp1252"), "ja", "cp1252"),
        (lines(["ﾔﾏﾀﾞ ﾀﾛｳ", "ｻﾄｳ ﾊﾅｺ"]).encode("cp932"), "en", "cp932"),
        (lines(["“Ace” – Sales", "Smith’s"]).encode("cp1252"), "en", "cp1252"),
        (
            b"email,phone\na+news-1@example.com,+81-3-1234\nb+tag@example.com,+4912345678\n",
            "en",
            "",
        ),
        (b"email,name\nann+AGE-x@example.com,Tea+Cake\n", "en", ""),
        (b"email,name\na@example.com,~{ and ~}\n", "en", ""),
    ],
)
def test_short_and_misleading_texts(raw, lang, encoding):
    assert detect(raw, lang).encoding == (encoding or "utf-8")


def test_a_word_in_two_encodings_is_a_guess():
    assert detect(lines(["Jiří"]).encode("cp1250")).certainty == GUESSED
    assert detect(lines(NAMES["cp932"]).encode("cp932"), "ja").certainty == LIKELY


@settings(max_examples=60, deadline=None)
@given(st.binary(min_size=1, max_size=200), st.sampled_from(["en", "ja"]))
def test_every_file_has_an_encoding(raw, lang):
    assert detect(b"email,name\n" + raw, lang).encoding


@settings(max_examples=60, deadline=None)
@given(st.lists(st.from_regex(r"[a-z]{1,9}\+[a-z0-9]{1,12}-?", fullmatch=True), min_size=1))
def test_tagged_addresses_are_ascii(names):
    raw = "\n".join(f"{name}@example.com" for name in names).encode()
    assert detect(raw).encoding == "utf-8"


@pytest.mark.parametrize("encoding", ["cp932", "gb18030", "cp949", "cp1252"])
def test_a_broken_character_decides_nothing(tmp_path, encoding):
    rows = lines(NAMES[encoding] * 20).encode(encoding).split(b"\n")
    rows[7] += b"\x81 "
    path = tmp_path / "list.csv"
    path.write_bytes(b"\n".join(rows))
    listing = read(path, ReadOptions())
    assert listing.encoding == encoding
    assert list(listing.unbalanced) == [6]


def halves(first: str, second: str) -> bytes:
    rows = [f"u{i}@example.com,佐藤花子\n" for i in range(20)]
    body = "".join(rows[:12]).encode(first) + "".join(rows[12:]).encode(second)
    return "email,氏名\n".encode(first) + body


@pytest.mark.parametrize(("first", "second"), [("utf-8", "cp932"), ("cp932", "utf-8")])
def test_a_mixed_file_is_read_and_said(tmp_path, first, second):
    path = tmp_path / "mixed.csv"
    path.write_bytes(halves(first, second))
    listing = read(path, ReadOptions(lang="ja"))
    assert listing.encoding == first
    assert listing.frame.iloc[3, 1] == "佐藤花子"
    assert len(listing.frame) == 20
    said = [note for note in listing.notes if "mixes encodings: line 14 is UTF-8" in note]
    assert bool(said) == (second == "utf-8")
    assert set(listing.unbalanced) == set(range(12, 20))


def test_utf16_that_was_cut_off_is_refused(tmp_path):
    path = tmp_path / "cut.csv"
    path.write_bytes(lines(["山田太郎", "Zoë"]).encode("utf-16-le")[:-1])
    with pytest.raises(UnreadableList, match="line 3: the bytes are not UTF-16-LE"):
        read(path, ReadOptions())


PIECES = [b"a", b"\n", "é".encode(), "山".encode(), "😀".encode(), b"\xed\xa0\x80", b"\xc0\x80"]
CUT = [
    b"\xf4\x8f\xbf\xbf",
    b"\xf4\x90\x80\x80",
    b"\xe0\x80\x80",
    b"\xe3\x81",
    b"\x80",
    b"\xff",
    b"\0",
]


@given(st.lists(st.sampled_from([*PIECES, *CUT]) | st.binary(max_size=4)).map(b"".join))
def test_utf8_is_what_python_reads_as_such(raw: bytes) -> None:
    assert is_utf8(raw) == decodes(raw, "utf-8")
