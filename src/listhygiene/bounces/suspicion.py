"""Signs that a message comes from a mail system and speaks of a delivery."""

from __future__ import annotations

import re

from .casing import any_case
from .causes import name_cause
from .notice import Notice
from .tongues import says_undelivered

_DAEMON = re.compile(
    r"""(?ix)mailer[-_.\ ]?daemon|mail[-_.\ ]?daemon|post[-_.]?master|mail[-_.\ ](?:delivery
    |administrator)
    |delivery\ (?:subsystem|system|status)|mdaemon@|mmsc\ ndr|non-?delivery|ndr\ administrator
    |mail\ server\ at\b|<>\s*$"""
)
_RETURNING = re.compile(r"(?i)mailer[-_. ]?daemon|mail delivery")
_PERHAPS = re.compile(
    r"""(?ix)bounce|mail\ ?system|mail\ (?:server|gateway)|mailer@|^"?mdaemon
    |system\ (?:administrator|attendant)
    |smtp\ (?:server|gateway)|mail-?gw|メール配信|メールシステム|no-?reply|root@|sysadmin|symantec
    |mailmarshal|exchange|interscan|imss|scanmail|anti-?virus|mail\ ?guard
    |(?:mail|spam|content|security)\W?(?:security\ )?(?:filter|firewall|gateway)"""
)
_SUBJECT = any_case(
    r"""(?ix)undeliver|delivery\ (?:status|fail|problem|report|error|has\ failed|notification)
    |failure\ (?:notice|delivery)|returned\ (?:e-?)?mail|return(?:ed)?\ to\ sender|failed\ mail
    |mail\ (?:delivery\ )?(?:failure|failed|error|system\ error|returned|status)|nondeliver
    |non[\s-]?(?:remis|consegn|deliver|delivery|recapit)|unzustellbar|nicht\ zugestellt|zustellung
    |message\ (?:not\ delivered|delivery|status|undeliverable)
    |mail\ (?:could\ )?not\ (?:be\ )?(?:sent|delivered)
    |^\W{0,3}bounced?\b|\bbounced\W*$
    |user\ unknown|unable\ to\ (?:send|deliver)|error\ (?:in\ )?sending
    |mancata\ consegna|übermittlungsstatus|lieferstatus|status\ da\ entrega|leveringsstatus
    |estado\ de\ entrega|stato\ del\ recapito|état\ de\ remise|stanie\ dostarczenia
    |gick\ inte\ att\ leverera|kunde\ inte\ levereras
    |kunne\ ikke\ leveres|ei\ voitu\ toimittaa|onbestelbaar|niet\ bezorgd|no\ se\ puede\ entregar
    |no\ (?:se\ )?ha\ podido\ (?:ser\ )?entrega|mensaje\ no\ entregado|não\ entregue
    |não\ foi\ entregue|não\ foi\ possível\ entregar
    |échec\ (?:de\ la\ )?(?:remise|distribution)|avis\ de\ non
    |nie\ (?:została?\ )?(?:dostarczon|doręczon)|niedostarczon
    |doręczeni|nedoručiteln|kézbesíthetetlen|teslim\ edilemedi|배달되지\ 않|전송\ ?실패|반송
    |未送達|无法(?:送达|投递)|無法(?:傳遞|投遞|送達)|送达失败|傳遞狀態
    |受信(?:を?拒否|でき)|送信でき|配信(?:でき|不能|エラー|失敗)|不達|送信失敗|未配信|送信エラー|エラーメール
    |メールエラー|メール[はを]お?届け|mancato\ recapito|退信|投递失败
    |недостав|не\ доставлен
    |состоянии\ доставки|配信状態|传递状态|배달\ 상태|not\ delivered
    |wasn't\ delivered|could\ not\ be\ delivered"""
)
_MAILER = re.compile(r"(?i)mail[\s_-]?(?:system|server|gateway|er\b)|smtp|\bmmdf\b")
_FITTING = re.compile(
    r"""(?ix)deliver|bounce|rejected|blocked|refused|virus|spam|error|problem|not\ (?:a\ )?member
    |loop\ alert|posting|échec|re:\s*your\ mail|fail|エラー|配達|considered|unsolicited
    |mail|message"""
)
"""Subjects that a notice may have, and many an ordinary mail: the words must tell."""
_WORDS = any_case(
    r"""(?ix)could\ ?n[o']t\ be\ delivered|cannot\ be\ delivered|unable\ to\ deliver|undeliverable
    |was\ not\ delivered|wasn't\ able\ to\ deliver|did\ not\ reach
    |permanent\ (?:fatal\ )?errors?|delivery\ (?:to\ the\ following|failed|failure|has\ failed)
    |user\ unknown|unknown\ user|no\ such\ user|returned\ to\ sender
    |(?:has|have)(?:\ not|n't)\ received\ (?:this|your)|has\ been\ returned
    |did\ not\ get\ it|not\ yet\ be(?:en)?\ delivered
    |delivery\ attempts\ will|transcript\ of\ (?:the\ )?(?:session|report)
    |ha(?:s|ve)\ (?:stopped|blocked|rejected|quarantined)\ (?:the|your|an?)\ (?:following\ )?
     (?:e-?mail|message)
    |had\ (?:delivery|permanent|fatal)|problem\ delivering
    |(?:message|mail)\b(?:[^.!?\n]|\.(?=\S)){0,80}\b(?:was|were|has\ been|have\ been)
     \ (?:rejected|blocked|refused|bounced|returned)
    |\b5[05]\d[\s-]+5\.\d\.\d|not\ delivered|message\ (?:was\ )?(?:rejected|blocked)
    |not\ (?:a\ )?member\ of|not\ (?:allowed|permitted|authori[sz]ed)\ to\ (?:post|send\ mail)
    |duplicated?\ message-id|mail\ loop
    |送信できません|配信できません|お届けできません|送れません|エラーメッセージ|届きません
    |宛先(?:不明|が)"""
)

