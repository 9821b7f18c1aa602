"""Bounces in the exports of sending platforms: what each says, in each of its shapes."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from listhygiene.bounces import read_message, table
from listhygiene.bounces.entry import moment_of
from listhygiene.bounces.reading import Reading, read
from listhygiene.bounces.sources import document_events, source_of_columns
from listhygiene.headers import normalise
from listhygiene.model.bounce import Event
from listhygiene.model.errors import UnreadableBounces
from listhygiene.readers import read as read_table

USER_UNKNOWN = "smtp; 550 5.1.1 <ann@example.com>: user unknown"


def ses(name: str, body: dict[str, Any], key: str = "notificationType") -> dict[str, Any]:
    mail = {
        "messageId": "m-1",
        "timestamp": "2026-05-01T10:00:00.000Z",
        "destination": ["ann@example.com"],
        "tags": {"campaign": ["spring"]},
    }
    return {key: name[:1].upper() + name[1:], "mail": mail, name: body, "new": [1]}


def ses_bounce(kind: str, sub: str, said: str = "", **fields: str) -> dict[str, Any]:
    one = {"emailAddress": "ann@example.com", "diagnosticCode": said, **fields}
    body = {
        "bounceType": kind,
        "bounceSubType": sub,
        "bouncedRecipients": [one],
        "timestamp": "2026-05-01T10:00:05.000Z",
        "feedbackId": "f-1",
    }
    return ses("bounce", body)


def sendgrid(event: str, **fields: Any) -> dict[str, Any]:
    own = {"email": "ann@example.com", "timestamp": 1777629605, "sg_event_id": "e-1"}
    return {**own, "event": event, **fields}


def mailgun(event: str, **fields: Any) -> dict[str, Any]:
    own = {"id": "x-1", "recipient": "ann@example.com", "timestamp": 1777629605.25}
    return {"signature": {}, "event-data": {**own, "event": event, "log-level": "error", **fields}}


def mandrill(event: str, **fields: Any) -> dict[str, Any]:
    message = {"_id": "m-1", "email": "ann@example.com", "state": "bounced", **fields}
    return {"event": event, "ts": 1777629605, "_id": "x-1", "msg": message}


def resend(event: str, bounce: dict[str, str] | None = None) -> dict[str, Any]:
    body = {"email_id": "m-1", "to": ["ann@example.com"], "bounce": bounce or {}}
    return {"type": event, "created_at": "2026-05-01T10:00:05Z", "data": body}


def kumomta(kind: str, code: int, digits: tuple[int, int, int], said: str) -> dict[str, Any]:
    parts = dict(zip(("class", "subject", "detail"), digits, strict=True))
    response = {"code": code, "enhanced_code": parts, "content": said, "command": "RCPT TO"}
    own = {"id": "k-1", "recipient": "ann@example.com", "queue": "c:t@example.com", "site": "mx"}
    return {**own, "type": kind, "response": response, "timestamp": 1777629605}


def postmark(kind: str, **fields: Any) -> dict[str, Any]:
    own = {"RecordType": "Bounce", "ID": 4, "Email": "ann@example.com", "MessageID": "m-1"}
    return {**own, "Type": kind, "BouncedAt": "2026-05-01T10:00:05Z", **fields}


def sparkpost(kind: str, **fields: Any) -> dict[str, Any]:
    own = {"rcpt_to": "ann@example.com", "timestamp": "1777629605", "event_id": "9"}
    return {"msys": {"message_event": {**own, "type": kind, **fields}}}


def zoho(category: str, sub: str, reason: str) -> dict[str, Any]:
    status = {
        "type": "bounced",
        "bounced_time": "2026-05-01T19:00:05+09:00",
        "category": category,
        "sub_category": sub,
        "bounced_reason": reason,
    }
    mail = {"status": [status], "to": [{"email": "ann@example.com"}], "message_id": "m-1"}
    return {"Emails": [mail], "info": {"count": 1}}


def campaigns(action: str, **fields: Any) -> dict[str, Any]:
    one = {"contact_email": "ann@example.com", "action_time": 1777629605000, **fields}
    return {"webhook_name": "w", "action": action, "data": [one]}


def hubspot(**fields: str) -> dict[str, Any]:
    return {"results": [{"id": "1", "properties": {"email": "ann@example.com", **fields}}]}


DOCUMENTS: list[tuple[str, dict[str, Any], str]] = [
    ("ses", ses_bounce("Permanent", "General", USER_UNKNOWN), "bounce P3"),
    ("ses", ses_bounce("Permanent", "NoEmail"), "bounce P3"),
    ("ses", ses_bounce("Permanent", "General"), "bounce P9"),
    ("ses", ses_bounce("Permanent", "Suppressed"), "bounce P9 final"),
    ("ses", ses_bounce("Permanent", "OnAccountSuppressionList"), "bounce P9 final uncounted"),
    ("ses", ses_bounce("Permanent", "UnsubscribedRecipient"), "unsubscribe"),
    ("ses", ses_bounce("Permanent", "General", "552 5.2.2 mailbox full"), "bounce T4"),
    ("ses", ses_bounce("Permanent", "General", "450 4.1.1 user unknown"), "bounce T7"),
    ("ses", ses_bounce("Transient", "MailboxFull"), "bounce T4"),
    ("ses", ses_bounce("Transient", "General"), "bounce T7"),
    ("ses", ses_bounce("Transient", "ContentRejected"), "bounce T6"),
    ("ses", ses_bounce("Undetermined", "Undetermined"), "bounce T7"),
    ("ses", ses("complaint", {"complainedRecipients": [{"emailAddress": "ann@example.com"}]}),
     "complaint P8"),
    ("ses", ses("complaint", {"complainedRecipients": [{"emailAddress": "ann@example.com"}],
     "complaintFeedbackType": "not-spam"}), "other"),
    ("ses", ses("delivery", {"recipients": ["ann@example.com"]}, "eventType"), "delivery"),
    ("ses", ses("deliveryDelay", {"delayedRecipients": [{"emailAddress": "ann@example.com"}],
     "delayType": "MailboxFull"}, "eventType"), "delay T4"),
    ("ses", ses("open", {"ipAddress": "192.0.2.1"}, "eventType"), "other"),
    ("ses", ses("subscription", {"newTopicPreferences": {"unsubscribeAll": True}}, "eventType"),
     "unsubscribe"),
    ("sendgrid", sendgrid("bounce", type="bounce", status="5.1.1", reason="550 5.1.1 no such user"),
     "bounce P3"),
    ("sendgrid", sendgrid("bounce", type="bounce", bounce_classification="Invalid Address"),
     "bounce P3"),
    ("sendgrid", sendgrid("bounce", type="bounce"), "bounce P9"),
    ("sendgrid", sendgrid("bounce", type="blocked", bounce_classification="Reputation"),
     "bounce T3"),
    ("sendgrid", sendgrid("bounce", type="blocked", status="4.0.0"), "bounce T7"),
    ("sendgrid", sendgrid("deferred", response="451"), "delay T5"),
    ("sendgrid", sendgrid("dropped", reason="Bounced Address"), "bounce P9 final uncounted"),
    ("sendgrid", sendgrid("dropped", reason="Unsubscribed Address"), "unsubscribe uncounted"),
    ("sendgrid", sendgrid("dropped", reason="Spam Content"), "other uncounted"),
    ("sendgrid", sendgrid("spamreport"), "complaint P8"),
    ("sendgrid", sendgrid("group_unsubscribe", asm_group_id=1), "unsubscribe"),
    ("sendgrid", sendgrid("delivered", response="250 OK"), "delivery"),
    ("sendgrid", sendgrid("open"), "other"),
    ("mandrill", mandrill("hard_bounce", diag="smtp;550 5.1.1 no such user"), "bounce P3"),
    ("mandrill", mandrill("hard_bounce", bounce_description="bad_mailbox"), "bounce P3"),
    ("mandrill", mandrill("soft_bounce", bounce_description="mailbox_full"), "bounce T4"),
    ("mandrill", mandrill("spam"), "complaint P8"),
    ("mandrill", mandrill("unsub"), "unsubscribe"),
    ("resend", resend("email.bounced", {"type": "Permanent", "message": "550 no such user"}),
     "bounce P3"),
    ("resend", resend("email.bounced", {"type": "Transient", "subType": "General"}), "bounce T7"),
    ("resend", resend("email.complained"), "complaint P8"),
    ("resend", resend("email.delivery_delayed"), "delay T5"),
    ("mandrill", {"email": "ann@example.com", "reason": "hard-bounce", "expired": False,
     "detail": "550 5.1.1 no such user", "last_event_at": "2026-05-01 10:00:05"},
     "bounce P3 final uncounted"),
    ("mandrill", {"email": "ann@example.com", "reason": "hard-bounce", "expired": True,
     "detail": "", "last_event_at": "2026-05-01 10:00:05"}, "other uncounted"),
    ("resend", {"type": "email.suppressed", "created_at": "2026-05-01T10:00:05Z",
     "data": {"to": ["ann@example.com"], "suppressed": {"type": "OnAccountSuppressionList"}}},
     "bounce P9 final uncounted"),
    ("kumomta", kumomta("Bounce", 550, (5, 1, 1), "no such user"), "bounce P3"),
    ("kumomta", kumomta("OOB", 552, (5, 2, 2), "mailbox full"), "bounce T4"),
    ("kumomta", kumomta("TransientFailure", 451, (4, 7, 1), "greylisted"), "delay T5"),
    ("kumomta", kumomta("Expiration", 551, (5, 4, 7), "Next delivery time is beyond expiration"),
     "bounce T5"),
    ("kumomta", kumomta("AdminBounce", 551, (5, 7, 1), "Administrator bounced"), "other"),
    ("kumomta", kumomta("Delivery", 250, (2, 0, 0), "OK"), "delivery"),
    ("kumomta", {**kumomta("Bounce", 550, (5, 0, 0), "sorry"),
     "bounce_classification": "InvalidRecipient"}, "bounce P3"),
    ("kumomta", {**kumomta("Feedback", 0, (0, 0, 0), ""), "recipient": "fbl@shop.example",
     "feedback_report": {"feedback_type": "abuse", "original_rcpt_to": ["ann@example.com"]}},
     "complaint P8"),
    ("mailchimp", {"email_address": "ann@example.com", "status": "cleaned"}, "bounce P9"),
    ("mailgun", mailgun("failed", severity="permanent", reason="bounce",
     **{"delivery-status": {"code": 550, "message": "5.1.1 user unknown"}}), "bounce P3"),
    ("mailgun", mailgun("failed", severity="temporary", reason="generic",
     **{"delivery-status": {"code": 451, "message": "greylisted"}}), "delay T5"),
    ("mailgun", mailgun("failed", severity="permanent", reason="suppress-bounce",
     **{"delivery-status": {"code": 605}}), "bounce P9 final uncounted"),
    ("mailgun", mailgun("failed", severity="permanent", reason="suppress-unsubscribe"),
     "unsubscribe uncounted"),
    ("mailgun", mailgun("failed", severity="permanent", reason="generic",
     **{"delivery-status": {"code": 498}}), "bounce T1"),
    ("mailgun", mailgun("complained"), "complaint P8"),
    ("mailgun", mailgun("unsubscribed"), "unsubscribe"),
    ("mailgun", mailgun("opened"), "other"),
    ("mailgun", {"event": "bounced", "recipient": "ann@example.com", "code": "550",
     "error": "5.1.1 no such user", "timestamp": "1777629605", "token": "t"}, "bounce P3"),
    ("postmark", postmark("HardBounce", Details="action failed"), "bounce P3"),
    ("postmark", postmark("SoftBounce", Details="smtp;550 5.7.1 rejected as spam"), "bounce T6"),
    ("postmark", postmark("SoftBounce"), "bounce T7"),
    ("postmark", postmark("Transient"), "delay T5"),
    ("postmark", postmark("AutoResponder"), "auto-reply T2"),
    ("postmark", postmark("Unsubscribe"), "unsubscribe"),
    ("postmark", postmark("ChallengeVerification"), "challenge"),
    ("postmark", postmark("DnsError"), "bounce T1"),
    ("postmark", postmark("DMARCPolicy"), "bounce T3"),
    ("postmark", postmark("SpamComplaint"), "complaint P8"),
    ("postmark", postmark("ManuallyDeactivated"), "bounce P9 final uncounted"),
    ("postmark", {"TotalCount": 1, "Bounces": [{**postmark("BadEmailAddress"), "TypeCode": 1}]},
     "bounce P3"),
    ("postmark", {"RecordType": "SubscriptionChange", "Recipient": "ann@example.com",
     "MessageID": "m", "SuppressSending": True, "SuppressionReason": "ManualSuppression",
     "Origin": "Recipient", "ChangedAt": "2026-05-01T10:00:05Z"}, "unsubscribe uncounted"),
    ("postmark", {"RecordType": "Delivery", "Recipient": "ann@example.com", "MessageID": "m",
     "DeliveredAt": "2026-05-01T10:00:05Z"}, "delivery"),
    ("sparkpost", sparkpost("bounce", bounce_class="10", raw_reason="550 5.1.1 unknown user"),
     "bounce P3"),
    ("sparkpost", sparkpost("bounce", bounce_class="22"), "bounce T4"),
    ("sparkpost", sparkpost("bounce", bounce_class="25"), "bounce P9 final uncounted"),
    ("sparkpost", sparkpost("bounce", bounce_class="90"), "unsubscribe"),
    ("sparkpost", sparkpost("out_of_band", bounce_class="60"), "auto-reply T2"),
    ("sparkpost", sparkpost("bounce", bounce_class="100"), "challenge"),
    ("sparkpost", sparkpost("delay", bounce_class="21", raw_reason="451 DNS"), "delay T1"),
    ("sparkpost", sparkpost("spam_complaint"), "complaint P8"),
    ("sparkpost", sparkpost("click"), "other"),
    ("sparkpost", {"results": [{"type": "bounce", "rcpt_to": "ann@example.com",
     "bounce_class": "54", "timestamp": "2026-05-01T10:00:05.000Z"}]}, "bounce P6"),
    ("mailchimp", {"type": "cleaned", "fired_at": "2026-05-01 10:00:05",
     "data": {"email": "ann@example.com", "reason": "hard"}}, "bounce P9"),
    ("mailchimp", {"type": "cleaned", "fired_at": "2026-05-01 10:00:05",
     "data": {"email": "ann@example.com", "reason": "abuse"}}, "complaint P8"),
    ("hubspot", hubspot(hs_email_hard_bounce_reason_enum="UNKNOWN_USER"), "bounce P3 final"),
    ("hubspot", hubspot(hs_email_hard_bounce_reason_enum="MAILBOX_FULL"), "bounce T4 final"),
    ("hubspot", hubspot(hs_email_bad_address="true"), "bounce P3 final"),
    ("hubspot", hubspot(hs_email_bounce="1", hs_email_optout="true"), "unsubscribe"),
    ("hubspot", {"events": [{"type": "BOUNCE", "recipient": "ann@example.com", "portalId": 1,
     "category": "DNS_FAILURE", "created": 1777629605000}]}, "bounce T1"),
    ("zoho-crm", zoho("Temporarily blocked", "Temporary Domain Failure",
     "Retries Exhausted. Host not reachable."), "bounce T1 final"),
    ("zoho-crm", zoho("Permanently blocked", "Others", ""), "bounce P9 final"),
    ("zoho-crm", zoho("", "", "550 5.1.1 user unknown"), "bounce P3"),
    ("zoho-campaigns", campaigns("bounce", bounce_type="hard bounce", bounce_code="550",
     bounce_extended_code="5.1.1", bounce_reason="no such user"), "bounce P3 final"),
    ("zoho-campaigns", campaigns("bounce", bounce_type="soft bounce", bounce_reason="full"),
     "bounce T7"),
    ("zoho-campaigns", campaigns("spam"), "complaint P8"),
    ("zoho-campaigns", campaigns("unsubscribed"), "unsubscribe"),
    ("zoho-campaigns", campaigns("email_open"), "other"),
    ("ses", {"Type": "SubscriptionConfirmation", "TopicArn": "a", "Message": "You have chosen"},
     "other"),
    ("table", {"event": "hard_bounce", "email": "ann@example.com", "reason": "x"}, "bounce P9"),
    ("constant-contact", {"tracking_activities": [{"bounce_code": "F", "contact_id": "c",
     "email_address": "ann@example.com", "created_time": "2026-05-01T10:00:05Z"}]}, "bounce T4"),
    ("constant-contact", {"bounce_code": "V", "email_address": "ann@example.com"}, "auto-reply T2"),
]  # fmt: skip


def told(event: Event) -> str:
    parts = [event.kind.value, event.cause, "final" if event.final else ""]
    return " ".join(part for part in [*parts, "" if event.counted else "uncounted"] if part)


def test_every_document_source_has_cases() -> None:
    from listhygiene.bounces.sources import sources

    named = {one.NAME for one in sources() if hasattr(one, "recognises")}
    assert named == {source for source, _, _ in DOCUMENTS} - {"table"}


@pytest.mark.parametrize(
    ("source", "document", "expected"),
    DOCUMENTS,
    ids=[f"{place}-{one[0]}-{one[2]}" for place, one in enumerate(DOCUMENTS)],
)
def test_document(source: str, document: dict[str, Any], expected: str) -> None:
    (event,) = document_events(document) or ()
    assert (event.source, told(event)) == (source, expected)
    assert event.address == ("" if "TopicArn" in document else "ann@example.com")


MOMENT = datetime(2026, 5, 1, 10, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "document",
    [
        ses_bounce("Permanent", "General"),
        sendgrid("bounce"),
        mailgun("failed", severity="permanent"),
        postmark("HardBounce"),
        sparkpost("bounce"),
        zoho("Temporarily blocked", "Mailbox full", ""),
        campaigns("bounce", bounce_type="hard bounce"),
    ],
)
def test_the_moment_is_utc(document: dict[str, Any]) -> None:
    (event,) = document_events(document) or ()
    assert event.at == MOMENT
    assert str(event.at).endswith("+00:00")


ENVELOPES = {
    "none": lambda one: one,
    "SNS": lambda one: {"Type": "Notification", "MessageId": "s", "Message": json.dumps(one)},
    "SQS": lambda one: {"Messages": [{"Body": json.dumps({"Message": json.dumps(one)})}]},
    "Lambda": lambda one: {"Records": [{"Sns": {"Message": json.dumps(one)}}]},
    "EventBridge": lambda one: {"detail-type": "Email Bounced", "detail": one},
    "array": lambda one: [one],
}


@pytest.mark.parametrize("envelope", ENVELOPES)
@pytest.mark.parametrize("key", ["notificationType", "eventType"])
def test_the_same_event_has_the_same_key_in_every_envelope(envelope: str, key: str) -> None:
    plain = ses_bounce("Permanent", "General", USER_UNKNOWN, status="5.1.1")
    (expected,) = document_events(plain) or ()
    plain[key] = plain.pop("notificationType")
    (event,) = document_events(ENVELOPES[envelope](plain)) or ()
    assert event == expected
    assert (event.status, event.reply, event.campaign) == ("5.1.1", "550", "spring")
    assert event.diagnostic == "550 5.1.1 <ann@example.com>: user unknown"


def test_a_notice_of_ses_by_mail_and_by_sns_is_one_event() -> None:
    (told,) = document_events(ses_bounce("Permanent", "General", USER_UNKNOWN)) or ()
    mail = (
        "From: MAILER-DAEMON@amazonses.com\nTo: news@shop.example\nMessage-ID: <own@x.example>\n"
        "Subject: Delivery Status Notification (Failure)\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n"
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; a8-1.smtp-out.amazonses.com\n\n"
        "Final-Recipient: rfc822; {}\nAction: {}\nStatus: 5.1.1\n--b\n"
        "Content-Type: message/rfc822\n\nMessage-ID: <{}@{}.amazonses.com>\nTo: a@x.example\n--b--\n"
    )
    for domain in ("email", "eu-west-1"):
        (event,) = read_message(mail.format("Ann@example.com", "failed", "m-1", domain).encode())
        assert event.key == told.key
    for other in (
        ("bob@example.com", "failed", "m-1", "email"),
        ("ann@example.com", "failed", "m-2", "email"),
        ("ann@example.com", "delayed", "m-1", "email"),
    ):
        (event,) = read_message(mail.format(*other).encode())
        assert event.key != told.key


def test_a_file_of_lines_of_a_log_is_opened() -> None:
    plain = ses_bounce("Permanent", "General", USER_UNKNOWN)
    logged = {"@timestamp": "2026-05-01", "@message": json.dumps(plain)}
    assert list(document_events(logged) or ()) == list(document_events(plain) or ())


def test_mailguns_webhook_and_api_tell_the_same_event() -> None:
    webhook = mailgun("failed", severity="permanent", message={"headers": {"message-id": "m@x"}})
    assert list(document_events(webhook) or ()) == list(
        document_events({"items": [webhook["event-data"]], "paging": {}}) or ()
    )


def test_different_recipients_and_times_are_different_events() -> None:
    one = sendgrid("bounce")
    del one["sg_event_id"]
    others = [{**one, "timestamp": 1777629606}, {**one, "email": "bob@example.com"}]
    keys = {event.key for event in document_events([one, one, *others]) or ()}
    assert len(keys) == 3


TABLES = [
    ("ses", "EmailAddress,Reason,LastUpdateTime", "ann@example.com,BOUNCE,2026-05-01T10:00:05Z",
     "bounce P9 final uncounted"),
    ("ses", "EmailAddress,Reason,LastUpdateTime", "ann@example.com,COMPLAINT,1777629605.1",
     "complaint P8 uncounted"),
    ("sendgrid", "status,reason,email,created",
     '5.1.1,"550 5.1.1 ""no, such\nuser""",ann@example.com,1777629605', "bounce P3 final"),
    ("sendgrid", "status,reason,email,created", "4.4.1,timed out,ann@example.com,1777629605",
     "bounce T5"),
    ("mailchimp", "メールアドレス,名,CLEAN_TIME,LEID", "ann@example.com,A,2026-05-01 10:00:05,1",
     "bounce P9"),
    ("table", "timestamp,type,rcpt_to,raw_reason,error_code",
     "2026-05-01T10:00:05Z,bounce,ann@example.com,550 5.1.1 user unknown,550", "bounce P3"),
    ("table", "レコードID,Eメール,Eメールのハードバウンスの理由", "1,ann@example.com,UNKNOWN_USER",
     "bounce P3"),
    ("table", "Email,Type,Description,Details",
     "ann@example.com,HardBounce,unable to deliver,smtp;550 5.1.1 user unknown", "bounce P3"),
    ("mailgun", "address,code,error,created_at",
     'ann@example.com,550,5.1.1 user unknown,"Fri, 01 May 2026 10:00:05 UTC"', "bounce P3 final"),
    ("mailgun", "address,tags,created_at", 'ann@example.com,*,"Fri, 01 May 2026 10:00:05 GMT"',
     "unsubscribe"),
    ("postmark", "EmailAddress,SuppressionReason,Origin,CreatedAt",
     "ann@example.com,HardBounce,Recipient,2026-05-01T06:00:05-04:00", "bounce P9 final uncounted"),
    ("postmark", "EmailAddress,SuppressionReason,Origin,CreatedAt",
     "ann@example.com,ManualSuppression,Recipient,2026-05-01T10:00:05Z", "unsubscribe uncounted"),
    ("sparkpost", "recipient,type,source,description,created",
     "ann@example.com,non_transactional,List Unsubscribe,,2026-05-01T10:00:05Z",
     "unsubscribe uncounted"),
    ("sparkpost", "recipient,type,source,description,created",
     "ann@example.com,transactional,Bounce Rule,550 5.1.1 user unknown,2026-05-01T10:00:05Z",
     "bounce P3 final uncounted"),
    ("mailchimp", "Email Address,First Name,CLEAN_TIME,CLEAN_CAMPAIGN_TITLE,CLEAN_CAMPAIGN_ID,LEID",
     "ann@example.com,Ann,2026-05-01 10:00:05,Spring,1,2", "bounce P9"),
    ("mailchimp", "Email Address,UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,LEID",
     "ann@example.com,2026-05-01 10:00:05,Spring,2", "unsubscribe"),
    ("hubspot", "Email,Portal Bounce,Portal Unsubscribe,Portal Spam Report",
     "ann@example.com,TRUE,FALSE,FALSE", "bounce P9 final"),
    ("hubspot", "First Name,Email,Email hard bounce reason", "Ann,ann@example.com,SPAM",
     "bounce P8 final"),
    ("constant-contact", "email_address,bounce_code,created_time",
     "ann@example.com,B,2026-05-01T10:00:05Z", "bounce P3"),
    ("table", "Email,Bounce Type,Bounce Reason", "ann@example.com,Hard,550 5.1.1 user unknown",
     "bounce P3"),
    ("table", "Email,Bounce Type,Bounce Reason", "ann@example.com,Soft,", "bounce T7"),
    ("table", "Email,Bounce Category,Sub Category,Bounced Time",
     "ann@example.com,Temporarily blocked,Mailbox full,2026-05-01 10:00:05", "bounce T4 final"),
    ("table", "氏名,メールアドレス,不達の種類,不達原因,不達日時",
     "山田,ann@example.com,一時的にブロック,ドメインに関する一時的なエラー,2026/5/1 10:00:05",
     "bounce T1 final"),
    ("table", "メール,不達の種類,不達原因", "ann@example.com,恒久的な不達,その他", "bounce P9 final"),
    ("table", "メール,不達の種類,不達原因", "ann@example.com,一時的な不達,その他", "bounce T7 final"),
    ("table", "メール,エラーコード", "ann@example.com,550", "bounce T7"),
    ("table", "メール,エラーコード", "ann@example.com,5.1.1", "bounce P3"),
    ("table", "メール,エラー内容", "ann@example.com,450 4.1.1 user unknown", "bounce T7"),
    ("table", "email,status", "ann@example.com,bounced", "bounce T7"),
    ("table", "email,status", "ann@example.com,Unsubscribed", "unsubscribe"),
    ("table", "email,event,reason", "ann@example.com,deferred,450 greylisted", "delay T5"),
    ("table", "Email,Bounce Reason", "ann@example.com,gone fishing", "undecided"),
    ("table", "Email,Bounced", "ann@example.com,TRUE", "bounce T7"),
    ("sendgrid", "status,reason,email,created", "new,web form,ann@example.com,", "undecided"),
    ("ses", "EmailAddress,Reason,LastUpdateTime", "ann@example.com,asked,", "undecided uncounted"),
    ("table", "type,timeLogged,rcpt,dsnStatus,dsnDiag,bounceCat",
     "b,2026-05-01 10:00:05+0000,ann@example.com,5.0.0 (undefined status),,inactive-mailbox",
     "bounce P9"),
    ("table", "email,status,category", "ann@example.com,Bounced,NoMailbox", "bounce P3"),
    ("table", "EmailAddress,BounceCategory,BounceSubcategory,SMTPBounceReason",
     "ann@example.com,Soft bounce,Mailbox Full,", "bounce T4"),
    ("table", "メールアドレス,エラー種別,エラー理由", "ann@example.com,ハードエラー,ドメイン不明",
     "bounce P2"),
    ("table", "メールアドレス,エラー種別,エラー理由", "ann@example.com,ソフトエラー,容量オーバー",
     "bounce T4"),
]  # fmt: skip


