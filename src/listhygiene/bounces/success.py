"""Notices that a mail arrived, which its sender had asked for: nobody failed."""

from __future__ import annotations

import re

from .accents import spelled
from .casing import any_case
from .notice import Notice
from .tongues import Wordings

_WORDS = any_case(
    r"""(?ix)(?:was|were|been|is)\ (?:successfully\ )?(?:delivered|relayed)\ (?:successfully\ )?to
    |successfully\ (?:delivered|relayed)|(?:was|has\ been)\ delivered,?\ (?:but|without)
    |delivery\ report\ that\ you\ requested|:\s*delivery\ via\ [^\n]{1,200}:\s*25\d\b"""
)
_STEMS = (
    "erfolgreich", "remis", "relay", "livr", "transmis", "distribu", "entreg", "retransmit",
    "consegnat", "recapitat", "inoltrat", "succes", "levererats", "pomy",
)  # fmt: skip
"""One of these is in every text that `_LATIN` finds something in."""
_LATIN = any_case(
    r"""(?ix)erfolgreich\ (?:\w+\ ){0,4}(?:zugestellt|übermittelt|weitergeleitet)
    |(?:remis|relayé|livré|transmis|distribué)\ (?:avec\ succès|aux?\ (?:destinataire|personne))
    |(?:entregado|entregó|retransmitido|retransmitió)\ (?:correctamente|con\ éxito)
    |se\ (?:entregó|ha\ entregado)\ a\ los
    |(?:entregue|retransmitida?)\ (?:com\ (?:êxito|sucesso)|aos)
    |(?:consegnato|recapitato|inoltrato)\ (?:correttamente|ai\ seguenti)
    |(?:succesvol|met\ succes)\ (?:\w+\ ){0,4}(?:bezorgd|afgeleverd|doorgestuurd)
    |har\ levererats\ till|pomyślnie\ (?:\w+\ ){0,2}(?:dostarczon|przekazan)"""
)
_FOREIGN = re.compile(
    r"""(?x)正常に(?:配信|中継|配送|送信)|(?:配信|送信)(?:されました|が完了しました)
    |已(?:成功)?(?:送达|送達|投递至|传递给|傳遞給|中继|轉送)
    |(?:성공적|정상적)으로\ (?:배달|전달|중계|전송)
    |успешно\ (?:\w+\ ){0,4}(?:достав|переда|ретранс)"""
)
_WORDINGS = Wordings(_WORDS, _STEMS, _LATIN, _FOREIGN)
_SUBJECT = spelled(
    r"""(?ix)[(（](?:success|relay|expanded|erfolgreich|weitergeleitet|réussi\w*|relais|relayé|correcto
     |entregad[oa]|retransmiti\w+|riuscit[oa]|inoltrat[oa]|êxito|sucesso|geslaagd|doorgestuurd|成功
     |中継|正常|успех|성공)[)）]
    |^(?:delivered|relayed|zugestellt|weitergeleitet|remis|relayé|entregad[oa]|entregue
     |retransmitid[oa]|recapitato|consegnato|inoltrato|bezorgd|afgeleverd|doorgestuurd|levererat
     |leveret|levert|dostarczon[oa]|доставлено|配信済み|中継済み|已送达|已送達|已傳遞|배달됨)\s?[:：]
    |delivery\ status\ notification:\ success|^配信済み"""
)
_FAILED = re.compile(
    r"""(?ix)n[o']t\ (?:be\ |been\ )?(?:successfully\ )?(?:delivered|relayed)|undeliver|unable\ to
    |\b(?:nicht|non|pas|não|nao|niet|inte|ej|ikke|ei|nie|не)\b
    |\bno\ (?:se|fue|ha|han|pudo|pudieron)\b
    |\bfailed\b|\bfailure\b|\bpermanent|\brejected\b|\b5\d\d[\s-]|\b5\.\d\.\d|fatal\ error
    |できません|失敗|失败|无法|無法|未能|못|않"""
)
_UNTOLD = re.compile(
    r"""(?ix)\W(?:but|however|aber|jedoch|mais|pero|mas?|maar|men|ale|но|однако|但)\b[^.。]{0,200}
    (?:notif|benachrichtig|confirm|melding|powiadomien|уведомлен|通知)[^.。]{0,200}
    |が、[^.。]{0,100}通知[^。]{0,60}"""
)
"""That the next system will not tell what becomes of the mail is no failure."""


def is_success(notice: Notice) -> bool:
    """Tell whether the words say that the mail was delivered, and nothing of a failure."""
    words = notice.flat[:6_000]
    if not (_SUBJECT.search(notice.subject) or _WORDINGS.told_in(words)):
        return False
    return not _FAILED.search(_UNTOLD.sub("", words)) and not _FAILED.search(notice.subject)
