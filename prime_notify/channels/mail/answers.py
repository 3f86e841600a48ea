"""The meaning of a mail server's answers: by their code, and where codes are shared, by their text.

RFC 5321 (4xx: try again, 5xx: never), RFC 3463 (codes such as 5.7.8), and of providers: Gmail
https://support.google.com/mail/answer/3726730, Outlook
https://learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/deprecation-of-basic-authentication-exchange-online,
QQ Mail https://service.mail.qq.com, 163 https://help.mail.163.com.
"""

from __future__ import annotations

import dataclasses
import re
from typing import Mapping, Pattern, Sequence, Tuple

from prime_notify.channels.common.answers import number
from prime_notify.channels.common.http_status import Refusal
from prime_notify.channels.common.recipients import combined, receipt_of
from prime_notify.model.outcome import Delivered, Outcome, Permanent, Retry
from prime_notify.model.response import Response
from prime_notify.text.cutting import cut_chars
from prime_notify.text.json_text import parse_object
from prime_notify.text.plain import excerpt
from prime_notify.text.wording import NOTHING, Wording

__all__ = ["judged"]

_NAMES: Mapping[str, Wording] = {
    "greeting": Wording("the connection", "连接"),
    "hello": Wording("the greeting", "问候"),
    "starttls": Wording("encryption", "加密"),
    "login": Wording("the login", "登录"),
    "sender": Wording("the sender", "发件人"),
    "recipients": Wording("the recipient", "收件人"),
    "content": Wording("the mail", "邮件"),
}

_TOO_FAST = re.compile(
    r"frequency|too many|rate.?limit|limit exceeded|quota.*exceeded|sending limit|\b[45]\.4\.5\b|MI:(?:SFQ|DMC|STC)"
    r"|HL:(?:ITC|IFC|IHU|ICC)|频率|超限",
    re.IGNORECASE,
)
_SLOW = Wording("the mail server limits how many mails an account sends", "邮件服务器限制了账户的发信数量")
_LATER = Wording(
    "the mail server asks to try again later, as many do with new senders (greylisting): a retry follows",
    "邮件服务器要求稍后再试（灰名单，常见于新发件人）：会自动重试",
)
_BUSY = re.compile(r"busy|temporar|try again|稍后|frequency limited|繁忙", re.IGNORECASE)

_PASSWORD = Wording(
    "check mail.user and mail.password; many providers want an app password instead of the account's own",
    "请检查 mail.user 与 mail.password；许多服务商要求专用密码而非账户密码",
)
_AUTHORIZATION_CODE = Wording(
    "write an authorization code (授权码) into mail.password, not the account's password: switch SMTP on in the "
    "settings of the mailbox on the web, and copy the code that it shows",
    "mail.password 应填“授权码”，不是邮箱的登录密码：请在网页版邮箱的设置中开启 SMTP 服务，并复制所显示的授权码",
)
_LOGIN_HINTS: Sequence[Tuple[Pattern[str], Wording]] = (
    (
        re.compile(r"gmail\.com|googlemail"),
        Wording(
            "write an app password into mail.password, not the account's password: "
            "https://myaccount.google.com/apppasswords (needs 2-step verification)",
            "mail.password 应填应用专用密码，不是账户密码：https://myaccount.google.com/apppasswords "
            "（须先开启两步验证）",
        ),
    ),
    (re.compile(r"(?:qq|foxmail|163|126|139|sina|aliyun)\.com|yeah\.net"), _AUTHORIZATION_CODE),
    (
        re.compile(r"outlook|office365|hotmail|live\.com"),
        Wording(
            "Outlook.com and Microsoft 365 take no passwords from programs any more: send from an account elsewhere",
            "Outlook.com 与 Microsoft 365 不再接受程序用密码登录：请改用其他服务商的账户发信",
        ),
    ),
    (
        re.compile(r"mail\.me\.com|yahoo"),
        Wording(
            "write an app-specific password into mail.password: create one in the account's security settings",
            "mail.password 应填应用专用密码：请在账户的安全设置中生成",
        ),
    ),
)
_NO_LOGIN = Wording(
    "this port offers no login: write the port for sending (587 or 465), or leave the password out",
    "此端口不提供登录：请填写发信端口（587 或 465），或去掉密码",
)
_LOGIN_NEEDED = Wording(
    "the mail server wants a login, or encryption before it: check mail.password and mail.security",
    "邮件服务器要求登录，或先加密再登录：请检查 mail.password 与 mail.security",
)
_HINTS: Mapping[str, Wording] = {
    "greeting": Wording(
        "the mail server takes no mails from this machine's address: send through your provider's server",
        "邮件服务器不接受本机地址：请通过邮箱服务商的服务器发送",
    ),
    "hello": Wording("check mail.host and mail.port", "请检查 mail.host 与 mail.port"),
    "starttls": Wording(
        'write "security": "tls" with the server\'s port for it, mostly 465',
        '请写 "security": "tls" 及对应端口，通常为 465',
    ),
    "sender": Wording(
        "mail.from has to be the address of the account that logs in", "mail.from 必须是登录账户的邮箱地址"
    ),
    "recipients": Wording("check the addresses in mail.to", "请检查 mail.to 中的地址"),
    "content": Wording(
        "the mail server does not want this mail: its text names the reason, often its filter against spam",
        "邮件服务器拒收此邮件：原因见其说明，常为反垃圾规则",
    ),
}
_NO_AUTH = (502, 504)
_NOT_BEFORE_LOGIN = 530
_REASON = 400  # characters


