"""Makes the sample files: fictional people and firms, every defect that the rules know.

    python sample_data/make.py

Firms stand under .example and .test (RFC 2606), which the samples' policy treats as real. Where a
rule speaks of a real provider, the local part is one that nobody was given.
"""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font

HERE = Path(__file__).parent
SURNAMES = "佐藤 鈴木 高橋 田中 伊藤 渡辺 山本 中村 小林 加藤 吉田 山田 佐々木 山口 松本".split()
READINGS = (
    "sato suzuki takahashi tanaka ito watanabe yamamoto nakamura kobayashi kato yoshida yamada "
    "sasaki yamaguchi matsumoto"
).split()
GIVEN = "太郎 花子 一郎 由紀 健二 直子 浩 洋子 大輔 美香 武 理恵 誠 愛 和夫 舞".split()
GIVEN_READINGS = (
    "taro hanako ichiro yuki kenji naoko hiroshi yoko daisuke mika takeshi rie makoto ai kazuo mai"
).split()
FIRMS = {
    "aoba-shokai.example": "青葉商会",
    "minato-foods.example": "みなとフーズ",
    "kaede-print.example": "かえで印刷",
    "hikari-gakuen.example": "ひかり学園",
    "sakura-kogyo.test": "さくら工業",
    "umi-travel.test": "うみトラベル",
    "yama-books.example": "やま書房",
    "asahi-denki.test": "旭電機",
}
PUBLIC = "8.8.8.8"
"""Any routable address: the mail servers of real providers are not asked here."""
DAYS = ("2026-09-10", "2026/10/01", "2026年8月20日", "令和8年9月1日", "R8.10.15", "2026-11-02")

CSV_HEADER = [
    *"会社名 姓 名 メールアドレス サブメールアドレス 最終送信日".split(),
    *["配信同意", "取得元", "配信停止", "備考", "", "備考"],
]

