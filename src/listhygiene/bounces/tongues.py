"""How the languages of the world say that a mail was not delivered, in a subject or a sentence.

Worded after the non-delivery reports of Exchange, Outlook, Gmail, Domino and the hosts of each
country; words may stand between the negation and the verb.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .casing import AnyCase, any_case

_LATIN = any_case(
    r"""(?ix)
     nicht\ (?:\w+\ ){0,3}(?:zugestellt|zustell|übermittelt|ausgeliefert|versandt|versendet)
    |(?:nachricht|mail)\b(?:[^.\n]|\.(?=\S)){0,60}
     \ (?:zurückgesandt|zurückgeschickt|zurückgewiesen|abgewiesen|abgelehnt)
    |(?:message|courriel|mail)\b(?:[^.\n]|\.(?=\S)){0,60}\ (?:retourné|rejeté|refusé)
    |(?:mensaje|correo)\b(?:[^.\n]|\.(?=\S)){0,60}\ (?:devuelto|rechazado|rebotado)
    |(?:messaggio|mail)\b(?:[^.\n]|\.(?=\S)){0,60}\ (?:respinto|rifiutato|restituito)
    |(?:mensagem|mail)\b(?:[^.\n]|\.(?=\S)){0,60}\ (?:devolvid|rejeitad|recusad)
    |(?:bericht|mail)\b(?:[^.\n]|\.(?=\S)){0,60}\ (?:geweigerd|teruggestuurd|geretourneerd)
    |unzustellbar|zustellfehler|zustellung\ (?:\w+\ ){0,4}(?:fehlgeschlagen|nicht|gescheitert)
    |n'a\ (?:pas\ |pu\ |été\ |être\ ){1,3}(?:remis|distribu|délivr|livré|transmis|envoy|achemin)
    |n'ont\ (?:pas\ |pu\ |été\ |être\ ){1,3}(?:remis|distribu|délivr|livré|transmis|envoy|achemin)
    |n'est\ pas\ parven
    |impossible\ de\ (?:remettre|délivrer|distribuer|livrer|acheminer|transmettre)
    |échec\ (?:de\ |d'|du\ )(?:la\ |l')?
     (?:remise|distribution|livraison|envoi|acheminement|transmission)
    |no\ (?:se\ |ha\ |han\ |pudo\ |pudieron\ |puede\ |fue\ |sido\ |podido\ |ser\ |le\ ){1,4}
     (?:entreg|envia|distribu)
    |fallo\ (?:de|en\ la)\ entrega|error\ (?:de|en\ la)\ entrega|entrega\ fallida
    |imposible\ (?:de\ )?entregar|entrega\b[^.\n]{0,80}\ (?:falló|ha\ fallado|falhou)
    |(?:bezorging|levering|leverans\w*)\b[^.\n]{0,80}\ (?:mislukt|mislukkedes|mislyktes|misslyck)
    |não\ (?:foi\ |foram\ |pôde\ |pode\ |é\ |será\ |possível\ |ser\ |ter\ ){0,4}(?:entreg|envia)
    |falha\ (?:na|de|ao)\ entreg|impossível\ entregar|erro\ (?:na|de)\ entrega
    |non\ (?:è\ |sono\ |ha\ |stat[oa]\ |può\ |possibile\ |potuto\ |essere\ |si\ ){0,4}
     (?:consegna|recapita|inoltra|inviat)
    |impossibile\ (?:consegnare|recapitare|inoltrare|inviare)|mancat[oa]\ (?:consegna|recapito)
    |(?:errore|errori)\ di\ consegna|consegna\ non\ riuscita
    |niet\ (?:\w+\ ){0,3}(?:bezorg|afgeleverd|afleveren|verzonden|besteld)|onbestelbaar
    |(?:kunde|gick|kan|går|har)\ (?:inte|ej)\ (?:att\ )?leverera|oleverer
    |(?:kunne|kan|ble|blev)\ (?:ikke|ikkje)\ (?:leveres|levere|levert|leveret|afleveres|sendes)
    |ei\ (?:\w+\ ){0,3}toimit|toimit\w+\ epäonnistui
    |nie\ (?:\w+\ ){0,3}(?:dostarcz|doręcz)|niedostarcz|niedoręcz
    |nelze\ doručit|nedoruč|nebyla?o?\ (?:\w+\ ){0,2}doruč|nepodařilo\ (?:se\ )?(?:\w+\ ){0,2}doruč
    |doručení\ (?:\w+\ ){0,4}nezdařilo|(?:nebolo|nie\ je)\ možné\ doruč|nepodarilo\ (?:sa\ )?doruč
    |kézbesíthetetlen|nem\ (?:\w+\ ){0,3}kézbesít
    |kézbesítés\w*\ (?:\w+\ ){0,2}sikertelen|sikertelen\ kézbesít
    |nu\ (?:a\ |s-a\ |poate\ |putut\ |fi\ |fost\ ){1,4}livra|nelivra|imposibil\ de\ livrat
    |(?:teslim|iletil|gönderil|ulaştırıl)\w*\ ?(?:edil)?em(?:e|i)|iletilmedi|gönderilmedi
    |(?:nije|nisu)\ (?:\w+\ ){0,3}(?:isporuč|dostav)|neisporuč|ni\ (?:\w+\ ){0,3}dostav|nedostav
    |ei\ (?:\w+\ ){0,2}toimetada|nepristatyt|nepavyko\ (?:\w+\ )?pristatyti|(?:nevar|nav)\ piegād
    |no\ (?:s'ha|es)\ (?:pogut\ |pot\ )?(?:lliura|entrega)|error\ de\ lliurament
    |tidak\ (?:dapat|bisa|berhasil)\ (?:di)?(?:kirim|hantar|sampaikan)
    |tidak\ terkirim|gagal\ (?:di)?kirim
    |không\ (?:thể\ |được\ )?(?:gửi|chuyển|phân\ phối)"""
)
_OTHERS = re.compile(
    r"""(?ix)
     не\ (?:[\w.]+\ ){0,3}(?:достав|отправлен|вруч)|недостав|невозможно\ (?:доставить|отправить)
    |доставка\b[^.\n]{0,80}не\ (?:выполнена|удалась)
    |(?:ошибка|сбой)\ доставки|не\ (?:[\w.]+\ ){0,3}надіслан
    |δεν\ (?:[\w.]+\ ){0,3}(?:παρ[αά]δ)|αδύνατη\ η\ (?:παράδοση|αποστολή)|ανεπίδοτ
    |לא\ ניתן\ (?:היה\ )?(?:למסור|לשלוח|למסירה)|לא\ נמסר|נכשל
    |تعذ.?ر\ (?:ال)?(?:تسليم|إرسال|توصيل)|(?:لم|لا)\ (?:يتم|يمكن)\ (?:ال)?(?:تسليم|إرسال|توصيل)
    |فشل\ (?:ال)?(?:تسليم|إرسال|توصيل)
    |ไม่สามารถ(?:นำ)?(?:ส่ง|จัดส่ง)|ส่ง(?:อีเมล|ข้อความ)?ไม่(?:ได้|สำเร็จ)
    |(?:डिलीवर|वितरित)\ नहीं
    |(?:배달|전달|전송|발송|송신)(?:되지|하지|할\ ?수|이|에)?\ ?(?:않|못|없|실패)|보내지\ ?못|반송
    |[无無]法(?:送达|送達|投递|投遞|传递|傳遞|发送|傳送|寄|将|將)|未(?:能)?(?:送达|送達|投递|投遞|传递|傳遞)
    |退信|退回|(?:投递|投遞|送达|送達|发送|傳送|传递|傳遞|寄送)失[败敗]
    |(?:送信|配信|配達|配送|お?届け)(?:する?こと|する?事)?(?:を|が|も|に)?(?:でき|出来(?!ま(?:した|す)))
    |(?:送信|配信|配達|配送)(?:に|が|は)?(?:失敗|不能|不可|エラー)|届(?:き|けられ)ません|送れません
    |不達|未達|未送達|未配信|エラーメール|メールエラー|返送(?:され|いた)|宛先(?:不明|が)"""
)


def says_undelivered(text: str) -> bool:
    """Tell whether a text in another language than English says that a mail was not delivered."""
    return _LATIN.finds(text) or (not text.isascii() and bool(_OTHERS.search(text)))


@dataclass(frozen=True)
class Wordings:
    """How many languages say one thing: the usual words, and those of rarer ones.

    stems: one of them is in every text that `latin` finds something in. foreign: said in scripts
    other than Latin.
    """

    usual: AnyCase
    stems: tuple[str, ...]
    latin: AnyCase
    foreign: re.Pattern[str]

    def told_in(self, words: str) -> bool:
        """Tell whether a text says it."""
        if self.usual.finds(words):
            return True
        lowered = words.lower()
        if any(stem in lowered for stem in self.stems) and self.latin.finds(words):
            return True
        return not words.isascii() and bool(self.foreign.search(words))
