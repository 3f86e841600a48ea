"""HTTP/1.1 as bytes: requests are written, and answers are read (RFC 9112).

http.client does the same, but reads header fields with the parser of e-mails, which takes longer than everything else
that it does for a request.
"""

from __future__ import annotations

import functools
import re
from typing import Dict, List, NamedTuple, Optional, Protocol, Tuple

from prime_notify.model.failure import FailureKind, UnsendableError
from prime_notify.model.request import Request
from prime_notify.text.wording import Wording
from prime_notify.transport.content_coding import decoded
from prime_notify.transport.route import Route

__all__ = [
    "LONGEST_LINE",
    "Answer",
    "InvalidAnswerError",
    "Source",
    "TunnelRefusedError",
    "connect_request",
    "read_answer",
    "read_tunnel_answer",
    "request_bytes",
]

LONGEST_LINE = 64 * 1024
"""Bytes of a line of an answer, and of its head as a whole."""

_OWN_HEADERS = frozenset(("accept-encoding", "connection", "content-length", "transfer-encoding"))
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_NAME = re.compile(r"[^:\s][^:\r\n]*", re.ASCII)
_BREAK = re.compile(r"\n(?![ \t])|\r(?![ \t\n])")  # a line break that does not continue the header on the next line
_STATUS_LINE = re.compile(rb"HTTP/1\.([0-9])[ \t]+([1-9][0-9]{2})(?![0-9])")
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,16})[ \t]*(?:;.*)?\r?\n", re.DOTALL)
_BLANK = (b"\r\n", b"\n")
_CUT_SHORT = "the answer ends too early"


class InvalidAnswerError(Exception):
    """The peer sent bytes that are no answer of HTTP/1.x."""


class TunnelRefusedError(Exception):
    """The proxy opens no tunnel, and answers with ``status`` instead."""

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status


class Source(Protocol):
    """The connection that an answer is read from."""

    @property
    def has_unread(self) -> bool: ...

    def read_line(self) -> bytes:
        """The next line with its end; at the end of the connection, what is left."""
        ...

    def read(self, most: int) -> bytes:
        """The next bytes, at most so many; none at the end of the connection."""
        ...


class Head(NamedTuple):
    """The first part of an answer. Header names are lower-case; values of the same name are joined by a comma."""

    minor_version: int
    status: int
    headers: Dict[str, str]


class Answer(NamedTuple):
    """An answer, its body cut short. ``reusable``: the connection can carry another request."""

    status: int
    headers: Dict[str, str]
    body: bytes
    reusable: bool


def request_bytes(request: Request, route: Route) -> bytes:
    """The whole request. Raises UnsendableError for headers that HTTP does not allow."""
    if not _TOKEN.fullmatch(request.method):
        raise ValueError("not an HTTP method")
    given: Dict[str, str] = {}
    for name, value in request.headers.items():
        key = _checked_key(name)
        if key not in _OWN_HEADERS:
            given[key] = f"{name}: {value}"
    if _BREAK.search("\0".join(given.values())):
        raise _illegal_header()
    lines = [f"{request.method} {route.target} HTTP/1.1"]
    lines += [line for key, line in route.header_lines if key not in given]
    lines += given.values()
    lines.append("Accept-Encoding: identity")  # a compressed answer could be of any size behind the cap
    if request.body or request.method not in ("GET", "HEAD"):
        lines.append(f"Content-Length: {len(request.body)}")
    lines.append("\r\n")
    try:
        return "\r\n".join(lines).encode("utf-8") + request.body
    except UnicodeEncodeError:  # a lone surrogate
        raise _illegal_header() from None


def connect_request(route: Route) -> bytes:
    """Asks an HTTP proxy for a tunnel."""
    lines = [f"CONNECT {route.authority} HTTP/1.1", f"Host: {route.authority}"]
    if route.http_proxy is not None and route.http_proxy.authorization is not None:
        lines.append(f"Proxy-Authorization: {route.http_proxy.authorization}")
    return "\r\n".join([*lines, "\r\n"]).encode("utf-8")


def read_tunnel_answer(source: Source) -> None:
    """Raises TunnelRefusedError, or as :func:`read_answer` does."""
    status = _read_head(source).status
    if not 200 <= status < 300:
        raise TunnelRefusedError(status)


@functools.lru_cache(maxsize=256)
def _checked_key(name: str) -> str:
    """The name of a header in lower case. Raises UnsendableError for a name that HTTP does not allow."""
    key = name.lower()
    if key not in _OWN_HEADERS and not (name.isascii() and _NAME.fullmatch(name)):
        raise _illegal_header()
    return key


def _illegal_header() -> UnsendableError:
    """Its message does not show the header."""
    reason = Wording("a header has characters that HTTP does not allow", "请求头中有 HTTP 不允许的字符")
    hint = Wording(
        "look for line breaks in the endpoint's headers and in the environment or files they come from",
        "请检查该推送目标的 headers 及其来源（环境变量或文件）中是否有换行",
    )
    return UnsendableError(FailureKind.OTHER, reason, hint)


