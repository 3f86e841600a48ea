"""Real SMTP servers on this machine: aiosmtpd's, and a script of bytes for servers that misbehave."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import socket
import ssl
import threading
import warnings
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.support.receiver import CERTIFICATES

__all__ = ["PASSWORD", "MailServer", "says", "scripted", "until_closed"]

PASSWORD = "Secret0123456789"


class MailServer:
    """A server of aiosmtpd. ``envelopes``: the mails that it took. ``logins``: user, password, and whether over TLS.

    ``answers``: by command (``MAIL``, ``DATA``, or an address for its ``RCPT``), the answer in place of its yes; None
    drops the connection. ``certificate``: without one it offers no TLS. ``tls``: from the first byte on.
    """

    def __init__(
        self,
        *,
        certificate: Optional[str] = "localhost",
        tls: bool = False,
        login: bool = True,
        answers: Optional[Dict[str, Any]] = None,
        before_login: bool = False,
        **more: Any,
    ) -> None:
        self.envelopes: List[Envelope] = []
        self.logins: List[Tuple[str, str, bool]] = []
        self.sessions: List[Session] = []
        self.answers = answers or {}
        self._tls = _context(certificate) if certificate else None
        self._at_once = tls
        self._before_login = before_login
        self._options = {
            "tls_context": None if tls else self._tls,
            "authenticator": self._authenticate if login else None,
            "auth_require_tls": not tls and certificate is not None,
            "hostname": "mail.test",
            **more,
        }
        self._loop = _Loop()
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mail-server", daemon=True)
        self.port = 0

    def __enter__(self) -> MailServer:
        self._thread.start()
        assert self._started.wait(60)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(60)
        with warnings.catch_warnings():  # asyncio drops the socket of a failed handshake without closing it
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(
            self._loop.create_server(
                lambda: SMTP(self, loop=self._loop, **self._options),
                "127.0.0.1",
                0,
                ssl=self._tls if self._at_once else None,
            )
        )
        self.port = server.sockets[0].getsockname()[1]
        self._started.set()
        self._loop.run_forever()
        server.close()
        self._loop.run_until_complete(self._end())
        self._loop.close()

    async def _end(self) -> None:
        """Close every connection, also one that is just being made, so that no socket is left to the garbage."""
        for _ in range(10):  # what a connection needs to begin, and then to end
            await asyncio.sleep(0)
        for transport in self._loop.transports:
            transport.abort()
        for _ in range(10):
            await asyncio.sleep(0)
        rest = asyncio.all_tasks(self._loop) - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    def _authenticate(self, server: Any, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login.decode(), data.password.decode(), session.ssl is not None))
        return AuthResult(success=data.password.decode() == PASSWORD, handled=False)

    async def handle_MAIL(self, server: Any, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        self.sessions.append(session)
        if self._before_login and not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self._answer(server, "MAIL")

    async def handle_RCPT(self, server: Any, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        said = self._answer(server, address)
        if said.startswith("2"):
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:
        said = self._answer(server, "DATA")
        if said.startswith("2"):
            self.envelopes.append(envelope)
        return said

    def _answer(self, server: Any, command: str) -> str:
        answer = self.answers.get(command, "250 2.0.0 OK")
        if answer is None:
            server.transport.abort()
            return "421 gone"
        return str(answer)


class _Loop(asyncio.SelectorEventLoop):
    """``transports``: those of all sockets, also where TLS was never set up, so that none is left to the garbage."""

    def __init__(self) -> None:
        super().__init__()
        self.transports: List[Any] = []

    def _make_socket_transport(self, *arguments: Any, **more: Any) -> Any:
        made = super()._make_socket_transport(*arguments, **more)  # type: ignore[misc]
        self.transports.append(made)
        return made


def _context(name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATES / f"{name}.pem")
    return context


@contextlib.contextmanager
def scripted(talk: Callable[[socket.socket], None]) -> Iterator[Tuple[int, threading.Event]]:
    """The port of a server that does ``talk`` on its one connection, and an event: somebody has connected."""
    listener = socket.create_server(("127.0.0.1", 0))
    connected = threading.Event()

    def serve() -> None:
        with contextlib.suppress(OSError):
            sock, _ = listener.accept()
            connected.set()
            with sock:
                talk(sock)

    thread = threading.Thread(target=serve, name="scripted-mail-server", daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1], connected
    finally:
        if not connected.is_set():  # closing does not wake an accept that waits
            with contextlib.suppress(OSError):
                socket.create_connection(listener.getsockname()).close()
        thread.join(60)
        listener.close()


def says(*lines: bytes, waits: bool = True) -> Callable[[socket.socket], None]:
    """A server that says the first line, and then one more after each line that it hears.

    Then it closes the connection, after one more line if it ``waits``.
    """

    def talk(sock: socket.socket) -> None:
        with sock.makefile("rb") as stream:
            for number, line in enumerate(lines):
                if number and not stream.readline():
                    return
                sock.sendall(line)
            if waits:
                stream.readline()

    return talk


def until_closed(sock: socket.socket) -> None:
    """Wait silently until the peer is gone."""
    with contextlib.suppress(OSError):
        while sock.recv(4096):
            pass