def readings(*paths: Path) -> list[tuple[Reading, list[Event], str]]:
    found = []
    for reading in read(paths, read_table):
        try:
            events, problem = list(reading.events), str(reading.problem or "")
        except UnreadableBounces as error:
            events, problem = [], str(error)
        found.append((reading, events, problem))
    return found


@pytest.mark.parametrize(("source", "header", "row", "expected"), TABLES)
def test_table(tmp_path: Path, source: str, header: str, row: str, expected: str) -> None:
    file = tmp_path / "export.csv"
    file.write_text(f"{header}\n{row}\n", encoding="utf-8")
    ((_, (event,), problem),) = readings(file)
    assert (problem, event.source, event.address) == ("", source, "ann@example.com")
    assert told(event) == expected
    assert event.at in (None, MOMENT)
    assert event.file == str(file)


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("email,name", "ann@example.com,Ann"),
        ("email,code", "ann@example.com,550"),
        ("メールアドレス,会社名,備考", "ann@example.com,株式会社例,user unknown と言っていた"),
        ("email,type,status", "ann@example.com,Customer,Gold"),
        ("name,phone", "Ann,090"),
        ("ip,email,created", "192.0.2.1,ann@example.com,2026-05-01"),
        ("email,type,source", "ann@example.com,lead,web"),
        ("email,reason,created", "ann@example.com,trade fair,2026-05-01"),
    ],
)
def test_a_list_of_contacts_is_no_list_of_bounces(tmp_path: Path, header: str, row: str) -> None:
    file = tmp_path / "contacts.csv"
    file.write_text(f"{header}\n{row}\n", encoding="utf-8")
    ((_, events, problem),) = readings(file)
    assert events == []
    assert header.split(",")[0] in problem
    assert header.split(",")[-1] in problem