_Answer = Tuple[int, str]
_STRANGE = Wording("this is not how a mail server answers", "邮件服务器不会这样应答")


def judged(
    response: Response, asked: Sequence[str], every: Sequence[str], before: Mapping[str, str], host: str
) -> Outcome:
    """The outcome of an answer of :mod:`prime_notify.transport.mail`. Total.

    ``asked``: the recipients of this attempt, of ``every`` one in the config. ``before``: the receipt with which the
    attempt began; an attempt after this one needs it, too.
    """
    answer = parse_object(response.body)
    step, last = answer.get("step"), _answer(answer)
    results = answer.get("recipients")
    results = [_answer(one) for one in results] if isinstance(results, list) else []
    is_sent = step == "content" and last[0] == response.status and _is_yes(last) and len(results) == len(asked)
    if not is_sent and (not isinstance(step, str) or step not in _NAMES or last[0] < 300):
        return Retry(_STRANGE, hint=_HINTS["hello"], receipt=before or None)
    if not is_sent and step != "recipients":
        return dataclasses.replace(_refused(str(step), last, host), receipt=before or None)
    failed = {}
    for index, recipient in enumerate(asked):
        result = results[index] if index < len(results) else last
        if not is_sent or not _is_yes(result):  # without the mail itself, a recipient's yes is worth nothing
            failed[recipient] = _refused("recipients", last if _is_yes(result) else result, host)
    if not failed:
        return Delivered(detail=f"{len(every)} recipients" if len(every) > 1 else "")
    receipt = {**before, **receipt_of([one for one in every if one not in failed])}
    return _combined([(every.index(one), outcome) for one, outcome in failed.items()], len(every), receipt)


def _answer(value: object) -> _Answer:
    """Code and text of an answer; 0 without a code."""
    document = value if isinstance(value, dict) else {}
    return number(document.get("code")) or 0, excerpt(document.get("said"))


def _is_yes(answer: _Answer) -> bool:
    return 200 <= answer[0] < 300


def _refused(step: str, answer: _Answer, host: str) -> Refusal:
    """What a refusal at a step means."""
    code, text = answer
    name = _NAMES[step]
    reason = Wording(
        "the mail server refused {name}: {code} {text}",
        "邮件服务器拒绝了{name}：{code} {text}",
        name=name,
        code=code,
        text=text,
    )
    if _TOO_FAST.search(text) and step != "login":
        return Retry(reason, throttled=True, hint=_SLOW)
    if code < 500:
        return Retry(reason, hint=_LATER)
    if step == "login":
        return Permanent(reason, hint=_login_hint(code, host), doubtful=_BUSY.search(text) is not None)
    hint = _LOGIN_NEEDED if code == _NOT_BEFORE_LOGIN else _HINTS.get(step, NOTHING)
    return Permanent(reason, hint=hint, doubtful=step in ("greeting", "hello"))


def _login_hint(code: int, host: str) -> Wording:
    if code in _NO_AUTH:
        return _NO_LOGIN
    if code == _NOT_BEFORE_LOGIN:
        return _LOGIN_NEEDED
    return next((hint for pattern, hint in _LOGIN_HINTS if pattern.search(host)), _PASSWORD)


def _combined(refusals: Sequence[Tuple[int, Refusal]], recipients: int, receipt: Mapping[str, str]) -> Refusal:
    """One outcome where some recipients, or all, were refused. ``refusals``: with the index of each in the config."""
    outcomes = [outcome for _, outcome in refusals]
    reason = outcomes[0].reason
    if recipients > 1:
        numbered = "; ".join(f"{index + 1}: {outcome.reason}" for index, outcome in refusals)
        reason = Wording(
            "{count} of {recipients} recipients got nothing: {reasons}",
            "{recipients} 个收件人中有 {count} 个没有收到：{reasons}",
            count=len(refusals),
            recipients=recipients,
            reasons=cut_chars(numbered, _REASON),
        )
    return combined(outcomes, reason, throttled=any, receipt=receipt)
