"""Uptime Kuma: a monitor of type "Push", which is up or down. https://github.com/louislam/uptime-kuma

Read in ``server/routers/api-router.js`` of 2.5 and tried there: each push sets a state, and any ``status`` but ``up``
is down. There is no push that only says something. So what is neither up nor down is not pushed.
"""

from __future__ import annotations

import dataclasses
from typing import Dict, Optional
from urllib.parse import quote, urlsplit, urlunsplit

from pydantic import BeforeValidator, model_validator
from typing_extensions import Annotated, Literal

from prime_notify.channels.common.answers import foreign_answer, refused_by
from prime_notify.channels.common.base import Channel
from prime_notify.channels.common.http_status import refusal
from prime_notify.channels.common.prose import collapse_spaces, plain_text
from prime_notify.config.choices import TaskChoices, as_choice
from prime_notify.config.endpoint import EndpointConfig
from prime_notify.config.heartbeat_option import HeartbeatInterval, heartbeat_option
from prime_notify.config.option import MisfitError, Options, option
from prime_notify.model.event import Severity, Status, Task
from prime_notify.model.heartbeat import Heartbeat
from prime_notify.model.notification import Message
from prime_notify.model.outcome import Delivered, Outcome, Permanent, Retry
from prime_notify.model.payload import Payload
from prime_notify.model.request import AnyRequest, Request
from prime_notify.model.response import Response
from prime_notify.text.cutting import cut_bytes
from prime_notify.text.json_text import parse_object
from prime_notify.text.plain import excerpt
from prime_notify.text.wording import Wording

__all__ = ["UptimeKuma", "UptimeKumaEndpoint", "UptimeKumaOptions"]

_PUSH = "/api/push/"
_ENTRY = "/api/entry-page"
_MESSAGE = 1200  # bytes: three times as many in the URL, of which proxies take 8 KiB
_LONGEST_PING = 100_000_000_000  # milliseconds; Uptime Kuma refuses more
_ENTRY_TYPES = ("entryPage", "statusPageMatchedDomain")
_OURS = frozenset(("status", "msg", "ping"))
_LOOKS = "looks"
_FOREIGN = foreign_answer("Uptime Kuma")
_NO_MONITOR = Wording(
    "there is no such monitor, or it is paused: copy the push URL from its page again, or resume it",
    "没有此监控项，或它已被暂停：请从其页面重新复制推送 URL，或恢复监控",
)
_CHECK_URL = Wording(
    "check the URL: it is the push URL of a monitor of type Push, with /api/push/ in it",
    "请检查 URL：应为 Push 类型监控项的推送 URL，其中含有 /api/push/",
)
_CHECK_ENTRY = Wording(
    "check the URL, and whether a proxy before Uptime Kuma lets /api/entry-page pass: a test looks there, since a push "
    "would change the state",
    "请检查 URL，以及 Uptime Kuma 前的代理是否放行 /api/entry-page：测试只查看此处，因为推送会改变状态",
)


class UptimeKumaOptions(Options):
    """Options of Uptime Kuma."""

    tasks: TaskChoices = option(
        lambda: [Task.BACKUP],
        "The kinds of tasks that this monitor shows. Others are not pushed.",
        "该监控项反映的任务种类。其他任务不会推送。",
        example=["backup", "storage"],
        public=True,
    )
    aborted: Annotated[Literal["ignore", "down"], BeforeValidator(as_choice)] = option(
        "ignore",
        'For an aborted task: "ignore" leaves the state as it is, "down" alerts.',
        "任务被中止时：“ignore” 保持原状态，“down” 告警。",
        example="down",
        public=True,
    )


class UptimeKumaEndpoint(EndpointConfig):
    """An endpoint of type ``uptime_kuma``: ``url`` is a monitor's push URL."""

    type: Literal["uptime_kuma"]
    heartbeat: Optional[HeartbeatInterval] = heartbeat_option()
    uptime_kuma: UptimeKumaOptions = option(
        UptimeKumaOptions, "Options of Uptime Kuma.", "Uptime Kuma 的选项。", example={"aborted": "down"}
    )

    @model_validator(mode="after")
    def _check_push_url(self) -> UptimeKumaEndpoint:
        path = urlsplit(self.url).path
        token = path.rpartition(_PUSH)[2] if _PUSH in path else path
        if not token.strip("/"):
            raise MisfitError(
                Wording(
                    'write the monitor\'s push URL, such as "https://kuma.example.com/api/push/<token>"',
                    '请填写监控项的推送 URL，例如 "https://kuma.example.com/api/push/<token>"',
                ),
                "url",
            )
        return self

    def is_silent_about(self, payload: Payload) -> bool:
        return _status(payload, self.uptime_kuma) is None

    @property
    def takes_everything(self) -> bool:
        return False


def _status(payload: Payload, options: UptimeKumaOptions) -> Optional[str]:
    """``up`` or ``down``; None where the state of the monitor has to stay as it is.

    After a failure a start is not up yet, and a stuck task may still end well.
    """
    if payload.task not in options.tasks:
        return None
    if payload.status.ends_failure:
        return "up"
    if payload.status is Status.ABORTED and payload.severity is not Severity.ERROR:
        return "down" if options.aborted == "down" else None
    return "down" if payload.status.begins_failure or payload.severity is Severity.ERROR else None


