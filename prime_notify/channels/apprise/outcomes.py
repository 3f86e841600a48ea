"""The outcomes of Apprise's URLs, one by one and together."""

from __future__ import annotations

import re
from typing import Any, Dict, List, Mapping, Optional, Tuple

from prime_notify.channels.common.http_status import Refusal, refusal
from prime_notify.channels.common.recipients import combined
from prime_notify.model.outcome import Permanent, Retry
from prime_notify.model.response import Response
from prime_notify.text.cutting import cut_chars
from prime_notify.text.plain import excerpt
from prime_notify.text.wording import Wording

__all__ = ["INSTALL", "combined_urls", "refused"]

INSTALL = 'pip install "apprise>=2.2"'
_RETRIED = {
    "unfinished": Wording("a larger timeout may help", "增大 timeout 或许有用"),
    "missing": Wording("install the library Apprise again: {how}", "请重新安装 Apprise 库：{how}", how=INSTALL),
}
_STATUS = re.compile(r"\berror=([345][0-9]{2})\b")  # as nearly all of Apprise's plugins log a refusal
_REASON = 400  # characters


def refused(result: Dict[str, Any]) -> Refusal:
    """The outcome of one URL. Its text is Apprise's own log lines."""
    state, text = excerpt(result.get("state")), excerpt(result.get("said"))
    reason = f"{excerpt(result.get('service')) or 'Apprise'}: {text or 'failed without a reason'}"
    if state == "unusable":
        return Permanent(
            reason,
            hint=Wording(
                "check this URL against https://appriseit.com/services/",
                "请对照 https://appriseit.com/services/ 检查此 URL",
            ),
        )
    if state in _RETRIED:
        return Retry(reason, hint=_RETRIED[state])
    found = _STATUS.search(text)
    if found is None:
        return Retry(
            reason, hint=Wording("check this URL; Apprise gives no more details", "请检查此 URL；Apprise 没有更多说明")
        )
    outcome = refusal(Response(int(found[1])), text)
    if isinstance(outcome, Permanent):
        return Permanent(reason, disable=outcome.disable, hint=outcome.hint)
    return Retry(reason, throttled=outcome.throttled, hint=outcome.hint)


def combined_urls(
    refusals: List[Tuple[str, Refusal]], urls: int, receipt: Optional[Mapping[str, str]] = None
) -> Refusal:
    """One outcome for all URLs. It disables the endpoint where every one of them is gone."""
    outcomes = [outcome for _, outcome in refusals]
    reason = outcomes[0].reason
    if urls > 1:
        reasons = "; ".join(f"{name}, {outcome.reason}" for name, outcome in refusals)
        reason = Wording(
            "{count} of {urls} URLs got nothing: {reasons}",
            "{urls} 个 URL 中有 {count} 个没有收到：{reasons}",
            count=len(refusals),
            urls=urls,
            reasons=cut_chars(reasons, _REASON),
        )
    gone = len(refusals) == urls and all(isinstance(outcome, Permanent) and outcome.disable for outcome in outcomes)
    return combined(outcomes, reason, throttled=all, disable=gone, receipt=receipt)
