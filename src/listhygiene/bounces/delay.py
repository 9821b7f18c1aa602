"""Warnings that a mail is late: still being tried, so nothing has failed yet."""

from __future__ import annotations

import re

from .accents import spelled
from .casing import any_case
from .notice import Notice
from .tongues import Wordings

_SUBJECT = any_case(
    r"(?i)\bdelay|warning: (?:message|could not|still)|still being retried|\(warning\)"
    r"|遅延|配送が遅れ|verzöger|différé|retard|retras|ritard|atrasad|atraso|vertraagd|vertraging"
    r"|fördröj|försen|forsink|gecik|viiväst|késle|întârzi|καθυστέρ|opóźni|zpožd|задерж|延迟|延遲|지연"
)
_WORDS = any_case(
    r"""(?ix)this\ is\ a\ warning\ message\ only|you\ do\ not\ need\ to\ resend
    |not\ (?:yet\ been\ delivered|been\ delivered\ (?:yet|after))
    |will\ (?:(?:continue|keep)\ (?:to\ try|trying|to\ attempt|attempting)|be\ retried
     |(?:try|retry)\ (?:again|for|to\ send|sending|delivering))
    |(?:has\ been|is|was)\ (?:being\ |temporarily\ )?delayed|delivery\ attempts\ will\ continue
    |no\ action\ is\ required\ on\ your\ part|still\ (?:trying|in\ (?:the\ )?queue|queued)
    |retry\ to\ send\ the\ message\ until|ha(?:ve|s)\ (?:yet\ to\ be\ delivered|been\ frozen)"""
)
_STEMS = (
    "noch nicht", "nog niet", "versucht", "verz", "fortgesetzt", "geprobeerd", "tentativ",
    "continuar", "pas encore", "retard", "diff", "todav", "no se ha", "seguir", "retras", "ancora",
    "ritard", "ainda", "atrasad", "adiad", "vertraag", "jeszcze", "jest op", "levererats",
    "rdr", "senats", "forsink",
)  # fmt: skip
"""One of these is in every text that `_LATIN` finds something in."""
_LATIN = any_case(
    r"""(?ix)no(?:ch\ nicht|g\ niet)\ (?:\w+\ ){0,4}(?:zugestellt|bezorgd|afgeleverd)
    |(?:weiterhin|erneut)\ versucht|zustellversuche\ werden\ fortgesetzt|opnieuw\ geprobeerd
    |tentativ(?:es|i)\ .{0,30}(?:poursuiv|continu)|continuar\ a\ tentar
    |pas\ encore\ été\ (?:remis|délivré|distribué)
    |(?:todavía|aún)\ no\ se\ ha\ (?:podido\ )?entreg
    |seguirá\ intentando|non\ è\ (?:ancora\ )?stato\ ancora|non\ è\ ancora\ stat
    |ainda\ não\ foi\ entregue|continuará\ tentando|nie\ została\ jeszcze
    |har\ inte\ levererats\ än
    |(?:wurde|wird|ist)\ (?:\w+\ ){0,2}verzögert|a\ été\ (?:retardé|différé)|se\ ha\ retrasado
    |(?:foi|está)\ (?:atrasad|sendo\ adiad)|è\ (?:stat[oa]\ )?(?:ritardat|in\ ritardo)
    |(?:is|wordt)\ vertraagd|har\ (?:fördröjts|försenats)
    |(?:er|ble|blev)\ forsinket|jest\ opóźnion"""
)
_FOREIGN = re.compile(
    r"""(?ix)配信が遅延|遅延して|再送(?:を|し|いた)|まだ配信されて|配信[がは]遅れて|引き続き配信
    |пока\ не\ доставлен|ещё\ не\ доставлен|еще\ не\ доставлен|попытки\ .{0,30}продолж
    |(?:尚未|还未|還未).{0,4}(?:送达|送達|投递|传递)|继续尝试|已延[迟遲]
    |지연되|繼續嘗試|다시\ 시도|계속\ 시도"""
)
"""Said in scripts other than Latin."""
_WORDINGS = Wordings(_WORDS, _STEMS, _LATIN, _FOREIGN)
_FINAL = spelled(
    r"""(?ix)will\ not\ be\ (?:retried|delivered|able)|giv(?:en|ing)\ up
    |no\ further\ (?:delivery\ )?attempts?|permanent(?:ly)?\ (?:error|fail|fatal)
    |has\ (?:been\ )?(?:failed|expired)|(?:was|is)\ undeliverable|will\ not\ (?:continue|keep
    |retry)|endgültig|définitivement|definitivamente|definitivo|окончательно|拒収|失敗しました"""
)


_REFUSED = re.compile(r"(?<![\d.])5(?:\d\d[ -]|\.\d\.\d)")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])|\n\s*\n")
_CONDITION = re.compile(
    r"""(?ix)\b(?:if|when|until|unless|eventually|wenn|falls|sobald|si|cuando|se|quando|als|wanneer|om|när
    |jeśli|gdy|если|когда)\b|場合|如果|若|경우"""
)


def is_delay(notice: Notice) -> bool:
    """Tell whether the words say that delivery goes on being tried.

    Not those of a server that refused the mail, and not what they say may come at last.
    """
    words = notice.words[:6_000]
    if not _SUBJECT.finds(notice.subject):
        told = _WORDINGS.told_in(notice.flat)
        if told and _REFUSED.search(words):
            own = " ".join(one for one in words.split("\n") if not _REFUSED.search(one))
            told = _WORDINGS.told_in(own)
        if not told:
            return False
    if not _FINAL.search(notice.flat):
        return True
    sentences = (" ".join(one.split()) for one in _SENTENCE.split(words))
    return not any(_FINAL.search(one) for one in sentences if not _CONDITION.search(one))
