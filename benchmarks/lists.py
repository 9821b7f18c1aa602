"""A generator of realistic contact lists: seeded, with every defect, of any size.

    python benchmarks/lists.py 1000000 list.csv --domains 30000 --dns dns.json

Japanese and English names, a Zipf of domains, commas, spaces, full-width forms, typos, repeats,
stale and unreadable dates, missing consent; and the DNS answers of its domains as a recorded file.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

SURNAMES = """sato suzuki takahashi tanaka watanabe ito yamamoto nakamura kobayashi kato yoshida
yamada sasaki yamaguchi matsumoto inoue kimura hayashi saito shimizu smith jones taylor brown wilson
evans thomas johnson roberts walker wright robinson thompson white hughes edwards green hall wood
harris""".split()
GIVEN = """taro hanako ichiro jiro yuki sakura kenji naoko hiroshi yoko akira emi daisuke mika
takeshi rie makoto ai kazuo mai james mary robert linda john susan david karen paul nancy mark
lisa kevin laura peter anna george emma frank alice""".split()
KANJI = "佐藤 鈴木 高橋 田中 渡辺 伊藤 山本 中村 小林 加藤 吉田 山田 佐々木 山口 松本 井上".split()
KANJI_GIVEN = "太郎 花子 一郎 次郎 由紀 さくら 健二 直子 浩 洋子 明 恵美 大輔 美香 武 理恵".split()
PROVIDERS = """gmail.com yahoo.co.jp docomo.ne.jp ezweb.ne.jp softbank.ne.jp icloud.com
outlook.com hotmail.com i.softbank.jp au.com nifty.com outlook.jp yahoo.com""".split()
TYPOS = "gmial.com gmail.con yaho.co.jp docomo.ne.jo hotmial.com outlok.com gmai.com".split()
HEADER = "会社名,姓,名,メールアドレス,電話番号,最終送信日,配信同意,備考"


def domain_names(number: int) -> list[str]:
    """Name the domains, most frequent first: providers, then fictional firms."""
    firms = [f"firm{place}.example" for place in range(number - len(PROVIDERS) - len(TYPOS))]
    return [*PROVIDERS, *firms, *TYPOS][:number]


def make_lines(rows: int, domains: int, seed: int) -> list[str]:
    """Make the lines of a list, header first."""
    rng = np.random.default_rng(seed)
    names = np.array(domain_names(domains), dtype=object)
    weights = 1.0 / np.arange(1, len(names) + 1) ** 0.9
    which = rng.choice(len(names), rows, p=weights / weights.sum())
    surname = rng.integers(0, len(SURNAMES), rows)
    given = rng.integers(0, len(GIVEN), rows)
    number = rng.integers(0, 3000, rows)
    address = [
        f"{SURNAMES[s]}.{GIVEN[g]}{n}@{names[w]}"
        for s, g, n, w in zip(surname, given, number, which, strict=True)
    ]
    _spoil(address, rng)
    days = rng.integers(0, 900, rows).astype("timedelta64[D]")
    mailed = (np.datetime64("2026-11-20") - days).astype(str)
    mailed = np.where(rng.random(rows) < 0.02, "", mailed)
    consent = np.where(rng.random(rows) < 0.98, "同意", "不同意")
    phone = rng.integers(10_000_000, 99_999_999, rows)
    lines = [HEADER]
    lines += [
        f"{KANJI[s % 16]}商事株式会社,{KANJI[s % 16]},{KANJI_GIVEN[g % 16]},{a},"
        f"090{p},{m},{c},第{n}回展示会"
        for s, g, a, p, m, c, n in zip(
            surname, given, address, phone, mailed, consent, number % 40, strict=True
        )
    ]
    return lines


def _spoil(address: list[str], rng: np.random.Generator) -> None:
    """Give about six in a hundred addresses one of the defects that people make."""
    spoilers = (
        lambda it: f" {it}",
        lambda it: f"{it} ",
        lambda it: f'"{it};"',
        lambda it: f"<{it}>",
        lambda it: it.replace("@", "＠"),
        lambda it: it.replace(".", " ", 1),
        lambda it: it.replace("@", ""),
        lambda it: f'"{it.replace(".example", ",example")}"',
        lambda it: "なし",
        lambda it: "",
        lambda it: f"{it}; {it.replace('.', '', 1)}",
        lambda it: it.upper(),
    )
    bad = np.flatnonzero(rng.random(len(address)) < 0.06)
    kinds = rng.integers(0, len(spoilers), len(bad))
    for place, kind in zip(bad, kinds, strict=True):
        address[place] = spoilers[kind](address[place])
    repeated = np.flatnonzero(rng.random(len(address)) < 0.02)
    for place in repeated[repeated > 0]:
        address[place] = address[place - int(rng.integers(1, place + 1))]


def make_answers(domains: int, seed: int) -> list[tuple[str, str, str, list[str]]]:
    """Make DNS answers (name, type, status, texts): nine in ten domains have an MX."""
    rng = np.random.default_rng(seed + 1)
    luck = rng.random(domains)
    answers: list[tuple[str, str, str, list[str]]] = [("mx.example", "A", "ok", ["192.0.2.25"])]
    for name, chance in zip(domain_names(domains), luck, strict=True):
        if name in TYPOS or chance < 0.04:
            answers.append((name, "MX", "nxdomain", []))
        elif chance < 0.05:
            answers.append((name, "MX", "ok", ["0 ."]))
        elif chance < 0.08:
            answers += [(name, "MX", "nodata", []), (name, "A", "ok", ["192.0.2.80"])]
        else:
            answers.append((name, "MX", "ok", ["10 mx.example"]))
    return answers


def write_recorded(path: Path, answers: list[tuple[str, str, str, list[str]]]) -> None:
    """Write the answers as a file for --dns (by the program's own writer)."""
    from datetime import UTC, datetime

    from listhygiene.dns.recorded import save_answers
    from listhygiene.model.answer import Records, Status

    at = datetime(2026, 11, 23, tzinfo=UTC)
    save_answers(
        path,
        {
            (name, kind): Records(Status(status), tuple(texts), 3600, at)
            for name, kind, status, texts in answers
        },
    )


def write_policy(path: Path, dns: str) -> None:
    """Write a policy that takes the fictional names for real ones."""
    path.write_text(
        'as_of = "2026-11-23"\n[dns]\n'
        f"source = {json.dumps(dns)}\n"
        '[domains]\ntreat_as_real = ["example", "test"]\n',
        encoding="utf-8",
    )


def write_list(path: Path, rows: int, domains: int = 30_000, seed: int = 1) -> None:
    """Write a list as UTF-8 CSV."""
    text = "\r\n".join(make_lines(rows, domains, seed))
    path.write_bytes((text + "\r\n").encode("utf-8"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int)
    parser.add_argument("path", type=Path)
    parser.add_argument("--domains", type=int, default=30_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--dns", type=Path)
    given = parser.parse_args()
    write_list(given.path, given.rows, given.domains, given.seed)
    if given.dns:
        write_recorded(given.dns, make_answers(given.domains, given.seed))
        write_policy(given.path.with_suffix(".toml"), given.dns.name)


if __name__ == "__main__":
    main()
