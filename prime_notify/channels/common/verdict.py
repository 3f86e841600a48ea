"""How services that answer HTTP 200 whatever happens say yes and no: by a code in the body, and by words."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from typing import Any, Dict, Mapping, Optional, Pattern, Sequence, Tuple

from prime_notify.channels.common.http_status import Refusal, refusal
from prime_notify.channels.common.sayings import CHECK_URL, NO_REASON, not_how
from prime_notify.model.outcome import Delivered, Outcome, Permanent, Retry
from prime_notify.model.response import Response
from prime_notify.text.excerpt import excerpt
from prime_notify.text.json_text import parse_object
from prime_notify.text.wording import Wording

__all__ = ["Answers", "Meaning", "Verdict", "number"]

_EXPLAINED = (400, 401, 403, 404)  # of these, the body may know more than the status


class Verdict(enum.Enum):
    """What becomes of a message that was refused."""

    PERMANENT = "no retry can help"
    RETRY = "it may pass"
    THROTTLED = "it will pass, once the endpoint is slower"


@dataclass(frozen=True)
class Meaning:
    """What one code, or some words, of a service mean. ``after``: seconds to wait at least."""

    hint: str
    verdict: Verdict = Verdict.PERMANENT
    after: Optional[float] = None

    def outcome(self, reason: str, status: int) -> Refusal:
        if self.verdict is Verdict.PERMANENT:
            return Permanent(reason, status, hint=self.hint)
        throttled = self.verdict is Verdict.THROTTLED
        return Retry(reason, status, after=self.after, throttled=throttled, hint=self.hint)


@dataclass(frozen=True)
class Answers:
    """The answers of one service.

    ``code`` and ``said`` name the fields that may hold the code and the words, the first that is there counts.
    ``words`` are looked for first: they tell apart what shares a code. What is in neither table is tried again.
    """

    service: str
    success: int
    meanings: Mapping[int, Meaning]
    words: Sequence[Tuple[Pattern[str], Meaning]] = ()
    code: Sequence[str] = ("code",)
    said: Sequence[str] = ("msg",)
    unknown: str = ""

    def judge(self, response: Response) -> Outcome:
        """Total: only the code of success in a 2xx answer is a success."""
        answer = parse_object(response.body)
        succeeded = 200 <= response.status < 300
        if succeeded and self.code_in(answer) is None:
            return Retry(not_how(self.service), response.status, hint=CHECK_URL)
        if succeeded and self.code_in(answer) == self.success:
            return Delivered(response.status)
        return self.refused(response, answer)

    def refused(self, response: Response, answer: Dict[str, Any]) -> Refusal:
        """What a refusal means, by its words, else by its code, else by its status."""
        code, words = self.code_in(answer), self.words_in(answer)
        succeeded = 200 <= response.status < 300
        meaning = self._meaning(code, words) if succeeded or response.status in _EXPLAINED else None
        if meaning is None and not succeeded:
            return refusal(response, words)
        meaning = meaning or Meaning(self.unknown, Verdict.RETRY)
        reason = Wording(
            "{service} refused: code {code}: {words}",
            "{service} 拒绝了：代码 {code}：{words}",
            service=self.service,
            code=code,
            words=words or NO_REASON,
        )
        return meaning.outcome(reason, response.status)

    def code_in(self, answer: Mapping[str, Any]) -> Optional[int]:
        return next((value for value in (number(answer.get(name)) for name in self.code) if value is not None), None)

    def words_in(self, answer: Mapping[str, Any]) -> str:
        return next(filter(None, (excerpt(answer.get(name)) for name in self.said)), "")

    def _meaning(self, code: Optional[int], words: str) -> Optional[Meaning]:
        if code is None or code == self.success:
            return None
        said = next((meaning for pattern, meaning in self.words if pattern.search(words)), None)
        return said or self.meanings.get(code)


def number(value: object) -> Optional[int]:
    """A code as it should be, or in digits as some services write it."""
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,9}", value):
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**9 else None
