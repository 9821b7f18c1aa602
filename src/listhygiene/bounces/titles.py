"""What tables and platforms call types and causes: words, codes and the help page's titles."""

from __future__ import annotations

import unicodedata
from functools import cache

from ..model.bounce import Kind, Type
from .causes import CAUSES

_TYPES = {
    Type.PERMANENT: (
        "permanent", "hard", "hard bounce", "hardbounce", "hard-bounce", "permanently blocked",
        "permanent bounce", "permanent failure", "invalid", "invalid email", "undeliverable",
        "hard error", "ハードエラー", "恒久エラー", "恒久的エラー", "永続エラー",
        "恒久的", "恒久的な不達", "恒久", "ハードバウンス", "ハード", "永続的", "永続的にブロック",
        "恒久的にブロック", "永久的", "永久にブロック", "完全にブロック",
    ),
    Type.TEMPORARY: (
        "temporary", "soft", "soft bounce", "softbounce", "soft-bounce", "temporarily blocked",
        "transient", "temporary bounce", "temporary failure",
        "soft error", "ソフトエラー", "一時エラー", "一時的エラー",
        "一時的", "一時的な不達", "一時", "ソフトバウンス", "ソフト", "一時的にブロック",
    ),
}  # fmt: skip
_KINDS = {
    Kind.BOUNCE: (
        "bounce", "bounced", "failed", "cleaned", "blocked", "failure", "rejected",
        "failed delivery", "block bounce", "technical bounce", "unknown bounce", "general bounce",
        "不達", "バウンス", "配信エラー", "エラー", "送信失敗", "配信失敗", "不達メール",
    ),
    Kind.COMPLAINT: (
        "complaint", "complained", "spam complaint", "spamcomplaint", "spam report", "spamreport",
        "abuse", "spam reported", "苦情", "迷惑メール報告", "迷惑メールとして報告",
    ),
    Kind.UNSUBSCRIBE: (
        "unsubscribe", "unsubscribed", "opt out", "opted out", "optout", "opt-out",
        "配信停止", "購読解除", "解除", "オプトアウト", "配信解除", "退会",
    ),
    Kind.DELAY: ("delay", "delayed", "deferred", "deferral", "遅延", "再送中"),
    Kind.AUTO_REPLY: (
        "auto-reply", "auto reply", "autoreply", "auto-replied", "out of office", "autoresponder",
        "vacation", "自動返信", "不在", "不在通知",
    ),
    Kind.DELIVERY: (
        "delivery", "delivered", "sent", "success", "successful", "ok", "配信済み", "配信完了",
        "送信済み", "成功", "正常",
    ),
    Kind.CHALLENGE: ("challenge",),
    Kind.UNDECIDED: ("undecided",),
    Kind.OTHER: (
        "other", "open", "opened", "click", "clicked", "active", "subscribed", "valid", "processed",
        "開封", "クリック", "有効", "購読中",
    ),
}  # fmt: skip
_BLOCKED = ("blocked", "ブロック", "な不達")
"""Parts of words that say so. Zoho CRM sends nothing more to an address of which it says
一時的な不達 or 恒久的な不達, until the block is lifted (help page on bounced e-mails)."""
_LONGEST = 40
"""Characters of the longest word or title, and some more; what is longer is a sentence."""


@cache
def _kinds() -> dict[str, Kind]:
    return {plain(word): kind for kind, words in _KINDS.items() for word in words}


@cache
def _types() -> dict[str, Type]:
    return {plain(word): kind for kind, words in _TYPES.items() for word in words}


@cache
def _causes() -> dict[str, tuple[str, ...]]:
    """Return what a cause may be called -> its codes; "Others" is the name of two."""
    found: dict[str, tuple[str, ...]] = {}
    for code, cause in CAUSES.items():
        for word in {plain(one) for one in (code, cause.name, cause.ja, cause.en)}:
            found[word] = (*found.get(word, ()), code)
    return found


def plain(text: str) -> str:
    """Return a word as it is compared: without case, width, spaces, "_", "-"; '' of a sentence."""
    if len(text) > _LONGEST:
        return ""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in folded if not sign.isspace() and sign not in "_-・()（）")


def kind_called(text: str) -> Kind | None:
    """Return the kind of notice that a word means; a type of bounce is a bounce."""
    word = plain(text)
    return Kind.BOUNCE if word in _types() else _kinds().get(word)


def type_called(text: str) -> Type | None:
    """Return the type of bounce that a word means, None where it says none."""
    return _types().get(plain(text))


def cause_called(text: str, kind: Type | None = None) -> str:
    """Return the code of the cause that a word names, '' where it names none.

    kind: tells the two causes called "Others" apart; without it the temporary one is meant.
    """
    codes = _causes().get(plain(text), ())
    wanted = "P" if kind is Type.PERMANENT else "T"
    return next((code for code in codes if code.startswith(wanted)), codes[0] if codes else "")


def is_blocked(text: str) -> bool:
    """Tell whether a platform's word says that it holds the address back."""
    return any(word in plain(text) for word in _BLOCKED)