SPECIAL = [  # メールアドレス, サブ, 最終送信日, 同意, 取得元, 配信停止, 備考
    ("<shinji.abe@aoba-shokai.example>", "", "", "", "", "", ""),
    ("mailto:erika.ogawa@minato-foods.example", "", "", "", "", "", ""),
    ("　tomoko.goto@kaede-print.example、", "", "", "", "", "", ""),
    ("kenta.hasegawa @ hikari-gakuen.example", "", "", "", "", "", ""),
    ("ｙｕｋｏ．ｏｋａｄａ＠ａｏｂａ－ｓｈｏｋａｉ．ｅｘａｍｐｌｅ", "", "", "", "", "", ""),
    ("shota.fujita@aoba-shokai,example", "", "", "", "", "", ""),
    ("nao miki.endo@umi-travel.test", "", "", "", "", "", ""),
    ("ryo.aoki@yama-books.example; ryo.aoki@asahi-denki.test", "", "", "", "", "", ""),
    ("なし", "", "", "", "", "", "電話のみ"),
    ("", "", "", "", "", "", "名刺なし"),
    ("MIHO.SAKAMOTO@KAEDE-PRINT.EXAMPLE", "", "", "", "", "", ""),
    ('"kota.murakami"@sakura-kogyo.test', "", "", "", "", "", ""),
    ("haruka.kondo&#64;asahi-denki.test", "", "", "", "", "", ""),
    ("takumi.ishii.aoba-shokai.example", "", "", "", "", "", ""),
    ("misaki@@minato-foods.example", "", "", "", "", "", ""),
    ("sample..trial@docomo.ne.jp", "", "", "", "", "", ""),
    ("demo@gmail.com", "", "", "", "", "", ""),
    ("見本@hikari-gakuen.example", "", "", "", "", "", ""),
    ("info@kaede-print.example", "", "", "", "", "", ""),
    ("denied.sample@asahi-denki.test", "", "", "", "", "", ""),
    ("sample@rival.test", "", "", "", "", "", ""),
    ("akira.blocked@aoba-shokai.example", "", "", "", "", "", ""),
    ("full.mailbox@minato-foods.example", "", "", "", "", "", ""),
    ("five.strikes@minato-foods.example", "", "", "", "", "", ""),
    ("reported.spam@umi-travel.test", "", "", "", "", "", ""),
    ("left.list@umi-travel.test", "", "", "", "", "", ""),
    ("jun.saito@closed-shop.example", "", "", "", "", "", ""),
    ("emi.ueda@no-server.example", "", "", "", "", "", ""),
    ("ken.mori@refuses-mail.example", "", "", "", "", "", ""),
    ("aya.hara@points-nowhere.example", "", "", "", "", "", ""),
    ("dai.ono@silent-dns.example", "", "", "", "", "", ""),
    ("mai.takeda@no-mx.example", "", "", "", "", "", ""),
    ("sample@mailinator.com", "", "", "", "", "", ""),
    ("sample.trial@gmial.com", "", "", "", "", "", ""),
    ("sample@example.invalid", "", "", "", "", "", ""),
    ("sample@mail.goo.ne.jp", "", "", "", "", "", ""),
    ("sample@grnail.com", "", "", "", "", "", ""),
    ("rina.maeda@aoba-shokai.example", "", "2026-05-23", "", "", "", ""),
    ("sho.kudo@aoba-shokai.example", "", "2025年1月10日", "", "", "", "昨年から未送信"),
    ("yui.nomura@aoba-shokai.example", "", "", "", "", "", ""),
    ("ren.chiba@aoba-shokai.example", "", "先月", "", "", "", ""),
    ("mio.iwata@aoba-shokai.example", "", "2027-03-01", "", "", "", ""),
    ("twice.sample@sakura-kogyo.test", "", "", "", "", "", ""),
    ("twice.sample@sakura-kogyo.test", "", "", "", "", "", ""),
    ("tagged.sample+a@gmail.com", "", "", "", "", "", ""),
    ("tagged.sample@gmail.com", "", "", "", "", "", ""),
    ("saki.ota@yama-books.example", "", "", "いいえ", "", "", ""),
    ("kai.imai@yama-books.example", "", "", "空", "", "", ""),
    ("nana.otsuka@yama-books.example", "", "", "", "名簿業者から購入", "", ""),
    ("riku.hirano@yama-books.example", "", "", "", "", "1", ""),
    ("yuto.sugiyama@asahi-denki.test", "yuto@gmial.com", "", "", "", "", ""),
    (
        "hina.maruyama@asahi-denki.test",
        "",
        "",
        "",
        "",
        "",
        '=HYPERLINK("https://x.example","見る")',
    ),
]