def test_rows_that_say_nothing_are_no_bounces(tmp_path: Path) -> None:
    file = tmp_path / "contacts.csv"
    rows = "ann@example.com,\nbob@example.com,hard\ncy@example.com,active\nd@example.com,-\n"
    file.write_text(f"email,bounce type\n{rows}", encoding="utf-8")
    ((_, events, _),) = readings(file)
    assert [(one.address, one.kind.value) for one in events if one.kind != "other"] == [
        ("bob@example.com", "bounce")
    ]


def test_a_mere_list_counts_only_where_it_is_named_itself(tmp_path: Path) -> None:
    file = tmp_path / "bounced.csv"
    file.write_text("email\nann@example.com\n", encoding="utf-8")
    assert [told(one) for one in readings(file)[0][1]] == ["bounce P9 final"]
    assert readings(tmp_path)[0][1] == []


def test_times_of_sendgrids_old_api_are_pacific(tmp_path: Path) -> None:
    file = tmp_path / "bounces.json"
    one = {"created": "2014-12-06 08:34:48", "email": "ann@example.com", "reason": "x"}
    file.write_text(json.dumps([{**one, "status": "5.1.1"}]), encoding="utf-8")
    ((_, (event,), _),) = readings(file)
    assert event.at == datetime(2014, 12, 6, 16, 34, 48, tzinfo=UTC)


