"""Healthchecks: alerts also when a backup does not come. https://healthchecks.io, or a server of one's own."""

from __future__ import annotations

import dataclasses
import re
from typing import List, Optional
from urllib.parse import urlsplit

from pydantic import BeforeValidator, model_validator
from typing_extensions import Annotated, Literal

from prime_notify.channels.common.answers import foreign_answer, refused_by
from prime_notify.channels.common.base import Channel
from prime_notify.channels.common.http_post import text_post, with_query
from prime_notify.channels.common.http_status import refusal
from prime_notify.channels.common.known_services import is_own_server
from prime_notify.channels.common.lifecycle import run_id
from prime_notify.channels.common.prose import collapse_spaces, plain_text, traceback_of
from prime_notify.config.choices import TaskChoices, as_choice
from prime_notify.config.endpoint import EndpointConfig
from prime_notify.config.heartbeat_option import HeartbeatInterval, heartbeat_option
from prime_notify.config.option import MisfitError, Options, option
from prime_notify.config.units import Rate
from prime_notify.model.event import Severity, Status, Task
from prime_notify.model.heartbeat import Heartbeat
from prime_notify.model.notification import Message
from prime_notify.model.outcome import Delivered, Outcome, Permanent, Retry
from prime_notify.model.payload import Payload
from prime_notify.model.request import Request
from prime_notify.model.response import Response
from prime_notify.text.cutting import cut_bytes
from prime_notify.text.plain import excerpt
from prime_notify.text.wording import Wording

__all__ = ["Healthchecks", "HealthchecksEndpoint", "HealthchecksOptions"]

_BODY = 10_000  # bytes that are kept of each ping
_TITLE = 500  # bytes
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_FOREIGN = foreign_answer("Healthchecks")
_KEY = re.compile(r"[\w-]{22}", re.ASCII)  # a project's ping key
_SIGNAL = re.compile("start|fail|log|[0-9]{1,3}")  # the last: an exit code
_PUBLIC_HOST = "hc-ping.com"
_RATE_WAIT = 60.0  # seconds
_GONE = Wording(
    "there is no such check: copy the ping URL from its page again", "没有这个检查：请从其页面重新复制 ping URL"
)
_HINTS = {
    400: Wording(
        'check the URL: it ends in the check\'s UUID, or in "<ping key>/<slug>" in lower case',
        '请检查 URL：应以检查的 UUID 或小写的 "<ping key>/<slug>" 结尾',
    ),
    404: _GONE,
    409: Wording(
        "several checks have this slug: use the UUID in the URL, or give them slugs of their own",
        "有多个检查使用此 slug：请在 URL 中使用 UUID，或让它们的 slug 各不相同",
    ),
}


class HealthchecksOptions(Options):
    """Options of Healthchecks."""

    tasks: TaskChoices = option(
        lambda: [Task.BACKUP],
        "The kinds of tasks that this check watches. Others only appear in its log.",
        "该检查监控的任务种类。其他任务只记入日志。",
        example=["backup", "restore"],
        public=True,
    )
    aborted: Annotated[Literal["log", "fail"], BeforeValidator(as_choice)] = option(
        "log",
        'For an aborted task: "log" only logs it, and the check\'s schedule finds a missing backup; "fail" alerts.',
        "任务被中止时：“log” 只记录，由检查的计划判断是否缺少备份；“fail” 立即告警。",
        example="fail",
        public=True,
    )


class HealthchecksEndpoint(EndpointConfig):
    """An endpoint of type ``healthchecks``: ``url`` is a check's ping URL."""

    type: Literal["healthchecks"]
    heartbeat: Optional[HeartbeatInterval] = heartbeat_option()
    healthchecks: HealthchecksOptions = option(
        HealthchecksOptions, "Options of Healthchecks.", "Healthchecks 的选项。", example={"aborted": "fail"}
    )

    @model_validator(mode="after")
    def _check_ping_url(self) -> HealthchecksEndpoint:
        parts = urlsplit(self.url)
        segments = [segment for segment in parts.path.split("/") if segment]
        if not segments:
            raise MisfitError(
                Wording(
                    'write the check\'s ping URL, such as "https://hc-ping.com/<uuid>"',
                    '请填写该检查的 ping 地址，例如 "https://hc-ping.com/<uuid>"',
                ),
                "url",
            )
        if _ends_in_signal(segments, begins_with_key=parts.hostname == _PUBLIC_HOST):
            raise MisfitError(
                Wording(
                    'write the ping URL without "/{signal}" at its end: that is added when it is so',
                    'ping 地址的末尾不要写 "/{signal}"：需要时会自动加上',
                    signal=segments[-1],
                ),
                "url",
            )
        return self