def people(number: int) -> list[list[str]]:
    """Make the ordinary contacts: nothing is wrong with them."""
    rows = []
    domains = list(FIRMS)
    for place in range(number):
        surname, given = place % len(SURNAMES), (place // len(SURNAMES)) % len(GIVEN)
        domain = domains[place % len(domains)]
        again = place // (len(SURNAMES) * len(GIVEN)) or ""
        address = f"{GIVEN_READINGS[given]}.{READINGS[surname]}{again}@{domain}"
        day = DAYS[place % len(DAYS)]
        note = "東京" if place % 3 else "大阪"
        names = [FIRMS[domain], SURNAMES[surname], GIVEN[given]]
        rows.append([*names, address, "", day, "はい", "展示会", "", "", note, ""])
    return rows


def campaign() -> list[list[str]]:
    """Make the campaign's rows: the ordinary contacts, with the special ones spread among them."""
    rows = people(300 - len(SPECIAL) - 1)
    for place, (mail, second, day, consent, source, stop, note) in enumerate(SPECIAL):
        row = list(rows[place * 4])
        row[3:10] = [
            mail,
            second,
            day or ("" if mail.startswith(("yui.", "ren.")) else "2026-10-01"),
            "" if consent == "空" else consent or "はい",
            source or "展示会",
            stop,
            note,
        ]
        if mail.startswith("ren."):
            row[5] = "先月"
        rows.insert(place * 5 + 3, row)
    return rows


def write_csv() -> None:
    """Write spring_campaign.csv: CP932, CRLF, a line above the header, a row out of balance."""
    stream = io.StringIO()
    table = csv.writer(stream, lineterminator="\r\n")
    stream.write("春の展示会 ご案内メール 配信先一覧(社外秘)\r\n")
    table.writerow(CSV_HEADER)
    rows = campaign()
    table.writerows(rows)
    stream.write("青葉商会,佐藤,誠,makoto.sato@aoba-shokai.example,2026-10-01\r\n")
    (HERE / "spring_campaign.csv").write_bytes(stream.getvalue().encode("cp932"))


def write_xlsx() -> None:
    """Write spring_campaign.xlsx: English, no date of the last mailing, headers mixed up."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Contacts"
    sheet.append(["Spring fair: invitation list", None, None, None])
    sheet.append(["Person", None, "Email", "Lead Source", "Signed up", "Notes"])
    sheet.append(["First Name", "Last Name", None, None, None, None])
    names = [("Ann", "Green"), ("Bob", "Hill"), ("Cho", "Park"), ("Dee", "Stone"), ("Eli", "Wood")]
    for place in range(40):
        first, last = names[place % 5]
        domain = list(FIRMS)[place % len(FIRMS)]
        sheet.append(
            [
                first,
                last,
                f"{first}.{last}{place}@{domain}".lower(),
                "Trade show" if place % 9 else "Purchased list",
                f"{place % 12 + 1:02d}/{place % 11 + 1:02d}/2026",
                "Met at the fair",
            ]
        )
    sheet["C6"] = " Ann.Comma@AOBA-SHOKAI.example,"
    sheet["C7"] = "Bob Brackets <bob.brackets@kaede-print.example>"
    sheet["C8"] = "ann@closed-shop.example"
    sheet["C9"].hyperlink = "mailto:dee.stone@kaede-print.example"
    sheet["F5"].comment = Comment("VIP", "Sales")
    for cell in sheet[2]:
        cell.font = Font(bold=True)
    book.create_sheet("Rooms").append(["Hall", "Seats"])
    book.save(HERE / "spring_campaign.xlsx")


def write_small() -> None:
    """Write the small lists: the clean one, and those whose headers are wrong as a whole."""
    rows = people(30)
    stream = io.StringIO()
    table = csv.writer(stream, lineterminator="\n")
    table.writerow(CSV_HEADER[:9])
    table.writerows([*row[:9]] for row in rows)
    (HERE / "clean_list.csv").write_text(stream.getvalue(), encoding="utf-8", newline="")
    lines = [f"{row[1]}{row[2]},{row[3]},2026-10-01\n" for row in rows[:5]]
    (HERE / "no_header.csv").write_text("".join(lines), encoding="utf-8", newline="")
    dates = [f"{row[3]},{n + 5:02d}/{n + 6:02d}/2026\n" for n, row in enumerate(rows[:5])]
    text = "Email,Last Mailed\n" + "".join(dates)
    (HERE / "ambiguous_dates.csv").write_text(text, encoding="utf-8", newline="")
    swapped = [f"{row[3]},{row[1]}{row[2]},2026-10-01\n" for row in rows[:5]]
    text = "氏名,メールアドレス,最終送信日\n" + "".join(swapped)
    (HERE / "swapped_columns.csv").write_text(text, encoding="utf-8", newline="")
    text = "氏名,電話番号\n" + "".join(
        f"{row[1]}{row[2]},03-0000-000{n}\n" for n, row in enumerate(rows[:5])
    )
    (HERE / "no_email_column.csv").write_text(text, encoding="utf-8", newline="")


def write_blocklist() -> None:
    """Write blocklist.csv: what earlier campaigns left behind."""
    text = """\
address,type,cause,since,source,reason
akira.blocked@aoba-shokai.example,permanent,bad-address,2026-07-02,import,550 5.1.1 User unknown
full.mailbox@minato-foods.example,temporary,mailbox-full,2026-10-20,import,452 4.2.2 Mailbox full
five.strikes@minato-foods.example,temporary,temporary-network-error,2026-05-01,import,451 4.4.1
reported.spam@umi-travel.test,complaint,,2026-06-11,import,
left.list@umi-travel.test,unsubscribe,,2026-06-12,import,
old.customer@yama-books.example,permanent,bad-domain,2025-12-01,import,550 5.1.2 Host unknown
"""
    (HERE / "blocklist.csv").write_text(text, encoding="utf-8", newline="")


def write_dns() -> None:
    """Write dns.json: the recorded answers for all sample lists and senders."""
    from listhygiene.dns.recorded import save_answers
    from listhygiene.model.answer import Records, Status

    at = datetime(2026, 11, 23, tzinfo=UTC)
    answers: dict[tuple[str, str], Records] = {}

    def put(name: str, kind: str, *texts: str, status: str = "ok", why: str = "") -> None:
        found = Status(status if texts or status != "ok" else "nodata")
        answers[(name, kind)] = Records(found, texts, 3600, at, why)

    def host(name: str, mx: str, address: str = "192.0.2.25") -> None:
        put(name, "MX", f"10 {mx}")
        put(mx, "A", address)
        put(mx, "AAAA")

    for domain in FIRMS:
        host(domain, f"mx.{domain}")
    host("rival.test", "mx.rival.test")
    for (
        domain
    ) in "docomo.ne.jp gmail.com mailinator.com mail.goo.ne.jp grnail.com yahoo.com".split():
        host(domain, f"mx.{domain}", PUBLIC)
    put("closed-shop.example", "MX", status="nxdomain")
    put("gmial.com", "MX", status="nxdomain")
    for name in ("no-server.example", "example.invalid"):
        for kind in ("MX", "A", "AAAA"):
            put(name, kind)
    put("refuses-mail.example", "MX", "0 .")
    host("points-nowhere.example", "localhost")
    put("localhost", "A", "127.0.0.1")
    put("silent-dns.example", "MX", status="unknown", why="timeout")
    put("no-mx.example", "MX")
    put("no-mx.example", "A", "192.0.2.80")
    put("no-mx.example", "AAAA")
    senders(put)
    save_answers(HERE / "dns.json", answers)


def senders(put: object) -> None:
    """Put the records of the sample senders: one that is in order, one where all is missing."""
    assert callable(put)
    put(
        "aoba-shokai.example",
        "TXT",
        "v=spf1 ip4:103.163.153.0/25 include:_spf.aoba-shokai.example ~all",
    )
    put("_spf.aoba-shokai.example", "TXT", "v=spf1 ip4:192.0.2.0/28 -all")
    put(
        "_dmarc.aoba-shokai.example",
        "TXT",
        "v=DMARC1; p=quarantine; rua=mailto:dmarc@aoba-shokai.example",
    )
    for name in ("example", "test", "com", "co.jp", "jp"):
        put(f"_dmarc.{name}", "TXT", status="nxdomain")
    put("kaede-print.example", "TXT", "v=spf1 include:gone.example +all")
    put("gone.example", "TXT", status="nxdomain")
    put("_dmarc.kaede-print.example", "TXT", status="nxdomain")
    put("s1._domainkey.umi-travel.test", "TXT", status="nxdomain")
    for kind in ("TXT", "A", "AAAA"):
        put("refuses-mail.example", kind)
    put("_dmarc.refuses-mail.example", "TXT", status="nxdomain")
    put("umi-travel.test", "TXT")
    put("_dmarc.umi-travel.test", "TXT", status="nxdomain")
    put("gmail.com", "TXT", "v=spf1 redirect=_spf.google.com")
    put("_spf.google.com", "TXT", "v=spf1 ip4:192.0.2.64/26 ~all")
    put("_dmarc.gmail.com", "TXT", "v=DMARC1; p=none; sp=quarantine; rua=mailto:dmarc@example.com")
    put("yahoo.com", "TXT", "v=spf1 ip4:192.0.2.128/26 -all")
    put("_dmarc.yahoo.com", "TXT", "v=DMARC1; p=reject; rua=mailto:dmarc@example.com")


def main() -> None:
    write_csv()
    write_xlsx()
    write_small()
    write_blocklist()
    write_dns()


if __name__ == "__main__":
    main()
