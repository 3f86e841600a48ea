"""Prometheus Alertmanager: a failure fires an alert, the next success resolves it.

The API is https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml
"""

from __future__ import annotations

import dataclasses
import datetime
import re
from typing import Any, Dict, List, Optional, Sequence, Tuple
from urllib.parse import urlsplit, urlunsplit

from pydantic import field_validator
from typing_extensions import Literal

from prime_notify.channels.common.alerts import SEVERITIES, Labels, firing_before, firing_receipt
from prime_notify.channels.common.answers import NO_REASON, foreign_answer, refused_by, says_no
from prime_notify.channels.common.base import Channel
from prime_notify.channels.common.http_post import json_post
from prime_notify.channels.common.http_status import refusal
from prime_notify.channels.common.options import CredentialOptions
from prime_notify.channels.common.prose import collapse_spaces, last_lines, plain_text, traceback_of
from prime_notify.config.endpoint import EndpointConfig
from prime_notify.config.option import option
from prime_notify.config.units import Duration
from prime_notify.model.event import Severity, Status, Task
from prime_notify.model.notification import Message
from prime_notify.model.outcome import Delivered, Outcome, Retry
from prime_notify.model.payload import Payload
from prime_notify.model.request import Request
from prime_notify.model.response import Response
from prime_notify.text.cutting import cut_chars
from prime_notify.text.json_text import parse_object
from prime_notify.text.plain import excerpt
from prime_notify.text.wording import Wording

__all__ = ["Alertmanager", "AlertmanagerEndpoint", "AlertmanagerOptions"]

_PATH = "/api/v2/alerts"
# Alertmanager documents no limits, but passes all of this on to services that have them
_LABEL = 256  # characters
_SUMMARY = 500  # characters
_DESCRIPTION = 8 * 1024  # bytes
_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*", re.ASCII)

_HINTS = {
    400: Wording(
        "check alertmanager.labels and alertmanager.annotations",
        "请检查 alertmanager.labels 与 alertmanager.annotations",
    ),
    401: Wording(
        'write "alertmanager": {{"user": ..., "password": ...}} or {{"token": ...}}',
        '请写 "alertmanager": {{"user": ..., "password": ...}} 或 {{"token": ...}}',
    ),
    404: Wording(
        "check the URL: it is Alertmanager's own address, with its path where it has one (--web.route-prefix)",
        "请检查 URL：应为 Alertmanager 自己的地址，有路径时带上路径（--web.route-prefix）",
    ),
}


class AlertmanagerOptions(CredentialOptions):
    """Options of Alertmanager."""

    labels: Dict[str, str] = option(
        dict,
        "More labels, or others in place of alertname, severity, server, task and plugin; an empty one is left out.",
        "附加的标签，也可替换 alertname、severity、server、task 和 plugin；值为空则去掉该标签。",
        example={"team": "minecraft"},
        content=True,
    )
    annotations: Dict[str, str] = option(
        dict,
        "More annotations, such as runbook_url, or others in place of summary and description.",
        "附加的注解（如 runbook_url），也可替换 summary 和 description。",
        example={"runbook_url": "https://wiki.example.com/backups"},
        content=True,
    )
    lasts: Duration = option(
        Duration("7d"),
        "How long an alert stays firing when no success resolves it.",
        "没有成功事件来解除时，告警持续多久。",
        example="2d",
        public=True,
    )

    @field_validator("labels", "annotations")
    @classmethod
    def _check_names(cls, pairs: Dict[str, str]) -> Dict[str, str]:
        for name in pairs:
            if not _NAME.fullmatch(name):
                raise ValueError(
                    Wording(
                        'write names of letters, digits and "_" that begin with no digit',
                        '名称只能由字母、数字和 "_" 组成，且不以数字开头',
                    )
                )
        return pairs

    @field_validator("lasts")
    @classmethod
    def _check_lasts(cls, lasts: Duration) -> Duration:
        if not lasts:
            raise ValueError(Wording('write a duration above zero, such as "7d"', '请写大于零的时长，例如 "7d"'))
        return lasts


