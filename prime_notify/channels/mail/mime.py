"""A mail as bytes: headers and two parts, plain text and HTML (RFC 5322, RFC 2045, RFC 2047).

Everything is in lines of ASCII of at most 78 characters, so every server takes it, with or without 8BITMIME. The
standard library's EmailMessage folds headers in another way in each version of Python, and draws its boundary by lot.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from email.header import Header
from typing import Iterable, List, Sequence, Tuple

from prime_notify.channels.mail.addresses import Address

__all__ = ["address_list", "header_text", "mail_bytes"]

_LINE = 76  # characters, for what is encoded
_PLAIN_ENOUGH = re.compile(r"(?!.*=\?)[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_UNFIT = re.compile("[\\x00-\\x1f\\x7f-\\x9f\u2028\u2029\ud800-\udfff]+")
_BREAK = re.compile(r"\r\n?|[\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


def mail_bytes(headers: Iterable[Tuple[str, str]], text: str, html: str) -> bytes:
    """The mail. Values of ``headers`` are already as they stand on the wire; the HTML is the preferred part."""
    parts = [_part("text/plain", text), _part("text/html", html)]
    # Neither of the encodings can make "=_" at the beginning of a line
    boundary = "=_" + hashlib.sha256(b"".join(parts)).hexdigest()[:32]
    lines = [f"{name}: {value}" for name, value in headers]
    lines += ["MIME-Version: 1.0", f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"', "", ""]
    mark = f"--{boundary}".encode("ascii")
    bodies = b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts)
    return "\r\n".join(lines).encode("ascii") + bodies + mark + b"--\r\n"


def header_text(name: str, text: str) -> str:
    """A text as the value of the header ``name``: as it is, or in encoded words, in folded lines."""
    line = " ".join(_UNFIT.sub(" ", text).split())
    if len(name) + 2 + len(line) <= _LINE and _PLAIN_ENOUGH.fullmatch(line):
        return line
    return Header(line, "utf-8", maxlinelen=_LINE, header_name=name).encode(linesep="\r\n")


def address_list(name: str, addresses: Sequence[Address]) -> str:
    """Addresses as the value of the header ``name``, one a line."""
    return ",\r\n ".join(_mailbox(name, address) for address in addresses)


def _mailbox(name: str, address: Address) -> str:
    if not address.name:
        return address.address
    shown = " ".join(_UNFIT.sub(" ", address.name).split())
    if not (len(shown) < _LINE - len(name) and _ATOMS.fullmatch(shown) and "=?" not in shown):
        shown = Header(shown, "utf-8", maxlinelen=_LINE, header_name=name).encode(linesep="\r\n")
    return (
        f"{shown}\r\n <{address.address}>"
        if len(shown) + len(address.address) > _LINE - 8
        else (f"{shown} <{address.address}>")
    )


def _part(type: str, text: str) -> bytes:
    """One part with its headers, in the shorter of the two encodings."""
    data = _BREAK.sub("\n", text).replace("\n", "\r\n").encode("utf-8", "replace")
    if not data.endswith(b"\r\n"):
        data += b"\r\n"
    quoted = binascii.b2a_qp(data, istext=True)
    coded = base64.encodebytes(data).replace(b"\n", b"\r\n")
    name, body = ("quoted-printable", quoted) if len(quoted) <= len(coded) else ("base64", coded)
    head: List[str] = [f"Content-Type: {type}; charset=utf-8", f"Content-Transfer-Encoding: {name}", "", ""]
    return "\r\n".join(head).encode("ascii") + body