def _ends_in_signal(segments: List[str], *, begins_with_key: bool) -> bool:
    """Whether a signal follows the check: ``<uuid>/fail``, ``<ping key>/<slug>/1``. A slug may be named like one."""
    known = (number for number, segment in enumerate(segments) if _UUID.fullmatch(segment) or _KEY.fullmatch(segment))
    start = 0 if begins_with_key else next(known, segments.index("ping") + 1 if "ping" in segments else 0)
    check = segments[start:]
    length = 1 if check and _UUID.fullmatch(check[0]) else 2
    return len(check) > length and bool(_SIGNAL.fullmatch(check[-1]))


class Healthchecks(Channel[HealthchecksEndpoint]):
    """Pings a check, with the facts as the ping's body."""

    type = "healthchecks"
    endpoint_model = HealthchecksEndpoint
    shows_state = True
    example = {
        "name": "watchdog",
        "type": "healthchecks",
        "url": "https://hc-ping.com/8f57b2d4-0000-0000-0000-000000000000",
    }
    about = {
        "en_us": (
            "Pings a check of [Healthchecks](https://healthchecks.io) (or of your own server of it), which alerts on "
            "failure, and also when no backup comes at all: when the server is down, or this plugin is. Create a "
            "check with the schedule of your backups and copy its ping URL. Test notifications only appear in its log."
        ),
        "zh_cn": (
            "向 [Healthchecks](https://healthchecks.io)（或自建服务器）的检查发送信号：失败时告警，"
            "一直没有备份时（例如服务器或本插件停止运行）也会告警。按备份计划创建一个检查，复制它的 ping URL。"
            "测试通知只会记入日志。"
        ),
    }
    longest_wait = 3600.0
    rate_limits = (Rate(5, 60),)

    def render(self, message: Message) -> Request:
        return text_post(self._address(message.payload), self._text(message), self.endpoint.headers, {})

    def heartbeat(self, beat: Heartbeat) -> Request:
        return text_post(self.endpoint.url, "", self.endpoint.headers, {})

    def is_alarm(self, task: Task, status: Status) -> bool:
        options = self.endpoint.healthchecks
        if status is Status.ABORTED:
            return task in options.tasks and options.aborted == "fail"
        return status.begins_failure and task in (Task.BACKUP, *options.tasks)

    def judge(self, response: Response) -> Outcome:
        return _judged(response)

    @classmethod
    def judge_foreign(cls, response: Response, url: str) -> Outcome:
        outcome = _judged(response)
        if isinstance(outcome, Retry) and outcome.reason == _FOREIGN and is_own_server(url):
            return Delivered(response.status)  # it only looks like a ping URL: other services have such paths, too
        return outcome

    def _address(self, payload: Payload) -> str:
        # The same rid ties the end of a run to its start, whatever else runs meanwhile
        return with_query(self.endpoint.url, {"rid": run_id(payload)}, below=self._signal(payload))

    def _signal(self, payload: Payload) -> str:
        """The end of the URL; an empty one means success.

        A test changes nothing: an alarm would be false, and a success would hide that backups are missing. An aborted
        backup is no failure yet, since another one may follow at once. When none follows, the check's grace time, which
        runs since the start, ends in an alarm.
        """
        options = self.endpoint.healthchecks
        if payload.test or payload.task not in options.tasks:
            return "/log"
        if payload.event.is_start:
            return "/start"
        if payload.status.ends_failure:
            return ""
        if payload.status is Status.ABORTED and payload.severity is not Severity.ERROR:
            return f"/{options.aborted}"
        return (
            "/fail"
            if payload.event.is_end or payload.status.begins_failure or payload.severity is Severity.ERROR
            else "/log"
        )

    def _text(self, message: Message) -> str:
        title = cut_bytes(collapse_spaces(message.texts.title), _TITLE)

        def fits(text: str) -> bool:
            return len(f"{title}\n\n{text}".encode("utf-8", "replace")) <= _BODY

        traceback = traceback_of(message.payload, wanted=self.endpoint.traceback)
        return f"{title}\n\n{plain_text(message, fits, traceback)}"


def _judged(response: Response) -> Outcome:
    text = excerpt(response.body)
    if not 200 <= response.status < 300:
        refused = refusal(response, text if "not found" in text and "page" not in text else "")
        return dataclasses.replace(refused, hint=_HINTS.get(response.status, refused.hint))
    if "not found" in text:  # older servers answer this with HTTP 200
        return Permanent(refused_by("Healthchecks", text), response.status, hint=_GONE)
    if "rate limited" in text:
        hint = Wording(
            "Healthchecks accepts 5 pings a minute for a check: write fewer events, or one check for each server",
            "Healthchecks 每个检查每分钟接受 5 次 ping：请减少事件，或为每个服务器各建一个检查",
        )
        return Retry(refused_by("Healthchecks", text), response.status, _RATE_WAIT, throttled=True, hint=hint)
    if text in ("OK", "Created"):
        return Delivered(response.status)
    hint = Wording(
        "check the URL: on a server of your own it has /ping/ before the UUID",
        "请检查 URL：自建服务器的 UUID 之前有 /ping/",
    )
    return Retry(_FOREIGN, response.status, hint=hint)