_ANSWER = re.compile(r"(?i)^\s*(?:re|aw|sv|fwd?|tr|rv|wg)\s*:")
_AUTOMATIC = re.compile(
    r"(?i)automatic|permanent(?:ly)?\b|undeliver|n[o']t (?:be )?(?:delivered|able to deliver)"
    r"|unable to deliver|did not reach|delivery (?:has )?failed|transcript|mail (?:server|system)"
)
_REFUSAL = re.compile(r"\s{0,8}[45][0-5]\d[ -]")
"""A line that is a server's reply: gateways to telephones put it into an answer (`Re: ...`)."""
_LIST = re.compile(
    r"(?i)-(?:admin|owner|request|bounces|ctl|help)@|\bowner-|majordom|listserv|mailman|\bfml\b"
)
"""Senders that are the software of a mailing list."""
_RECEIVED = re.compile(
    r"(?i)thank you for (?:your|contacting|writing)"
    r"|(?:message|request|mail|ticket|case)\b.{0,40} (?:was|has been) received(?! (?:at|on|from))"
    r"|ありがとうござい|受け付けました"
)
_TICKET = re.compile(
    r"(?i)\[[^\]]{0,40}(?:\#|\b[a-z]{2,10}[-:])[ ]?\d+\]|\([a-z]{2,10}-\d+\)"
    r"|\b(?:ticket|case|incident|request)[ ]?(?:id|no\.?|number|\#|:)[ :#]{0,3}[a-z]{0,6}-?\d"
)
"""Subjects by which a tracker of requests knows its own mail again."""
_PERSONAL = re.compile(
    r"(?i)^(?:hi|hello|hey|dear) [a-z]{2,20}\s?[,!]|\b(?:my|our) (?:e-?)?(?:mail|message)s? to\b"
    r"|\bdo you (?:have|know)\b"
)
"""How people write of mail that did not arrive."""
_MAIL = re.compile(
    r"(?i)mail|message|smtp|recipient|\buser\b|\b[45]\d\d[ -](?:[45]\.\d|<)"
    r"|courri|mensa[jg]|messaggi|nachricht|bericht|wiadomo|meddeland"
    r"|meddelelse|viesti|zpr[aá]v|level|ileti|posta|メール|メッセージ|宛先|邮件|郵件|письм|сообщени"
    r"|почт|메일|μήνυμα|הודע|رسال|ข้อความ"
)
"""Parcels and invoices are delivered too."""
_AT_HOST = re.compile(r"\S{1,64}@[\w.-]{1,253}")
_NO_REPLY = re.compile(r"(?i)no-?reply")
"""What shops and banks call themselves too."""
_OPERATORS = re.compile(
    r"(?i)^(?:postfix (?:smtp|lmtp) server: errors from|cron <|logwatch\b|report domain:"
    r"|(?:smtp )?tls report"
    r"|.{0,40}\b(?:daily|nightly|hourly|weekly|monthly) (?:\w+ ){0,2}"
    r"(?:summary|report|digest|statistics))"
)
"""Subjects of what a server tells those who run it."""
_OWNERS = re.compile(r"(?i)requires approval$|moderator request|error monitoring report")
"""Subjects of what the software of a mailing list tells its owners."""


