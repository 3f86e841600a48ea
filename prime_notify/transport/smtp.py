"""The dialogue of SMTP on one of our connections, by the standard library's smtplib.

smtplib bounds each read and write, not their sum, and says of a failed one only that the server is gone. So it gets a
connection of ours (:mod:`prime_notify.transport.connection`), whose errors pass through it.
"""

from __future__ import annotations

import smtplib
import ssl
from typing import Any, Tuple, Union

from prime_notify.transport.connection import Connection
from prime_notify.transport.exchange import Phase
from prime_notify.transport.http_syntax import InvalidAnswerError

__all__ = ["SmtpSession"]

_OWN_NAME = "[127.0.0.1]"
"""The name that EHLO gives, as in Thunderbird: the machine's own would need a look-up, and end up in the mail."""

_ANSWERS = 64 * 1024
"""Bytes of all answers of a session. Honest ones take a few hundred."""

_CODE = range(200, 600)


class SmtpSession(smtplib.SMTP):
    """One session. Raises what the connection raises, InvalidAnswerError for what is no SMTP, and for refusals
    smtplib's exceptions.
    """

    def __init__(self, connection: Connection) -> None:
        super().__init__(local_hostname=_OWN_NAME)
        self._connection = connection
        self._room = _ANSWERS

    def send(self, s: Union[str, bytes, Any]) -> None:
        self._connection.send(s.encode("ascii") if isinstance(s, str) else bytes(s))

    def getreply(self) -> Tuple[int, bytes]:
        """Code and text of the next answer. Its lines are joined by line feeds, as smtplib has them."""
        self._connection.exchange.phase = Phase.WAIT
        lines = []
        while True:
            line = self._connection.read_line()
            if not line.endswith(b"\n"):
                raise ConnectionResetError("the server closed the connection")
            self._room -= len(line)
            if self._room < 0 or not line[:3].isdigit() or int(line[:3]) not in _CODE:
                raise InvalidAnswerError("no answer of SMTP")
            lines.append(line[4:].strip())
            if line[3:4] != b"-":
                return int(line[:3]), b"\n".join(lines)

    def secure(self, context: ssl.SSLContext) -> None:
        """Set up TLS after the server's yes to STARTTLS, and forget everything that was said before (RFC 3207, 4.2)."""
        self._connection.secure(context)
        self.helo_resp = self.ehlo_resp = None
        self.esmtp_features = {}
        self.does_esmtp = False

    def leave(self, seconds: float) -> None:
        """QUIT. Waits for the answer for so long at most, since it changes nothing."""
        self._connection.send(b"QUIT\r\n")
        self._connection.listen(seconds)
