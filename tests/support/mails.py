"""Mails read back by independent parsers: the standard library's for the mail, html5-like checks for its HTML."""

from __future__ import annotations

import email
import email.policy
import re
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Dict, List, Optional, Tuple

from prime_notify.model.request import MailRequest

__all__ = ["Html", "check_html", "check_mail", "html_in", "mail_of", "text_in"]

LARGEST = 102 * 1024
"""Bytes of HTML that Gmail shows."""

ELEMENTS: Dict[str, Tuple[str, ...]] = {
    "html": ("lang",),
    "head": (),
    "meta": ("charset", "name", "content"),
    "title": (),
    "body": ("style",),
    "table": ("role", "width", "cellpadding", "cellspacing", "border", "style"),
    "tr": (),
    "td": ("align", "bgcolor", "dir", "height", "style", "width"),
    "span": ("style",),
    "a": ("href", "style"),
    **dict.fromkeys(("b", "i", "s", "code", "br"), ()),
}
"""Elements and attributes that Gmail, QQ Mail, Outlook and Apple Mail all show (caniemail.com): no style sheet, script,
form, picture, frame or event.
"""

PROPERTIES = {
    "border-bottom", "border-left", "border-radius", "border-top", "color", "display", "font-family", "font-size",
    "font-weight", "height", "line-height", "margin", "max-width", "padding", "padding-right", "text-align",
    "text-decoration", "vertical-align", "word-break",
}  # fmt: skip
"""Of CSS, the same. Where a client does not know border-radius or max-width, nothing is lost."""

_VOID = ("meta", "br")
_IDS = (b"Message-ID:", b"In-Reply-To:", b"References:")
_HEADER = re.compile(rb"[!-9;-~]+: ?[\x20-\x7e]*(?:\r\n[ \t][\x20-\x7e]*)*", re.DOTALL)


def mail_of(request: MailRequest) -> EmailMessage:
    mail = email.message_from_bytes(request.mail, policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def text_in(request: MailRequest) -> str:
    part = mail_of(request).get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def html_in(request: MailRequest) -> str:
    part = mail_of(request).get_body(("html",))
    assert part is not None
    return str(part.get_content())


def check_mail(request: MailRequest) -> None:
    """Any server takes it, and any client shows it: 7 bits, short lines, each header once, two parts."""
    assert request.host
    assert 0 < request.port < 65536
    for address in (request.sender, *request.recipients):
        assert re.fullmatch(r"[!-?A-~]+@[!-?A-~]+", address)
    assert request.recipients
    request.mail.decode("ascii")
    lines = request.mail.split(b"\r\n")
    body = lines.index(b"")
    assert all(len(line) <= (998 if line.startswith(_IDS) else 78) for line in lines[:body])
    assert all(len(line) <= 78 for line in lines[body:])
    assert all(b"\n" not in line and b"\r" not in line and b"\0" not in line for line in lines)
    head, _, _ = request.mail.partition(b"\r\n\r\n")
    for field in re.split(rb"\r\n(?![ \t])", head):
        assert _HEADER.fullmatch(field), field
    mail = mail_of(request)
    assert mail.defects == []
    names = [name.lower() for name in mail]
    assert len(set(names)) == len(names)
    assert {"from", "to", "subject", "date", "message-id", "mime-version", "content-type", "auto-submitted"} <= set(
        names
    )
    assert all(not header.defects for header in mail.values())
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]  # type: ignore[attr-defined]
    assert text_in(request).strip()
    check_html(html_in(request))


class Html(HTMLParser):
    """What a client sees: the text, the links, and whatever mail clients do not show."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: List[str] = []
        self.links: List[Tuple[str, str]] = []
        self.problems: List[str] = []
        self._open: List[str] = []
        self.feed(page)
        self.close()
        self.problems += [f"not closed: {tag}" for tag in self._open]

    @property
    def text(self) -> str:
        return "".join(self.texts)

    def handle_starttag(self, tag: str, attrs: List[Tuple[str, Optional[str]]]) -> None:
        known = ELEMENTS.get(tag)
        self.problems += [f"element {tag}"] if known is None else []
        for name, value in attrs:
            self.problems += [] if name in (known or ()) else [f"attribute {name} of {tag}"]
            if name == "style":
                found = [one.partition(":")[0].strip() for one in (value or "").split(";") if one.strip()]
                self.problems += [f"property {one}" for one in found if one not in PROPERTIES]
            if name == "href":
                self.links.append((value or "", ""))
        if tag == "br":
            self.texts.append("\n")
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.problems.append(f"wrong end of {tag}")
        if tag in ("td", "tr"):
            self.texts.append("\n")

    def handle_data(self, data: str) -> None:
        if "title" not in self._open:
            self.texts.append(data)
        if "a" in self._open:
            self.links[-1] = (self.links[-1][0], self.links[-1][1] + data)

    def handle_comment(self, data: str) -> None:
        self.problems.append("comment")


def check_html(page: str) -> None:
    assert len(page.encode("utf-8")) <= LARGEST
    assert Html(page).problems == []
    assert "url(" not in page
    assert "@import" not in page
