"""Mails over SMTP: time limits, TLS, the login, and an answer for each recipient.

The answer's body is JSON: ``{"step": "content", "code": 250, "said": "OK", "recipients": [{"code": 250, "said": ""},
…]}``. ``step`` is the last one of the dialogue: greeting, hello, starttls, login, sender, recipients or content. The
recipients stand in the order of the request, as far as they were reached.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import smtplib
import ssl
import threading
import time
from dataclasses import dataclass, field
from typing import Callable, List, Optional, Set, Tuple, TypeVar, Union

from prime_notify.model.failure import FailureKind, TransportFailure, UnsendableError
from prime_notify.model.proxy import configured_proxy
from prime_notify.model.request import DIRECT, MailRequest
from prime_notify.model.response import Response
from prime_notify.model.tls import tls_context, tls_files
from prime_notify.text.addresses import is_loopback
from prime_notify.text.json_text import to_json
from prime_notify.text.wording import Wording
from prime_notify.transport.connection import Connection
from prime_notify.transport.dial import Resolver
from prime_notify.transport.exchange import Exchange, Meanwhile, Phase, Stopped
from prime_notify.transport.explain import explain
from prime_notify.transport.http_syntax import InvalidAnswerError
from prime_notify.transport.route import Route
from prime_notify.transport.smtp import SmtpSession

__all__ = ["MailTransport"]

_FAREWELL = 1.0
"""Seconds that the answer to QUIT may take. The mail is on its way by then."""

_NO_SUCH_COMMAND = 502
"""The code in place of a server's own where it offers no login that smtplib knows (RFC 5321: not implemented)."""

_TLS_PORT = 465
_READY, _CLOSING = 220, 421
_NO_TLS_AT_ONCE = ("WRONG_VERSION_NUMBER", "UNKNOWN_PROTOCOL", "RECORD_LAYER_FAILURE")

T = TypeVar("T")


@dataclass
class _Progress:
    """How far a dialogue has come, and the last answer."""

    step: str = "greeting"
    code: int = 0
    said: bytes = b""
    recipients: List[Tuple[int, bytes]] = field(default_factory=list)

    def at(self, step: str, answer: Tuple[int, bytes]) -> int:
        """Note the answer at a step. Returns its code."""
        self.step, (self.code, self.said) = step, answer
        return self.code

    @property
    def document(self) -> bytes:
        return to_json(
            {
                "step": self.step,
                "code": self.code,
                "said": _text(self.said),
                "recipients": [{"code": code, "said": _text(said)} for code, said in self.recipients],
            }
        )


_Work = Callable[[MailRequest, SmtpSession, ssl.SSLContext], T]


