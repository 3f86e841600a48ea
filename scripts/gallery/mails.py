"""Cards of mails: the HTML itself, as a mail client shows it."""

from __future__ import annotations

import email
import email.policy

from prime_notify.model.request import MailRequest
from scripts.gallery.card import Card, escape

__all__ = ["mail"]


def mail(request: MailRequest) -> Card:
    """The subject, and the HTML between ``<body>`` and its end."""
    message = email.message_from_bytes(request.mail, policy=email.policy.default)
    part = message.get_body(("html",))
    page = str(part.get_content()) if part is not None else ""
    inner = page.partition("<body")[2].partition(">")[2].partition("</body>")[0]
    return Card("mail", title=escape(message["Subject"]), body=inner)
