"""The config of a mail endpoint."""

from __future__ import annotations

from typing import Dict, Iterable, List, Optional, Tuple
from urllib.parse import unquote, urlsplit

from pydantic import BeforeValidator, Field, field_validator, model_validator
from typing_extensions import Annotated, Literal

from prime_notify.channels.mail.addresses import PORTS, Address, address_in, ascii_domain, server_of
from prime_notify.config.choices import TextList, as_choice
from prime_notify.config.endpoint import EndpointConfig
from prime_notify.config.option import MisfitError, Options, option
from prime_notify.config.problem import Location
from prime_notify.config.units import Duration, Timeout
from prime_notify.model.request import MailSecurity
from prime_notify.text.addresses import is_loopback
from prime_notify.text.wording import Wording

__all__ = ["MailEndpoint", "MailOptions"]

_SCHEMES = {"smtp": None, "smtps": "tls"}
_OWN_HEADERS = (
    "auto-submitted", "bcc", "cc", "date", "from", "in-reply-to", "message-id", "mime-version", "references", "subject",
    "to",
)  # fmt: skip
_SPACES = str.maketrans("", "", " \u00a0")

_URL = Wording(
    'write the mail server as "smtps://host:465" (TLS) or "smtp://host:587" (STARTTLS)',
    "邮件服务器请写成 smtps://host:465（TLS）或 smtp://host:587（STARTTLS）",
)
_HOST = Wording(
    'write the server of your mail provider: "host": "smtp.example.com"',
    '请填写邮箱服务商的发件服务器："host": "smtp.example.com"',
)


class MailOptions(Options):
    """The sender's account, and the recipients."""

    from_: str = option(
        ...,
        "The sender's address, perhaps with a name: that of the account.",
        "发件人的邮箱地址，可带名称；应为该账户的地址。",
        example="minecraft@example.com",
        alias="from",
        content=True,
    )
    to: Optional[Annotated[TextList, Field(min_length=1, max_length=20)]] = option(
        None,
        "The recipients; by default the sender.",
        "收件人；默认发给发件人自己。",
        example=["steve@example.com", "Alex <alex@example.com>"],
        content=True,
        essential=True,
    )
    password: Optional[str] = option(
        None,
        "The password of the account. Gmail, iCloud and Yahoo want an app password; QQ Mail and 163 an authorization "
        "code.",
        "账户的密码。QQ 邮箱、163 邮箱等填“授权码”；Gmail、iCloud 与 Yahoo 填“应用专用密码”。",
        example="<password>",
        min_length=1,
    )
    user: Optional[str] = option(
        None,
        "The user name, if it is not the sender's address.",
        "登录用户名，与发件人地址不同时填写。",
        example="minecraft",
        min_length=1,
        content=True,
        essential=True,
    )
    host: Optional[str] = option(
        None,
        "The server for outgoing mails (SMTP). Those of big providers are known.",
        "发件服务器（SMTP）；常见邮箱服务商可不填。",
        example="smtp.example.com",
        content=True,
        essential=True,
    )
    port: Optional[Annotated[int, Field(ge=1, le=65535)]] = option(
        None,
        "The port; by default 465 for `tls`, 587 for `starttls`, 25 for `none`.",
        "端口；默认 `tls` 为 465，`starttls` 为 587，`none` 为 25。",
        example=587,
        public=True,
        essential=True,
    )
    security: Optional[Annotated[Literal["tls", "starttls", "none"], BeforeValidator(as_choice)]] = option(
        None,
        "The encryption: `tls` from the start, `starttls`, or `none` for a relay of your own network.",
        "加密方式：`tls`（一开始即加密）、`starttls`，或 `none`（仅限自己内网的中继）。",
        example="starttls",
        public=True,
        essential=True,
    )

    @field_validator("from_")
    @classmethod
    def _check_from(cls, text: str) -> str:
        address_in(text)
        return text

    @field_validator("to")
    @classmethod
    def _check_to(cls, texts: Optional[List[str]]) -> Optional[List[str]]:
        for text in texts or ():
            address_in(text)
        return texts

    @field_validator("user", "password")
    @classmethod
    def _check_login(cls, text: Optional[str]) -> Optional[str]:
        text = None if text is None else text.replace("\u00a0", " ")  # as a browser copies it
        if text is not None and not (text.isascii() and text.isprintable()):
            raise ValueError(
                Wording(
                    "write user and password in ASCII: an app password or authorization code is",
                    "用户名与密码只能是 ASCII 字符：应用专用密码与授权码都是",
                )
            )
        return text

    @field_validator("host")
    @classmethod
    def _check_host(cls, host: Optional[str]) -> Optional[str]:
        if host is None or _is_host(host):
            return host
        raise ValueError(_HOST)

    @property
    def sender(self) -> Address:
        return address_in(self.from_)

    @property
    def recipients(self) -> List[Address]:
        """Each address once."""
        found = [address_in(text) for text in self.to or [self.from_]]
        return list({one.address: one for one in reversed(found)}.values())[::-1]


