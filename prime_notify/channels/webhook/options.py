"""The config of a webhook endpoint."""

from __future__ import annotations

import re
from typing import Any, Dict, FrozenSet, Iterable, List, Optional, Tuple

from pydantic import AfterValidator, BeforeValidator, ValidationInfo, WithJsonSchema, field_validator, model_validator
from typing_extensions import Annotated, Literal

from prime_notify.channels.webhook.checks import as_text, check_text_body, mode_of, statuses, statuses_in, template
from prime_notify.channels.webhook.services import remedy_at
from prime_notify.channels.webhook.signing import SigningOptions
from prime_notify.config.choices import as_choice, as_list
from prime_notify.config.connection_options import http_url
from prime_notify.config.endpoint import EndpointConfig
from prime_notify.config.heartbeat_option import HeartbeatInterval, heartbeat_option
from prime_notify.config.option import Options, option
from prime_notify.config.problem import Location
from prime_notify.templates import Mode, check_template, is_template, static_parts
from prime_notify.templates.tree import check_tree
from prime_notify.text.wording import NOTHING, Wording, joined

__all__ = ["BODILESS", "BodyFormat", "WebhookEndpoint", "WebhookOptions"]

BodyFormat = Annotated[
    Literal["prime_backup", "cloudevents", "alertmanager", "grafana", "alert"], BeforeValidator(as_choice)
]

BODILESS = ("GET", "HEAD", "DELETE", "OPTIONS")
"""Methods without a body, unless one is asked for."""

_METHOD = re.compile(r"[A-Z][A-Z-]{0,31}")
_UNUSABLE = ("CONNECT", "TRACE")  # HTTP gives these two another meaning than a request with a body and an answer
_STATIC_HOST = re.compile(r"https?://[^/?#{]+(?=[/?#]|$)")
_FRAMING = ("host", "content-length", "transfer-encoding")


_Template = Annotated[str, BeforeValidator(as_text), AfterValidator(template)]
_TEXT_SCHEMA = WithJsonSchema({"type": "object", "additionalProperties": {"type": ["string", "number", "boolean"]}})
_Statuses = Annotated[
    List[Annotated[str, BeforeValidator(as_text), AfterValidator(statuses)]],
    BeforeValidator(as_list),
    WithJsonSchema({"type": "array", "items": {"anyOf": [{"type": "integer"}, {"type": "string"}]}, "minItems": 1}),
]


class BasicAuth(Options):
    """HTTP's basic authentication."""

    user: str = option(..., "The user.", "用户名。", example="minecraft", content=True)
    password: str = option("", "The password.", "密码。", example="<password>")


class AlertOptions(Options):
    """Options of the format "alert"."""

    sender_id: str = option(
        "prime_notify", "The name of the alert's sender.", "告警的发送者标识。", example="backups", content=True
    )
    chat_id: Optional[str] = option(
        None,
        "The chat to which the receiver posts the alert.",
        "接收端要投递到的会话。",
        example="-100123",
        content=True,
    )


