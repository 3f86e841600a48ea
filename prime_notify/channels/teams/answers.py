"""The meaning of a workflow's answers: 202 says that a run of it began, and nothing of whether it has posted the card.

https://learn.microsoft.com/azure/connectors/connectors-native-reqres (202 without a response action, and the address
with its signature), https://learn.microsoft.com/power-automate/oauth-authentication (who may start a flow). A refusal
is ``{"error": {"code": ..., "message": ...}}``.
"""

from __future__ import annotations

import dataclasses
import re
from typing import Mapping

from prime_notify.channels.common.answers import CHECK_URL, Meaning, RefusalKind, foreign_answer, refused_by
from prime_notify.channels.common.http_status import Refusal, refusal, retry_after
from prime_notify.model.outcome import Delivered, Outcome, Retry
from prime_notify.model.response import Response
from prime_notify.text.json_text import parse_object
from prime_notify.text.plain import excerpt
from prime_notify.text.wording import Wording

__all__ = ["LONGEST_WAIT", "judged"]

LONGEST_WAIT = 3600.0

_SERVICE = "Power Automate"
_RUN = "x-ms-workflow-run-id"

_COPY_AGAIN = Wording(
    "the workflow's address is wrong or was replaced: open the workflow in Power Automate, and copy the address of its "
    "trigger again, up to the end of sig=...",
    "工作流的地址有误或已更换：请在 Power Automate 中打开该工作流，重新复制触发器的地址，直到 sig=... 的末尾",
)
_ANYONE = Wording(
    'set "Who can trigger the flow" in the workflow\'s trigger to "Anyone", save, and copy its address again: only '
    "then it has a sig=...",
    "请把工作流触发器中的“谁可以触发流”设为“任何人”，保存后重新复制地址：此后地址中才有 sig=...",
)
_SWITCHED_OFF = Wording(
    "the workflow is switched off: turn it on in the Workflows app of Teams or in Power Automate (it is switched off "
    "when its owner leaves, or after 90 days without a run)",
    "工作流已关闭：请在 Teams 的“工作流”应用或 Power Automate 中打开（所有者离开或 90 天没有运行时会被关闭）",
)
_DELETED = Wording(
    "the workflow was deleted: create a new one, and write its address into url",
    "工作流已被删除：请新建一个，并把地址填入 url",
)

_MEANINGS: Mapping[str, Meaning] = {
    "AuthorizationFailed": Meaning(_COPY_AGAIN),
    "DirectApiAuthorizationRequired": Meaning(_ANYONE),
    "DirectApiInvalidAuthorizationScheme": Meaning(_ANYONE),
    "MisMatchingOAuthClaims": Meaning(_ANYONE),
    "TriggerInputSchemaMismatch": Meaning(
        Wording(
            'the workflow expects another body: create it from the template "Send webhook alerts to a channel"',
            "工作流要求另一种正文：请用模板“将 Webhook 警报发送到频道”新建",
        )
    ),
    "WorkflowNotFound": Meaning(_DELETED, RefusalKind.DISABLE),
    "WorkflowTriggerIsNotEnabled": Meaning(_SWITCHED_OFF, RefusalKind.DISABLE),
    "WorkflowTriggerNotFound": Meaning(_DELETED, RefusalKind.DISABLE),
}
_BY_STATUS: Mapping[int, Wording] = {
    401: _COPY_AGAIN,
    403: _COPY_AGAIN,
    404: _COPY_AGAIN,
    413: Wording("this should not happen: please report it", "这本不应发生：请报告此问题"),
}


def judged(response: Response) -> Outcome:
    """The outcome. A run that began may still fail: people read "accepted, not confirmed"."""
    accepted = response.status == 202 and not response.body.strip()
    if accepted or (200 <= response.status < 300 and response.headers.get(_RUN)):
        return Delivered(response.status, confirmed=False)
    return _refused(response)


def _refused(response: Response) -> Refusal:
    status, error = response.status, parse_object(response.body).get("error")
    code, text = (excerpt(error.get(name)) for name in ("code", "message")) if isinstance(error, dict) else ("", "")
    code = code if re.fullmatch(r"\w{3,80}", code) else ""
    reason = refused_by(_SERVICE, f"{code}: {text}" if text else code) if code else ""
    if 200 <= status < 300:
        return Retry(reason or foreign_answer(_SERVICE), status, hint=CHECK_URL)
    if status == 429:
        hint = Wording("the workflow is started too often", "工作流触发得过于频繁")
        why = reason or Wording("HTTP {status}: too many requests", "HTTP {status}：请求过多", status=status)
        return Retry(why, status, after=retry_after(response, most=LONGEST_WAIT), throttled=True, hint=hint)
    if code in _MEANINGS and status < 500:
        return _MEANINGS[code].outcome(reason, status)
    found = refusal(response, reason)
    return dataclasses.replace(found, hint=_BY_STATUS[status]) if status in _BY_STATUS else found