class MailEndpoint(EndpointConfig):
    """An endpoint of type ``mail``: the account that sends, and the addresses that receive."""

    type: Literal["mail"]
    url: str = option(
        "",
        "The mail server, in place of `mail.host`: `smtps://host:465` or `smtp://host:587`, perhaps with user and "
        "password.",
        "邮件服务器，可代替 `mail.host`：`smtps://host:465` 或 `smtp://host:587`，可带用户名与密码。",
        example="smtps://smtp.example.com:465",
        essential=True,
    )
    headers: Dict[str, str] = option(
        dict,
        "Extra headers of the mail. Their values are secret.",
        "邮件的额外标头；其值会被隐去。",
        example={"X-Team": "minecraft"},
        essential=True,
    )
    timeout: Timeout = option(
        Duration("30s"),
        'The time limit of a whole attempt, above zero: "500ms", "5s", "1m", or a number of seconds. Some mail servers '
        "take their time.",
        '一次尝试的总时限（大于零）："500ms"、"5s"、"1m"，或以秒为单位的数字。有些邮件服务器响应较慢。',
        example="30s",
        public=True,
    )
    mail: MailOptions = option(
        ...,
        "The account that sends, and the recipients.",
        "发件账户与收件人。",
        example={"from": "minecraft@example.com", "host": "smtp.example.com", "password": "<password>"},
    )

    @field_validator("url")
    @classmethod
    def _check_url(cls, url: Optional[str]) -> Optional[str]:
        if not url:
            return url
        try:
            parts = urlsplit(url)
            fits = parts.scheme in _SCHEMES and _is_host(parts.hostname or "") and parts.port != 0
        except ValueError:  # an impossible port or IPv6 address
            fits = False
        if not fits or not url.isprintable() or " " in url or parts.path.strip("/") or parts.query:
            raise ValueError(_URL)
        return url

    @field_validator("headers")
    @classmethod
    def _check_mail_headers(cls, headers: Dict[str, str]) -> Dict[str, str]:
        own = [name for name in headers if name.lower() in _OWN_HEADERS or name.lower().startswith("content-")]
        if own:
            raise ValueError(
                Wording('leave "{name}" out: the plugin writes it', '请去掉 "{name}"：由本插件生成', name=own[0])
            )
        return headers

    @model_validator(mode="after")
    def _check_server(self) -> MailEndpoint:
        options = self.mail
        if self.url and options.host:
            raise MisfitError(Wording('write either "url" or mail.host', '"url" 与 mail.host 只写其一'), "url")
        if not self.url and not options.host:
            try:
                server_of(options.sender.domain)
            except KeyError:
                raise MisfitError(_HOST, "mail") from None
        if self.login[0] and self.security == "none" and not is_loopback(self.host):
            remedy = Wording(
                'write "tls" or "starttls": the password would be readable on the way',
                '请写 "tls" 或 "starttls"：否则密码会以明文传输',
            )
            raise MisfitError(remedy, "mail", "security")
        return self

    @property
    def host(self) -> str:
        """The server's name, in ASCII."""
        named = urlsplit(self.url).hostname if self.url else self.mail.host
        return _wire_host(named) if named else server_of(self.mail.sender.domain).host

    @property
    def port(self) -> int:
        return self.mail.port or self._port_of_url or PORTS[self.security]

    @property
    def _port_of_url(self) -> Optional[int]:
        return urlsplit(self.url).port if self.url else None

    @property
    def security(self) -> MailSecurity:
        """As it is written, else by the scheme and the port. A server on this machine mostly has no certificate."""
        if self.mail.security:
            return self.mail.security
        if self.url.lower().startswith("smtps:"):
            return "tls"
        if not self.url and not self.mail.host:
            return server_of(self.mail.sender.domain).security
        if (self.mail.port or self._port_of_url) == PORTS["tls"]:
            return "tls"
        return "none" if is_loopback(self.host) else "starttls"

    @property
    def login(self) -> Tuple[str, str]:
        """User and password; both empty without a login."""
        parts = urlsplit(self.url)
        user, password = self.mail.user or unquote(parts.username or ""), self.mail.password or ""
        password = password or unquote(parts.password or "")
        if not password:
            return "", ""
        if self.host == "smtp.gmail.com":  # its app passwords are shown in groups of four
            password = password.translate(_SPACES)
        return user or self.mail.sender.address, password

    def warnings(self) -> Iterable[Tuple[Location, Wording]]:
        """Also mails that go over a network unencrypted."""
        yield from super().warnings()
        if self.security == "none" and not is_loopback(self.host):
            remedy = Wording(
                'anyone on the way can read the mails: write "starttls" if the server offers it',
                '途中的任何人都能读取邮件：若服务器支持，请写 "starttls"',
            )
            yield ("mail", "security"), remedy


def _is_host(host: str) -> bool:
    try:
        return bool(_wire_host(host))
    except ValueError:
        return False


def _wire_host(host: str) -> str:
    """A name or an address, as it is looked up."""
    bare = host.strip("[]")
    return bare if ":" in bare and set(bare.lower()) <= set("0123456789abcdef:.") else ascii_domain(host)
