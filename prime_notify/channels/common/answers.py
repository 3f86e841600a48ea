"""Judging a service's refusals by a table of its codes and texts, with wordings that many channels share.

Services of this kind answer HTTP 200 whatever happens, and say yes or no with a code in the body.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from typing import Any, Dict, Mapping, Optional, Pattern, Sequence, Tuple

from prime_notify.channels.common.http_status import Refusal, refusal
from prime_notify.model.outcome import Delivered, Outcome, Permanent, Retry
from prime_notify.model.response import Response
from prime_notify.text.json_text import parse_object
from prime_notify.text.plain import excerpt
from prime_notify.text.wording import Wording

__all__ = [
    "CHECK_URL",
    "COME_BACK_LATER",
    "NO_REASON",
    "OUR_FAULT",
    "SAYS_BOTH",
    "START_IS_GONE",
    "Answers",
    "Meaning",
    "RefusalKind",
    "foreign_answer",
    "number",
    "refused_by",
    "says_no",
    "service_problem",
]

CHECK_URL = Wording("check the URL", "请检查 URL")
NO_REASON = Wording("without a reason", "没有说明原因")
OUR_FAULT = Wording("this should not happen: please report it", "这本不应发生：请报告此问题")

COME_BACK_LATER = re.compile("稍后(再|重)?试|稍候|稍后重新|try again later|retry later|temporar", re.IGNORECASE)
"""Words of a refusal that passes by itself, whatever its code."""

SAYS_BOTH = Wording("the answer says yes and no at once", "应答自相矛盾：既表示成功，又表示失败")
"""The reason where a success of the service stands beside an error in one answer."""

_NO = frozenset(("error", "fail", "failed", "failure"))
_YES = frozenset(("success", "ok", "none", "no error"))
_EXPLAINED = (400, 401, 403, 404)  # of these, the body may know more than the status


def refused_by(service: str, text: object) -> Wording:
    """The reason of a refusal, with the service's own ``text``."""
    return Wording("{service} refused: {text}", "{service} 拒绝了：{text}", service=service, text=text)


def foreign_answer(service: str) -> Wording:
    """The reason when something else than ``service`` seems to have answered."""
    return Wording("this is not how {service} answers", "{service} 不会这样应答", service=service)


def service_problem(service: str) -> Wording:
    """The hint when the fault is the service's."""
    return Wording("{service} has a problem", "{service} 出现问题", service=service)


class RefusalKind(enum.Enum):
    """What becomes of a message that was refused."""

    PERMANENT = "no retry can help"
    DISABLE = "no other message to this endpoint would arrive either, until somebody acts"
    RETRY = "a retry may succeed"
    THROTTLED = "a retry will succeed, once the endpoint is slower"
    SEPARATE = "the start's message is gone: this one can be sent on its own"


@dataclass(frozen=True)
class Meaning:
    """What a code, or some texts, of a service mean. ``after``: seconds to wait at least."""

    hint: str
    kind: RefusalKind = RefusalKind.PERMANENT
    after: Optional[float] = None

    def outcome(self, reason: str, status: int) -> Refusal:
        if self.kind in (RefusalKind.PERMANENT, RefusalKind.DISABLE):
            return Permanent(reason, status, disable=self.kind is RefusalKind.DISABLE, hint=self.hint)
        return Retry(
            reason,
            status,
            after=self.after,
            throttled=self.kind is RefusalKind.THROTTLED,
            hint=self.hint,
            separately=self.kind is RefusalKind.SEPARATE,
        )


START_IS_GONE = Meaning(
    Wording(
        "the message of the start can no longer be replied to or updated: a message of its own is sent",
        "开始时的消息已无法回复或更新：将单独发送一条消息",
    ),
    RefusalKind.SEPARATE,
)


@dataclass(frozen=True)
class Answers:
    """The answers of one service.

    ``code_fields`` and ``text_fields`` name the fields that may hold the code and the text. The first code other than
    that of success counts, and the first text. ``patterns`` are searched in the text before the code is looked up: they
    tell apart meanings that share a code. A refusal that is in neither table is tried again.
    """

    service: str
    success: int
    meanings: Mapping[int, Meaning]
    patterns: Sequence[Tuple[Pattern[str], Meaning]] = ()
    code_fields: Sequence[str] = ("code",)
    text_fields: Sequence[str] = ("msg",)
    unknown: str = ""

    def judge(self, response: Response) -> Outcome:
        """Total: only the code of success in a 2xx answer is a success."""
        answer = parse_object(response.body)
        succeeded = 200 <= response.status < 300
        if succeeded and self.code_in(answer) is None:
            return Retry(foreign_answer(self.service), response.status, hint=CHECK_URL)
        if succeeded and self.code_in(answer) == self.success:
            if says_no(answer):
                return Retry(SAYS_BOTH, response.status, hint=self.unknown or CHECK_URL)
            return Delivered(response.status)
        return self.refused(response, answer)

    def refused(self, response: Response, answer: Dict[str, Any]) -> Refusal:
        """What a refusal means, by its text, else by its code, else by its status."""
        code, text = self.code_in(answer), self.text_in(answer)
        succeeded = 200 <= response.status < 300
        meaning = self._meaning(code, text) if succeeded or response.status in _EXPLAINED else None
        if meaning is None and not succeeded:
            return refusal(response, text)
        meaning = meaning or Meaning(self.unknown, RefusalKind.RETRY)
        reason = Wording(
            "{service} refused: code {code}: {text}",
            "{service} 拒绝了：代码 {code}：{text}",
            service=self.service,
            code=code,
            text=text or NO_REASON,
        )
        return meaning.outcome(reason, response.status)

    def code_in(self, answer: Mapping[str, Any]) -> Optional[int]:
        codes = (number(answer.get(name)) for name in self.code_fields)
        found = [code for code in codes if code is not None]
        return next((code for code in found if code != self.success), found[0] if found else None)

    def text_in(self, answer: Mapping[str, Any]) -> str:
        return next(filter(None, (excerpt(answer.get(name)) for name in self.text_fields)), "")

    def _meaning(self, code: Optional[int], text: str) -> Optional[Meaning]:
        if code is None or code == self.success:
            return None
        by_text = next((meaning for pattern, meaning in self.patterns if pattern.search(text)), None)
        meaning = by_text or self.meanings.get(code)
        if COME_BACK_LATER.search(text) and (meaning is None or meaning.kind is RefusalKind.PERMANENT):
            return Meaning(meaning.hint if meaning else self.unknown, RefusalKind.RETRY)
        return meaning


def says_no(answer: Mapping[str, Any]) -> bool:
    """Whether an answer has an unmistakable sign of failure, which its sign of success does not outweigh.

    The fields are those of many services; the answer's object ``data`` may have them too.
    """
    data = answer.get("data")
    return _has_no(answer) or (isinstance(data, dict) and _has_no(data))


def _has_no(answer: Mapping[str, Any]) -> bool:
    if any(answer.get(name) is False for name in ("success", "ok")):
        return True
    if any(number(answer.get(name)) for name in ("errno", "errcode", "error_code", "errorCode")):
        return True
    words = [answer.get(name) for name in ("status", "state", "result")]
    if any(isinstance(word, str) and word.lower() in _NO for word in words):
        return True
    error = answer.get("error")
    return bool(error) and not (isinstance(error, str) and error.lower() in _YES)


def number(value: object) -> Optional[int]:
    """A code, also one in digits, as some services write it."""
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,9}", value):
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**9 else None
