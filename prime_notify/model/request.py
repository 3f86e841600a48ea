"""A channel's request to a service: over HTTP, by mail, to a program, through Apprise, or to players in the game."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Mapping, NamedTuple, Optional, Sequence, Tuple, Union

from typing_extensions import Literal

__all__ = [
    "DIRECT",
    "AnyRequest",
    "AppriseRequest",
    "CommandRequest",
    "ConnectionOptions",
    "GameRequest",
    "GameText",
    "MailRequest",
    "MailSecurity",
    "Request",
    "Span",
]

DIRECT = "direct"
"""In place of a proxy's address: no proxy, whatever the environment says."""


@dataclass(frozen=True)
class ConnectionOptions:
    """How the transport connects to an endpoint.

    ``proxy``: an address, :data:`DIRECT`, or None for the environment's. ``verify``: whether the peer's certificate is
    verified, or the path of the CAs against which it is. ``cert``: the paths of a client certificate and of its key, or
    of one file with both.
    """

    proxy: Optional[str] = field(default=None, repr=False)
    verify: Union[bool, str] = True
    cert: Tuple[str, ...] = ()


@dataclass(frozen=True)
class Request:
    """One HTTP request, complete: the transport adds nothing but what HTTP itself needs.

    URLs and header values are secrets, and bodies private: none of them is in the repr. ``connection`` comes from the
    endpoint, for every channel alike. ``warnings``: problems of making the request, for the log. ``receipt``: what the
    channel has to know of the request when it judges the answer, or to remember when the message is delivered.
    ``text``: the message for a preview, where it stands in the URL.
    """

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    connection: ConnectionOptions = field(default_factory=ConnectionOptions, repr=False)
    warnings: Tuple[str, ...] = field(default=(), repr=False)
    receipt: Optional[Mapping[str, str]] = field(default=None, repr=False)
    text: str = field(default="", repr=False)


@dataclass(frozen=True)
class CommandRequest:
    """One run of a program, without a shell. ``environment`` is added to that of the process."""

    argv: Sequence[str] = field(repr=False)
    stdin: bytes = field(default=b"", repr=False)
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    folder: str = field(default="", repr=False)


@dataclass(frozen=True)
class AppriseRequest:
    """One message through the Apprise library. ``kind``: Apprise's info, success, warning or failure.

    ``format``: Apprise's text or markdown. ``id``: the same in every retry, and of no other message; a retry leaves out
    the URLs that have delivered the message. ``receipt``: as in :class:`Request`.
    """

    urls: Sequence[str] = field(repr=False)
    title: str = field(repr=False)
    body: str = field(repr=False)
    kind: str = "info"
    format: str = "text"
    id: str = ""
    receipt: Optional[Mapping[str, str]] = field(default=None, repr=False)


class Span(NamedTuple):
    """A piece of a line in the game. ``color``: one of Minecraft's names; ``url``: a click opens it."""

    text: str
    color: str = ""
    url: str = ""


@dataclass(frozen=True)
class GameText:
    """A message in one language. ``title`` is one line; ``lines`` stand below it; ``hover`` is shown on demand."""

    title: Span
    lines: Tuple[Tuple[Span, ...], ...] = ()
    hover: Tuple[Tuple[Span, ...], ...] = ()

    @property
    def reason(self) -> str:
        """The first of the lines without links, such as the error of a failure; empty where there is none."""
        first = self.lines[0] if self.lines else ()
        return "".join(span.text for span in first if not span.url).strip()


@dataclass(frozen=True)
class GameRequest:
    """One message to players.

    ``id``: the same in every retry, and of no other message of the endpoint. ``level``: to all with this permission
    level; else ``players``: to those with these names; else to everybody. ``texts``: by language; a player gets the own
    one, or else that of ``language``. ``show``: chat, title, bossbar. ``stay``: seconds, for title and boss bar.
    ``keep_until``: unix seconds; until then it is kept for those who are not online; 0: it is not kept.
    ``single``: it is about one notification of the history, whose id it has. ``task``: the task that it is about, whose
    start it ``is_start``; empty for several.
    """

    endpoint: str
    id: str
    texts: Mapping[str, GameText] = field(repr=False)
    language: str
    level: Optional[int] = None
    players: Tuple[str, ...] = ()
    show: Tuple[str, ...] = ("chat",)
    stay: float = 10.0
    sound: str = ""
    keep_until: float = 0.0
    single: bool = True
    task: str = ""
    is_start: bool = False

    @property
    def text(self) -> GameText:
        """The text in the language of the endpoint."""
        return self.texts[self.language]


MailSecurity = Literal["tls", "starttls", "none"]
"""TLS from the first byte on (RFC 8314), TLS after the command STARTTLS (RFC 3207), or no encryption."""


@dataclass(frozen=True)
class MailRequest:
    """One mail to an SMTP server. ``mail``: all of it (RFC 5322), in lines of ASCII that end with CRLF.

    ``sender`` and ``recipients``: addresses of the envelope, in ASCII. ``user`` and ``password``: empty for a server
    without a login. ``receipt``: as in :class:`Request`.
    """

    host: str
    port: int
    security: MailSecurity
    sender: str = field(repr=False)
    recipients: Tuple[str, ...] = field(repr=False)
    mail: bytes = field(repr=False)
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    connection: ConnectionOptions = field(default_factory=ConnectionOptions, repr=False)
    receipt: Optional[Mapping[str, str]] = field(default=None, repr=False)


AnyRequest = Union[Request, CommandRequest, AppriseRequest, MailRequest, GameRequest]
"""Every kind of request; each has its transport."""