class WebhookOptions(Options):
    """The request of a webhook. Every string that is marked so may be a template."""

    method: str = option(
        "POST",
        'The HTTP method, such as "PUT" or "GET".',
        "HTTP 方法，例如 PUT 或 GET。",
        example="PUT",
        public=True,
        essential=True,
    )
    query: Annotated[Dict[str, _Template], _TEXT_SCHEMA] = option(
        dict,
        "Parameters added to the URL; templates. One that comes out empty is left out.",
        "附加在 URL 上的参数，可用模板；结果为空的参数会被省略。",
        example={"server": "{{ server.name }}"},
        essential=True,
    )
    format: Optional[BodyFormat] = option(
        None,
        'The format of the body: "prime_backup" (the whole payload), "cloudevents", "alertmanager", '
        '"grafana" or "alert".',
        "正文的格式：prime_backup（完整载荷，默认）、cloudevents、alertmanager、grafana 或 alert。",
        example="cloudevents",
        public=True,
        essential=True,
    )
    content_type: Optional[str] = option(
        None,
        'The Content-Type of the body; needed for a text, such as "text/plain".',
        "正文的 Content-Type；正文是文本时必填，例如 text/plain。",
        example="text/plain",
        public=True,
        essential=True,
    )
    body: Any = option(
        None,
        "The body, as a JSON value whose strings are templates; or, with content_type, as text. "
        '"{{ backup }}" alone keeps its type; an object with "$if" is there only if that expression is true.',
        "正文：一个 JSON 值，其中的字符串都是模板；若给出 content_type，也可以是文本。"
        '单独的 "{{ backup }}" 保留原类型；含 "$if" 的对象仅在该表达式为真时出现。',
        example={"text": "{{ title }}"},
        content=True,
        essential=True,
    )
    form: Optional[Dict[str, Annotated[Any, AfterValidator(check_tree)]]] = option(
        None,
        "The body as a form: names and templates; a value that is an object or a list is sent as JSON.",
        "表单形式的正文：字段名与模板；对象或列表会以 JSON 发送。",
        example={"text": "{{ title }}"},
        content=True,
        essential=True,
    )
    success: _Statuses = option(
        lambda: ["200-299"],
        'HTTP statuses that mean success: 204, "200-299", "2xx", or a list of them.',
        "表示成功的 HTTP 状态码：204、200-299、2xx，或它们的列表。",
        example=["200-204", 409],
        min_length=1,
        public=True,
        essential=True,
    )
    auth: Optional[BasicAuth] = option(
        None,
        "Basic authentication.",
        "Basic 认证。",
        example={"user": "minecraft", "password": "<password>"},
        essential=True,
    )
    token: Optional[str] = option(
        None,
        "A token, sent as Authorization: Bearer.",
        "以 Authorization: Bearer 发送的令牌。",
        example="<token>",
        min_length=1,
        essential=True,
    )
    signing: Optional[SigningOptions] = option(
        None,
        "Signs each request, so that the receiver can verify its sender.",
        "为每个请求签名，供接收端验证来源。",
        example={"secret": "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="},
        essential=True,
    )
    alert: AlertOptions = option(
        AlertOptions, 'For "format": "alert".', "用于 format 为 alert 时。", example={"chat_id": "-100123"}
    )

    @field_validator("method")
    @classmethod
    def _check_method(cls, method: str) -> str:
        method = method.upper()
        if not _METHOD.fullmatch(method) or method in _UNUSABLE:
            raise ValueError(
                Wording(
                    'write a method such as "POST", "PUT", "PATCH", "DELETE" or "GET"',
                    '请写 HTTP 方法，例如 "POST"、"PUT"、"PATCH"、"DELETE" 或 "GET"',
                )
            )
        return method

    @field_validator("content_type")
    @classmethod
    def _check_content_type(cls, value: Optional[str]) -> Optional[str]:
        if value is not None and not re.fullmatch(r"[\w.+-]+/[\w.+-]+(\s*;\s*[\w-]+=[\w.\"'-]+)*", value, re.ASCII):
            raise ValueError(
                Wording(
                    'write a media type, such as "text/plain" or "application/xml; charset=utf-8"',
                    '请写媒体类型，例如 "text/plain" 或 "application/xml; charset=utf-8"',
                )
            )
        return value

    @field_validator("body")
    @classmethod
    def _check_body(cls, body: Any, info: ValidationInfo) -> Any:
        if not isinstance(body, str):
            return check_tree(body)
        check_text_body(body, info.data.get("content_type"))
        return body

    @model_validator(mode="after")
    def _check_combination(self) -> WebhookOptions:
        given = [name for name in ("body", "form", "format") if getattr(self, name) is not None]
        if len(given) > 1:
            raise ValueError(
                Wording(
                    "keep one of {given}: each of them is the whole body",
                    "{given} 只能保留一个：每一个都是整个正文",
                    given=joined(given, " and ", "、"),
                )
            )
        if self.auth is not None and self.token is not None:
            raise ValueError(
                Wording(
                    'keep one of "auth" and "token": both are sent as Authorization',
                    '"auth" 与 "token" 只能保留一个：两者都作为 Authorization 发送',
                )
            )
        return self

    @property
    def mode(self) -> Mode:
        """The escaping of values in a text body."""
        return mode_of(self.content_type or "")

    @property
    def is_own_body(self) -> bool:
        return self.body is not None or self.form is not None

    @property
    def success_statuses(self) -> FrozenSet[int]:
        """The HTTP statuses that mean success."""
        return frozenset(status for text in self.success for status in statuses_in(text))


class WebhookEndpoint(EndpointConfig):
    """An endpoint of type ``webhook``, which is also the type of an endpoint that names none."""

    type: Literal["webhook"] = option("webhook", "The channel.", "渠道。", example="webhook", public=True)
    url: str = option(
        ...,
        "The receiver's address; its path and query may have templates.",
        "发送的地址；其路径和参数可用模板。",
        example="https://example.com/backups/{{ backup.id }}",
    )
    headers: Dict[str, str] = option(
        dict,
        "Extra HTTP headers; their values may be templates, and are secret.",
        "额外的请求头；值可用模板，且会被隐去。",
        example={"X-Severity": "{{ severity }}"},
    )
    heartbeat: Optional[HeartbeatInterval] = heartbeat_option()
    webhook: WebhookOptions = option(
        WebhookOptions, "How the request is made.", "请求的细节。", example={"method": "PUT"}
    )

    @property
    def misfit(self) -> Wording:
        """The remedy where the payload goes to a service that takes another form of message; empty where it fits.

        Somebody who writes a body, a query or a template into the URL has made the message of that service.
        """
        options = self.webhook
        is_made = options.is_own_body or options.query or is_template(self.url) or options.method in BODILESS
        if is_made or options.format not in (None, "prime_backup"):
            return NOTHING
        return remedy_at(self.url)

    def warnings(self) -> Iterable[Tuple[Location, Wording]]:
        yield from super().warnings()
        if self.misfit:
            yield ("type",), self.misfit

    @field_validator("url")
    @classmethod
    def _check_url(cls, url: Optional[str]) -> Optional[str]:
        if url is None or not is_template(url):
            return url if url is None else http_url(url)
        if not _STATIC_HOST.match(url):
            raise ValueError(
                Wording(
                    "write the address's host without templates: what players type must not choose it",
                    "地址的主机名不能用模板：不能由玩家输入的内容决定",
                )
            )
        http_url("x".join(static_parts(url)))
        check_template(url, Mode.URL)
        return url

    @field_validator("headers")
    @classmethod
    def _check_header_templates(cls, headers: Dict[str, str]) -> Dict[str, str]:
        check_tree(headers)
        framing = next(
            (name for name, value in headers.items() if name.lower() in _FRAMING and is_template(value)), None
        )
        if framing is not None:
            raise ValueError(
                Wording(
                    'write "{framing}" without templates: it says where a request goes, or where it ends',
                    '"{framing}" 不能用模板：它决定请求发往何处、在何处结束',
                    framing=framing,
                )
            )
        return headers