class MailTransport:
    """Sends mails from any number of threads, each over a connection of its own. ``clock`` is monotonic,
    ``wall_clock`` gives unix seconds.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
        resolver: Optional[Resolver] = None,
    ) -> None:
        self._clock = clock
        self._wall_clock = wall_clock
        self._resolver = resolver or Resolver()
        self._lock = threading.Lock()
        self._exchanges: Set[Exchange] = set()
        self._closed = False
        self._tls_context = functools.lru_cache(maxsize=32)(lambda options, files: tls_context(options))

    def send(
        self, request: MailRequest, *, timeout: float, meanwhile: Meanwhile = None
    ) -> Union[Response, TransportFailure]:
        """One attempt, which ends within ``timeout`` seconds. Never raises, and does not call ``meanwhile``.

        A password never leaves in the clear, unless the server is this machine.
        """
        result = self._attempt(request, timeout, _deliver)
        if isinstance(result, TransportFailure):
            return result
        return Response(result.code, {}, result.document, received_at=self._wall_clock())

    def probe(self, request: MailRequest, *, timeout: float) -> Optional[TransportFailure]:
        """Try to connect, and to set up TLS. Returns the failure, if there is one. Sends no mail. Never raises."""
        result = self._attempt(request, timeout, _introduce)
        return result if isinstance(result, TransportFailure) else None

    def close(self) -> None:
        """Cut running attempts off; later attempts fail at once. Idempotent."""
        with self._lock:
            self._closed = True
            exchanges = list(self._exchanges)
        for exchange in exchanges:
            exchange.stop()

    def _attempt(self, request: MailRequest, timeout: float, work: _Work[T]) -> Union[T, TransportFailure]:
        try:
            _refuse_an_open_password(request)
            route = _route(request)
            context = self._tls_context(request.connection, tls_files(request.connection))
        except Exception as error:  # noqa: BLE001 - a malformed proxy, an unusable CA bundle
            return explain(error, Phase.LOOKUP, f"{request.host}:{request.port}")
        exchange = Exchange(timeout, self._clock)
        with self._lock:
            self._exchanges.add(exchange)
            if self._closed:
                exchange.stop()
        try:
            return self._talk(request, route, context, exchange, work)
        except Exception as error:  # noqa: BLE001 - any error is the result of this attempt
            return _explained(Stopped() if exchange.stopped else error, exchange.phase, route, request)
        finally:
            with self._lock:
                self._exchanges.discard(exchange)

    def _talk(
        self, request: MailRequest, route: Route, context: ssl.SSLContext, exchange: Exchange, work: _Work[T]
    ) -> T:
        connection = Connection(route, context if route.tls else None, self._resolver)
        try:
            connection.begin(exchange)
            session = SmtpSession(connection)
            result = work(request, session, context)
            with contextlib.suppress(Exception):  # it has said everything
                session.leave(_FAREWELL)
            return result
        finally:
            connection.close()


def _deliver(request: MailRequest, session: SmtpSession, context: ssl.SSLContext) -> _Progress:
    """The whole dialogue, up to the first refusal of all recipients."""
    progress = _introduce(request, session, context)
    if progress.step != "hello" or progress.code >= 400:
        return progress
    if request.user and _log_in(request, session, progress) >= 400:
        return progress
    size = [f"size={len(request.mail)}"] if session.has_extn("size") else []
    if progress.at("sender", session.mail(request.sender, size)) >= 400:
        return progress
    for recipient in request.recipients:
        code = progress.at("recipients", session.rcpt(recipient))
        progress.recipients.append((code, progress.said))
        if code == _CLOSING:
            return progress
    if all(code >= 300 for code, _ in progress.recipients):
        return progress
    try:
        progress.at("content", session.data(request.mail))
    except smtplib.SMTPResponseException as error:  # no 354
        progress.at("content", _answer_of(error))
    return progress


def _introduce(request: MailRequest, session: SmtpSession, context: ssl.SSLContext) -> _Progress:
    """The dialogue up to EHLO, over TLS where it is to be."""
    progress = _Progress()
    if progress.at("greeting", session.getreply()) != _READY:
        return progress
    if _greet(session, progress) >= 400 or request.security != "starttls":
        return progress
    if not session.has_extn("starttls"):
        raise _no_starttls(request)
    if progress.at("starttls", session.docmd("STARTTLS")) == _READY:
        session.secure(context)
        _greet(session, progress)
    return progress


def _greet(session: SmtpSession, progress: _Progress) -> int:
    try:
        session.ehlo_or_helo_if_needed()
    except smtplib.SMTPResponseException as error:
        return progress.at("hello", _answer_of(error))
    return progress.at("hello", (250, b""))


def _log_in(request: MailRequest, session: SmtpSession, progress: _Progress) -> int:
    try:
        return progress.at("login", session.login(request.user, request.password))
    except smtplib.SMTPResponseException as error:
        return progress.at("login", _answer_of(error))
    except smtplib.SMTPException:  # the server offers no AUTH, or no mechanism that smtplib knows
        return progress.at("login", (_NO_SUCH_COMMAND, b""))


def _answer_of(error: smtplib.SMTPResponseException) -> Tuple[int, bytes]:
    said = error.smtp_error
    return error.smtp_code, said if isinstance(said, bytes) else str(said).encode("utf-8", "replace")


def _text(said: bytes) -> str:
    return said.decode("utf-8", "replace")


def _peer(request: MailRequest) -> str:
    return f"{request.host}:{request.port}"


def _route(request: MailRequest) -> Route:
    """The proxies of the environment are those of HTTP; only the endpoint's own counts here."""
    options = request.connection
    proxy = configured_proxy(options.proxy) if options.proxy not in (None, DIRECT) else None
    return Route(request.host, request.port, request.security == "tls", "", "", None, proxy, options)


def _refuse_an_open_password(request: MailRequest) -> None:
    if request.user and request.security == "none" and not is_loopback(request.host):
        said = Wording("the password would go to {host} unencrypted", "密码会以明文发往 {host}", host=_peer(request))
        hint = Wording(
            'write "security": "starttls" or "tls" in "mail", or leave the password out',
            '请在 "mail" 中写 "security": "starttls" 或 "tls"，或去掉密码',
        )
        raise UnsendableError(FailureKind.TLS, said, hint)


def _no_starttls(request: MailRequest) -> UnsendableError:
    said = Wording("{host} offers no encryption (STARTTLS)", "{host} 不提供加密（STARTTLS）", host=_peer(request))
    hint = Wording(
        'write "security": "tls" in "mail" with the server\'s port for TLS, mostly 465; for a relay of your own '
        'network "none"',
        '请在 "mail" 中写 "security": "tls" 及服务器的 TLS 端口（通常为 465）；自己内网的中继可写 "none"',
    )
    return UnsendableError(FailureKind.TLS, said, hint)


def _explained(error: BaseException, phase: Phase, route: Route, request: MailRequest) -> TransportFailure:
    """The failure in the words of SMTP, where those of HTTP would mislead."""
    if isinstance(error, InvalidAnswerError) and phase > Phase.PROXY:
        said = Wording("{host} does not speak SMTP", "{host} 不是 SMTP 服务器", host=route.peer)
        hint = Wording(
            'check "host" and "port" in "mail": they are those of the outgoing server (SMTP)',
            '请检查 "mail" 中的 "host" 与 "port"：应为发件服务器（SMTP）',
        )
        return TransportFailure(FailureKind.OTHER, said, hint)
    if isinstance(error, ssl.SSLError) and error.reason in _NO_TLS_AT_ONCE and request.security == "tls":
        said = Wording("{host} does not begin with TLS", "{host} 不以 TLS 开始", host=route.peer)
        hint = Wording(
            'write "security": "starttls" in "mail" for this port, as for 587',
            '对此端口请在 "mail" 中写 "security": "starttls"，587 端口亦如此',
        )
        return TransportFailure(FailureKind.TLS, said, hint)
    configured = route.proxy is not None
    failure = explain(error, phase, route.peer, route.proxy_peer, configured=configured)
    if failure.kind is FailureKind.TIMEOUT and request.port == _TLS_PORT and request.security != "tls":
        hint = Wording('port 465 takes "security": "tls"', '465 端口请用 "security": "tls"')
        return dataclasses.replace(failure, hint=hint)
    return failure