class AlertmanagerEndpoint(EndpointConfig):
    """An endpoint of type ``alertmanager``."""

    type: Literal["alertmanager"]
    alertmanager: AlertmanagerOptions = option(
        AlertmanagerOptions(),
        "Options of Alertmanager.",
        "Alertmanager 的选项。",
        example={"labels": {"team": "minecraft"}},
    )


class Alertmanager(Channel[AlertmanagerEndpoint]):
    """Posts alerts. Each kind of task has one alert for each severity.

    A failure fires an alert, and so does an aborted task. A success resolves all that fired; with warnings, it fires
    the alert of this severity instead. A task that is stuck fires an alert of its own, which any end of it resolves.
    A start and a report post an empty list, which Alertmanager takes.
    """

    type = "alertmanager"
    endpoint_model = AlertmanagerEndpoint
    shows_state = True
    example = {"name": "alerts", "type": "alertmanager", "url": "https://alertmanager.example.com"}
    about = {
        "en_us": (
            "Fires an alert in [Alertmanager](https://prometheus.io/docs/alerting/latest/alertmanager/) when a task "
            "fails or is overdue (severity `critical`), or is aborted, or the disk is low (`warning`). The next "
            "success of the same kind resolves it. A stuck task has an alert of its own, until its end. "
            "`url` is the address of Alertmanager. For a cluster, write one endpoint for each member. Alertmanager "
            "keeps alerts in memory: an alert that is lost in a restart comes back with the next failure. Test "
            "notifications carry the label `test`."
        ),
        "zh_cn": (
            "任务失败、逾期（严重程度 `critical`），或被中止、磁盘不足（`warning`）时，在 "
            "[Alertmanager](https://prometheus.io/docs/alerting/latest/alertmanager/) 中触发告警，"
            "同类任务下一次成功时解除；卡住的任务另有告警，在其结束时解除。没有触发过的告警不会解除。"
            "`url` 是 Alertmanager 的地址；若是集群，请为每个成员各写一个推送目标。"
            "告警只保存在其内存中：重启后丢失的告警会在下一次失败时再次出现。测试通知带有标签 `test`。"
        ),
    }
    longest_wait = 3600.0
    status_is_answer = True

    def __init__(self, endpoint: AlertmanagerEndpoint) -> None:
        super().__init__(endpoint)
        parts = urlsplit(endpoint.url)
        path = parts.path.rstrip("/")
        self._url = urlunsplit(parts._replace(path=path if path.endswith(_PATH) else path + _PATH))

    def render(self, message: Message) -> Request:
        before = None if message.payload.test else firing_before(message.previous)
        alerts, firing = self._alerts(message, before)
        request = json_post(self._url, alerts, self.endpoint.headers, self.endpoint.alertmanager.authorization)
        return dataclasses.replace(request, receipt=firing_receipt(firing))

    def judge(self, response: Response) -> Outcome:
        if not 200 <= response.status < 300:
            refused = refusal(response)
            return dataclasses.replace(refused, hint=_HINTS.get(response.status, refused.hint))
        return _accepted(response)

    def _alerts(
        self, message: Message, before: Optional[List[Labels]]
    ) -> Tuple[List[Dict[str, Any]], Sequence[Labels]]:
        """The alerts of a message, and the labels of those that fire after it.

        ``before``: those that fired before it. A success resolves these only: Alertmanager passes on the end of an
        alert that it has never seen. Where they are not known, it resolves all that may fire.
        """
        payload = message.payload
        if payload.event.is_start or payload.task is Task.REPORT:
            return [], before or []
        resolves = _resolves(payload)
        firing = None if resolves and payload.severity is Severity.INFO else payload.severity
        at = _moment(payload.timestamp.unix, message.now)
        common: Dict[str, Any] = {"annotations": self._annotations(message), "startsAt": _rfc3339(at)}
        if self.endpoint.actions:
            common["generatorURL"] = self.endpoint.actions[0].url
        until = _rfc3339(message.now + float(self.endpoint.alertmanager.lasts))
        fired = [self._labels(payload, firing)] if firing is not None else []
        if resolves:
            ended = [self._labels(payload, severity) for severity in SEVERITIES] if before is None else before
        else:
            stuck = self._labels(payload, Severity.WARNING, stuck=True)
            ended = [labels for labels in before or [] if payload.event.is_end and labels == stuck]
        alerts = [{"labels": labels, **common, "endsAt": until} for labels in fired]
        alerts += [{"labels": labels, **common, "endsAt": common["startsAt"]} for labels in _distinct(ended, fired)]
        kept = [] if resolves else [labels for labels in before or [] if labels not in ended]
        return alerts, [*kept, *fired]

    def _labels(self, payload: Payload, severity: Severity, *, stuck: Optional[bool] = None) -> Dict[str, str]:
        """The identity of an alert: the same for a failure and for the success that resolves it."""
        is_stuck = payload.status is Status.STUCK if stuck is None else stuck
        labels = {
            "alertname": f"Minecraft{payload.task.value.title()}{'Stuck' if is_stuck else 'Problem'}",
            "severity": SEVERITIES[severity],
            "server": payload.server.name if payload.server else None,
            "task": payload.task.value,
            "plugin": payload.plugin.id,
            "test": "true" if payload.test else None,
            **self.endpoint.alertmanager.labels,
        }
        cleaned = {name: cut_chars(collapse_spaces(value or ""), _LABEL) for name, value in labels.items()}
        return {name: value for name, value in cleaned.items() if value}

    def _annotations(self, message: Message) -> Dict[str, str]:
        def fits(text: str) -> bool:
            return len(text.encode("utf-8", "replace")) <= _DESCRIPTION

        traceback = traceback_of(message.payload, wanted=self.endpoint.traceback) or ""
        annotations = {
            "summary": _disarmed(cut_chars(collapse_spaces(message.texts.title), _SUMMARY)),
            "description": _disarmed(plain_text(message, fits)),
            "traceback": _disarmed(last_lines(traceback, fits)),
            **self.endpoint.alertmanager.annotations,
        }
        return {name: value for name, value in annotations.items() if value}