SHAPES = {
    "array": lambda ones: json.dumps(ones).encode(),
    "indented": lambda ones: json.dumps(ones, indent=1).encode(),
    "lines": lambda ones: b"\n".join(json.dumps(one).encode() for one in ones),
    "lines with a blank one": lambda ones: b"\r\n\r\n".join(
        json.dumps(one).encode() for one in ones
    ),
    "one after another": lambda ones: "\n".join(json.dumps(one, indent=2) for one in ones).encode(),
    "UTF-16": lambda ones: json.dumps(ones, ensure_ascii=False).encode("utf-16"),
    "BOM": lambda ones: b"\xef\xbb\xbf" + json.dumps(ones).encode(),
    "gzip": lambda ones: gzip.compress(json.dumps(ones).encode()),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_shapes_of_json(tmp_path: Path, shape: str) -> None:
    ones = [sendgrid("bounce", email=f"{name}@example.com") for name in ("ann", "bob", "cy")]
    file = tmp_path / "events"
    file.write_bytes(SHAPES[shape](ones))
    ((_, events, problem),) = readings(file)
    assert problem == ""
    assert [one.address for one in events] == [
        "ann@example.com",
        "bob@example.com",
        "cy@example.com",
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'[{"email": "ann@example.com", "ev', "no JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a": ' * 100_000, "nested too deeply"),
        (b'[{"hello": "world"}]', "fields: hello"),
        (b'{"n": ' + b"9" * 9_999 + b"}", "too long"),
        (b"", "empty"),
        (b"\x1f\x8b\x08junk", "damaged"),
        (b"PK\x03\x04junk", "damaged"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
    ],
)
def test_what_cannot_be_read_has_a_reason(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "junk"
    file.write_bytes(content)
    ((_, events, problem),) = readings(file)
    assert events == []
    assert words in problem


def test_unknown_documents_among_known_ones_are_kept_whole(tmp_path: Path) -> None:
    file = tmp_path / "log.jsonl"
    lines = [json.dumps(sendgrid("bounce")), '{"what": "is this"}', '{"cut": ']
    file.write_text("\n".join(lines), encoding="utf-8")
    (reading,) = read([file], read_table)
    items = list(reading.items)
    assert [one.events[0].kind.value for one in items] == ["bounce", "undecided", "undecided"]
    assert [one.content.decode().rstrip("\n") for one in items[1:]] == lines[1:]


def test_an_archive_of_everything(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.json", json.dumps(sendgrid("bounce")))
        archive.writestr("b.csv", "email,bounce type\nbob@example.com,soft\n")
        archive.writestr("c/d.json.gz", gzip.compress(json.dumps(sendgrid("bounce")).encode()))
        archive.writestr("e.png", b"\x89PNG\r\n\x1a\n")
    file = tmp_path / "all.zip"
    file.write_bytes(packed.getvalue())
    found = readings(file)
    names = [Path(reading.file).name for reading, _, _ in found]
    assert names == ["a.json", "b.csv", "d.json.gz", "e.png"]
    assert [len(events) for _, events, _ in found] == [1, 1, 1, 0]
    assert found[0][0].input_key == found[2][0].input_key
    assert "picture" in found[3][2]


def test_a_workbook_is_read_like_a_csv(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["顧客", "メールアドレス", "不達の種類", "不達原因"])
    book.active.append(["例", "ann@example.com", "恒久的な不達", "不適切なドメイン"])
    book.save(tmp_path / "bounces.xlsx")
    ((_, (event,), _),) = readings(tmp_path / "bounces.xlsx")
    assert (event.address, told(event)) == ("ann@example.com", "bounce P2 final")


def test_only_what_the_user_named_is_named(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("list.csv", "email\nann@example.com\n")
    ((reading, events, problem),) = readings(tmp_path / "all.zip")
    assert (reading.named, events) == (False, [])
    assert "columns are email" in problem


def test_no_two_platforms_claim_the_same_columns() -> None:
    from listhygiene.bounces.sources import sources

    for _, header, _, _ in TABLES:
        columns = {normalise(one) for one in header.split(",")}
        rows = [one for one in sources() if hasattr(one, "recognises_row")]
        assert sum(one.recognises_row(columns) for one in rows) <= 1
        assert source_of_columns(columns) in (None, *rows)


PLAIN = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30)
    | st.sampled_from(["bounce", "Bounce", "ann@example.com", "5.1.1", "1e400", "99999999999999"])
)  # fmt: skip
NAMES = sorted({name for _, one, _ in DOCUMENTS for name in one} | {
    "email", "emailAddress", "timestamp", "status", "data", "Type", "bounce_class", "bounceType",
    "bouncedRecipients", "messageId", "reason", "code", "type", "properties", "rcpt_to", "Email",
    "delivery-status", "recipient", "event", "tags", "headers", "destination", "category",
})  # fmt: skip
VALUES = st.recursive(
    PLAIN,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(NAMES), inner, max_size=6)
    ),
    max_leaves=20,
)  # fmt: skip


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_junk_in_known_shapes_is_read_without_a_fault(data: st.DataObject) -> None:
    _, document, _ = data.draw(st.sampled_from(DOCUMENTS))
    events = document_events(_spoilt(document, data))
    for event in events or ():
        assert event.kind != "bounce" or event.address
        assert event.at is None or event.at.utcoffset() is not None


