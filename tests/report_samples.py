"""Reports to present: the sample campaign, and lists where a canary stands in every address."""

from __future__ import annotations

import functools
from pathlib import Path

from listhygiene.model.report import Report
from listhygiene.pipeline import check
from listhygiene.policy import load_policy

SAMPLES = Path(__file__).parents[1] / "sample_data"
POLICY = str(SAMPLES / "listhygiene.toml")
SENDER = "news@aoba-shokai.example"

CANARY = "canarium"
"""Stands in every address; after its first letter nothing of it may be in a report."""

CANARIES = f"""会社,メールアドレス,サブメールアドレス,最終送信日
青葉,{CANARY}1@aoba-shokai.example,{CANARY}2@closed-shop.example,2026-10-01
青葉,{CANARY}1@aoba-shokai.example,,2026-10-01
青葉,<{CANARY}3@aoba-shokai.example>,,2026-10-01
青葉,{CANARY}4@aoba-shokai,,2026-10-01
青葉,{CANARY}5.example,,2026-10-01
青葉,{CANARY}6@a.example; {CANARY}7@b.example,,
青葉,{CANARY}8@gmial.com,,2026-10-01
青葉,{CANARY} 9@aoba-shokai.example,,2026-10-01
青葉,{CANARY}10@aoba-shokai.example,,2026-10-01,extra,{CANARY}11@aoba-shokai.example
青葉,"{CANARY} Ten <{CANARY}12@aoba-shokai.example>",,2020-01-01
青葉,{CANARY}13@gmail.com,,2026-10-01
青葉,{CANARY}1.3+a@gmail.com,,2026-10-01
青葉,見本{CANARY}@hikari-gakuen.example,,2026-10-01
"""
HEADERLESS = f"{CANARY}14@aoba-shokai.example\n{CANARY}15@aoba-shokai.example\n"
POLICY_TEXT = f"""
as_of = "2026-11-23"
[dns]
source = {str(SAMPLES / "dns.json")!r}
[domains]
treat_as_real = ["example", "test"]
[addresses]
deny = ["{CANARY}1@aoba-shokai.example"]
allow = ["{CANARY}16@aoba-shokai.example"]
[sender]
addresses = ["{CANARY}17@aoba-shokai.example"]
[gate]
require = []
"""


@functools.cache
def campaign() -> Report:
    """Judge the sample campaign with a sender."""
    changes = {"sender.addresses": ([SENDER], "--from")}
    policy = load_policy(POLICY, changes=changes)
    return check(str(SAMPLES / "spring_campaign.csv"), policy)


def canaries(folder: Path) -> Report:
    """Judge the lists of canaries, one of them in CP932 and one without headers."""
    (folder / "canaries.csv").write_bytes(CANARIES.encode("cp932"))
    (folder / "bare.csv").write_text(HEADERLESS, encoding="utf-8")
    (folder / "policy.toml").write_text(POLICY_TEXT, encoding="utf-8")
    policy = load_policy(str(folder / "policy.toml"))
    return check([str(folder / "canaries.csv"), str(folder / "bare.csv")], policy)