def read_answer(source: Source, method: str, limit: int) -> Answer:
    """The final answer to a request, with at most ``limit`` bytes of its body, also after decoding it.

    :raises InvalidAnswerError: the bytes are no HTTP/1.x.
    :raises ConnectionError: the connection ended before the answer did.
    """
    head = _read_head(source)
    while 100 <= head.status < 200 and head.status != 101:  # interim answers
        head = _read_head(source)
    body, is_whole = _read_body(source, method, head, limit)
    body = decoded(body, head.headers, limit)
    return Answer(head.status, head.headers, body, is_whole and _stays_open(head) and not source.has_unread)


def _read_head(source: Source) -> Head:
    """The next head, of an interim answer too. Raises as :func:`read_answer` does."""
    line = source.read_line()
    if not line:
        raise ConnectionResetError(_CUT_SHORT)
    found = _STATUS_LINE.match(line)
    if found is None:
        raise InvalidAnswerError("no status line")
    return Head(int(found[1]), int(found[2]), _read_headers(source))


def _read_headers(source: Source) -> Dict[str, str]:
    headers: Dict[str, str] = {}
    size, name = 0, ""
    while True:
        line = source.read_line()
        if line in _BLANK:
            return headers
        size += len(line)
        if not line.endswith(b"\n"):
            raise ConnectionResetError(_CUT_SHORT)
        if size > LONGEST_LINE:
            raise InvalidAnswerError("the head is too long")
        text = line.decode("latin-1")
        if text[0] in " \t" and name:  # continues the header before it
            headers[name] = f"{headers[name]} {text.strip()}"
            continue
        name, colon, value = text.partition(":")
        name = name.strip().lower() if colon else ""
        if name:
            value = value.strip()
            headers[name] = f"{headers[name]}, {value}" if name in headers else value


def _read_body(source: Source, method: str, head: Head, limit: int) -> Tuple[bytes, bool]:
    """At most ``limit`` bytes, and whether the source stands at the end of the answer."""
    if method == "HEAD" or head.status in (101, 204, 304):
        return b"", head.status != 101
    if head.headers.get("transfer-encoding", "").lower() == "chunked":
        return _read_chunks(source, limit)
    length = _content_length(head)
    if length is None:
        return _read_to_the_end(source, limit), False
    return _read_exactly(source, min(length, limit)), length <= limit


def _content_length(head: Head) -> Optional[int]:
    length = head.headers.get("content-length", "").partition(",")[0].strip()
    is_number = length.isascii() and length.isdigit() and len(length) <= 18
    return int(length) if is_number and "transfer-encoding" not in head.headers else None


def _read_exactly(source: Source, count: int) -> bytes:
    data = source.read(count) if count else b""
    if len(data) == count:  # usually
        return data
    chunks = [data]
    missing = count - len(data)
    while missing > 0:
        if not chunks[-1]:
            raise ConnectionResetError(_CUT_SHORT)
        chunks.append(source.read(missing))
        missing -= len(chunks[-1])
    return b"".join(chunks)


def _read_to_the_end(source: Source, limit: int) -> bytes:
    chunks = []
    while limit > 0:
        chunk = source.read(limit)
        if not chunk:
            break
        chunks.append(chunk)
        limit -= len(chunk)
    return b"".join(chunks)


def _read_chunks(source: Source, limit: int) -> Tuple[bytes, bool]:
    chunks: List[bytes] = []
    while True:
        line = source.read_line()
        found = _CHUNK_SIZE.fullmatch(line)
        if found is None:
            raise InvalidAnswerError("no size of a chunk") if line.endswith(b"\n") else ConnectionResetError(_CUT_SHORT)
        size = int(found[1], 16)
        if size == 0:
            return b"".join(chunks), _skip_trailers(source)
        if size > limit:
            chunks.append(_read_exactly(source, limit))
            return b"".join(chunks), False
        chunks.append(_read_exactly(source, size))
        limit -= size
        if source.read_line() not in _BLANK:
            raise InvalidAnswerError("no end of a chunk")


def _skip_trailers(source: Source) -> bool:
    """Whether the answer ends as it should. Its content is complete in any case."""
    size = 0
    while size <= LONGEST_LINE:
        line = source.read_line()
        if line in _BLANK or not line.endswith(b"\n"):
            return line in _BLANK
        size += len(line)
    return False


def _stays_open(head: Head) -> bool:
    """Whether the peer keeps the connection (RFC 9112, 9.3)."""
    wishes = head.headers.get("connection", "").lower()
    if "close" in wishes or ("transfer-encoding" in head.headers and "content-length" in head.headers):
        return False
    return head.minor_version > 0 or "keep-alive" in wishes