def _spoilt(value: Any, data: st.DataObject) -> Any:
    if data.draw(st.integers(0, 9)) == 0:
        return data.draw(VALUES)
    if isinstance(value, dict):
        return {name: _spoilt(one, data) for name, one in value.items()}
    if isinstance(value, list):
        return [_spoilt(one, data) for one in value]
    return value


@given(VALUES)
@settings(max_examples=200, deadline=None)
def test_any_json_is_read_without_a_fault(value: Any) -> None:
    for event in document_events(value) or ():
        assert event.source


CELLS = st.text(max_size=20) | st.sampled_from(
    ["", "ann@example.com", "5.1.1", "550", "hard", "一時的", "T4", "TRUE", "-", "9" * 30, "\ud800"]
)


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_junk_in_tables_is_read_without_a_fault(data: st.DataObject) -> None:
    _, header, _, _ = data.draw(st.sampled_from(TABLES))
    columns = [normalise(one) for one in header.split(",")]
    row = {one: data.draw(CELLS) for one in columns}
    source = source_of_columns(set(columns))
    events = source.row_events(row) if source else table.row_events(row, table.columns_of(columns))
    for event in events:
        assert event.kind != "bounce" or (event.address and event.cause)
        assert event.key


@given(PLAIN)
def test_any_moment_is_none_or_aware(value: object) -> None:
    at = moment_of(value)
    assert at is None or at.utcoffset() is not None