def comes_from_a_daemon(notice: Notice) -> bool:
    """Tell whether the sender is by its name the part of a mail system that sends notices."""
    return bool(_DAEMON.search(notice.message.text_of("from")[:300]))


def is_from_mailer_daemon(notice: Notice) -> bool:
    """Tell the daemon that only returns mail; a postmaster writes of other things too."""
    return bool(_RETURNING.search(notice.message.text_of("from")[:300]))


def speaks_of_delivery(notice: Notice) -> bool:
    """Tell whether subject or words are those of a notice of failed delivery."""
    return subject_speaks(notice) or words_speak(notice)


def words_speak(notice: Notice) -> bool:
    """Tell whether the words are those of a notice of failed delivery."""
    return _WORDS.finds(notice.flat) or says_undelivered(notice.flat)


def subject_speaks(notice: Notice) -> bool:
    """Tell whether the subject is that of a notice of failed delivery."""
    subject = notice.subject[:300]
    return _SUBJECT.finds(subject) or says_undelivered(subject)


def is_surely_from_a_system(notice: Notice) -> bool:
    """Tell whether no person can have sent this.

    The null reverse-path, a daemon, the subject, or a mailer that returns the mail says so.
    """
    empty = notice.headers.get("return-path", [""])[0].strip() == "<>"
    mailer = notice.original and _MAILER.search(notice.message.text_of("from")[:300])
    return empty or bool(mailer) or comes_from_a_daemon(notice) or subject_speaks(notice)


def is_suspect(notice: Notice) -> bool:
    """Tell whether a message may be a bounce.

    It is where a mail system's daemon sends it or it calls itself a report; and where the null
    reverse-path (RFC 5321 4.5.5), the sender's name or the subject fits and the words do too, or
    the subject says it and a mail with its trace is returned.
    """
    if comes_from_a_daemon(notice) or "report" in notice.message.type or notice.report:
        return True
    if notice.headers.get("return-path", [""])[0].strip() == "<>":
        return speaks_of_delivery(notice)
    speaks = subject_speaks(notice)
    fits = speaks or bool(_FITTING.search(notice.subject[:300]))
    fits = fits or bool(_PERHAPS.search(notice.message.text_of("from")[:300]))
    returned = speaks and "received" in notice.original
    return fits and (returned or words_speak(notice) or (speaks and _gives_a_reason(notice)))


def _gives_a_reason(notice: Notice) -> bool:
    return name_cause(notice.flat[:4_096]).rule.startswith("phrase")


def is_for_operators(notice: Notice) -> bool:
    """Tell what a server tells those who run it: of the mail of others, or of many at once."""
    kind = notice.message.parameter("report-type").lower()
    subject = notice.subject[:100]
    owned = _OWNERS.search(subject) and not comes_from_a_daemon(notice)
    return kind == "tlsrpt" or bool(owned or _OPERATORS.search(subject))


def is_weak(notice: Notice) -> bool:
    """Tell whether a person, a newsletter or a program may have written what looks like a notice.

    No machine answers: neither the sender nor a returned mail shows one. The null reverse-path
    does not tell, since the replies of people's programs have it too (RFC 3834 3.3).
    """
    headers = notice.headers
    report = "report" in notice.message.type
    if notice.original or report:
        return False
    if _ANSWER.match(notice.subject):
        own = _unquoted(notice)
        refused = comes_from_a_daemon(notice) and any(map(_REFUSAL.match, own))
        return not (refused or _AUTOMATIC.search(" ".join(own)))
    named = notice.message.text_of("from")[:300]
    sender = _NO_REPLY.sub("", named)
    machine = comes_from_a_daemon(notice) or bool(_LIST.search(sender))
    if "list-unsubscribe" in headers:  # a list's software passes bounces on with its own headers
        return not (machine and (subject_speaks(notice) or "daemon" in sender.lower()))
    if machine:
        return False
    if _RECEIVED.search(notice.flat[:2_000]):
        return True
    if "in-reply-to" in headers or notice.subject.rstrip()[-1:] in ("?", "？"):
        return True
    if headers.get("return-path", [""])[0].strip() == "<>" and sender != named:
        return False  # no person's reply comes from no-reply@
    if _TICKET.search(notice.subject) or _PERSONAL.search(notice.flat[:1_000]):
        return True
    told = f"{notice.subject} {notice.flat}"
    tells = subject_speaks(notice) and _MAIL.search(_AT_HOST.sub("", told))
    return not (tells or _PERHAPS.search(sender))


def _unquoted(notice: Notice) -> list[str]:
    """Return the lines that do not quote another mail."""
    return [line for line in notice.lines[:200] if line.lstrip()[:1] not in (">", "|")]