def _accepted(response: Response) -> Outcome:
    """The outcome of a 2xx answer. API v2 answers nothing; v1, Mimir and Grafana answer an object."""
    answer = parse_object(response.body)
    if says_no(answer):
        text = excerpt(answer.get("error")) or excerpt(answer.get("message")) or NO_REASON
        return Retry(refused_by("Alertmanager", text), response.status, hint=_HINTS[400])
    if not response.body.strip() or answer.get("status") == "success" or excerpt(answer.get("message")):
        return Delivered(response.status, detail=excerpt(response.body))
    return Retry(foreign_answer("Alertmanager"), response.status, hint=_HINTS[404])


def _resolves(payload: Payload) -> bool:
    """Whether the event resolves the alerts of its task: a success does, and so does an event at info that ends no
    task.
    """
    return payload.status.ends_failure or not (payload.event.is_end or payload.event.is_problem)


def _disarmed(text: str) -> str:
    """The text for an unknown place: Alertmanager passes it on to Slack, mail and others, which read it as their
    markup.

    Brackets of HTML and of Slack become look-alikes. An invisible joiner (U+2060) breaks mentions and links.
    """
    text = text.replace("<", "‹").replace(">", "›").replace("@", "@\u2060")
    return text.replace("](", "]\u2060(").replace("//", "/\u2060/")


def _distinct(ended: Sequence[Labels], fired: Sequence[Labels]) -> List[Labels]:
    """Each of ``ended`` once, without those that fire: they are the same alert where the config sets ``severity``."""
    found: List[Labels] = []
    for labels in ended:
        if labels not in found and labels not in fired:
            found.append(labels)
    return found


def _moment(unix: float, now: float) -> float:
    """The moment of the event, or now if that is in the future: such an alert would end before it starts."""
    return unix if 0 <= unix <= now else now


def _rfc3339(unix: float) -> str:
    moment = datetime.datetime.fromtimestamp(unix, datetime.timezone.utc)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