class UptimeKuma(Channel[UptimeKumaEndpoint]):
    """Pushes up or down. Nothing else is sent there, unless a person or another endpoint's fallback brings it: then it
    only asks the server for its entry page, which changes nothing.
    """

    type = "uptime_kuma"
    endpoint_model = UptimeKumaEndpoint
    shows_state = True
    example = {
        "name": "kuma",
        "type": "uptime_kuma",
        "url": "https://kuma.example.com/api/push/8Xk2mQ4vTzLr7NcYp1WbSg5HdJf9RaEu?status=up&msg=OK&ping=",
    }
    about = {
        "en_us": (
            "Shows the backups as a monitor of type Push in [Uptime Kuma](https://github.com/louislam/uptime-kuma): a "
            "success is up, with the duration as its ping; a failure or an overdue backup is down. Copy the push URL "
            "from the page of the monitor. Its heartbeat interval has to be longer than the time between two backups, "
            "or than `heartbeat`. Use one monitor for each kind of task. A push always sets a state, so starts, stuck "
            "tasks and reports are not sent there, and a test only looks whether the server is there."
        ),
        "zh_cn": (
            "在 [Uptime Kuma](https://github.com/louislam/uptime-kuma) 中以 Push 类型的监控项显示备份状态："
            "成功为 up，耗时作为 ping；失败或逾期为 down。推送 URL 从监控项页面复制。"
            "监控项的心跳间隔须长于两次备份的间隔，或长于 `heartbeat`。每种任务各用一个监控项。"
            "推送总会改变状态，因此开始、卡住与报告不会发送到那里，测试只查看服务器是否在线。"
        ),
    }
    longest_wait = 3600.0

    def render(self, message: Message) -> Request:
        payload = message.payload
        status = None if payload.test else _status(payload, self.endpoint.uptime_kuma)  # a test changes nothing
        if status is None:
            # A receipt reaches judge_answer only: whether the server's entry page has to be there
            looks = {_LOOKS: "test" if payload.test else "event"}
            return Request("GET", self._address(_ENTRY), dict(self.endpoint.headers), receipt=looks)
        return self._push(status, self._text(message), None if status == "down" else payload.cost_s)

    def heartbeat(self, beat: Heartbeat) -> Request:
        return self._push("up", "OK")

    def is_alarm(self, task: Task, status: Status) -> bool:
        options = self.endpoint.uptime_kuma
        if status is Status.ABORTED:
            return task in options.tasks and options.aborted == "down"
        return status.begins_failure and task in (Task.BACKUP, *options.tasks)

    def judge(self, response: Response) -> Outcome:
        return _judged(response)

    def judge_answer(self, request: AnyRequest, response: Response) -> Outcome:
        looks = (request.receipt or {}).get(_LOOKS) if isinstance(request, Request) else None
        if looks is None:
            return self.judge(response)
        if 200 <= response.status < 300 and parse_object(response.body).get("type") in _ENTRY_TYPES:
            return Delivered(response.status)
        if looks == "event" and response.status < 500 and response.status != 429:
            return Delivered(response.status, confirmed=False)  # nothing was to be pushed; a proxy hides the page
        if 200 <= response.status < 300:
            return Retry(_FOREIGN, response.status, hint=_CHECK_ENTRY)
        refused = refusal(response)
        return dataclasses.replace(refused, hint=_CHECK_ENTRY if response.status < 500 else refused.hint)

    @classmethod
    def judge_foreign(cls, response: Response, url: str) -> Outcome:
        return _judged(response)

    def _push(self, status: str, text: str, seconds: Optional[float] = None) -> Request:
        ping = round((seconds or 0.0) * 1000)
        values = {"status": status, "msg": text}
        if 0 < ping <= _LONGEST_PING:
            values["ping"] = str(ping)
        shown = "\n".join(f"{name}: {value}" for name, value in values.items())
        return Request("GET", self._address("", values), dict(self.endpoint.headers), text=shown)

    def _address(self, page: str, values: Optional[Dict[str, str]] = None) -> str:
        """The push URL with these parameters in place of those that it was copied with; or another page of the server.

        A parameter that is not Uptime Kuma's is that of a proxy.
        """
        parts = urlsplit(self.endpoint.url)
        if page:
            before = parts.path.rpartition(_PUSH)[0] if _PUSH in parts.path else ""
            return urlunsplit(parts._replace(path=before + page, query="", fragment=""))
        kept = [pair for pair in parts.query.split("&") if pair and pair.partition("=")[0] not in _OURS]
        added = [f"{name}={quote(value, safe='', errors='replace')}" for name, value in (values or {}).items()]
        return urlunsplit(parts._replace(query="&".join([*kept, *added]), fragment=""))

    def _text(self, message: Message) -> str:
        title = collapse_spaces(message.texts.title)

        def fits(text: str) -> bool:
            return len(f"{title}\n{text}".encode("utf-8", "replace")) <= _MESSAGE

        title = cut_bytes(title, _MESSAGE // 2)
        return f"{title}\n{plain_text(message, fits)}".strip()


def _judged(response: Response) -> Outcome:
    answer = parse_object(response.body)
    text = excerpt(answer.get("msg")).rstrip(".")
    if answer.get("ok") is True and 200 <= response.status < 300:
        return Delivered(response.status)
    if answer.get("ok") is False and text and (200 <= response.status < 300 or response.status == 404):
        if "not found" in text.lower():
            return Permanent(refused_by("Uptime Kuma", text), response.status, hint=_NO_MONITOR)
        # Uptime Kuma answers 404 to errors of its own as well, such as those of its database
        return Retry(refused_by("Uptime Kuma", text), response.status, hint=_CHECK_URL)
    if not 200 <= response.status < 300:
        refused = refusal(response)
        return dataclasses.replace(refused, hint=_CHECK_URL if response.status == 404 else refused.hint)
    return Retry(_FOREIGN, response.status, hint=_CHECK_URL)
