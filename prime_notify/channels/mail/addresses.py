"""Mail addresses and the servers of mail providers."""

from __future__ import annotations

import re
from typing import Mapping, NamedTuple

from prime_notify.model.request import MailSecurity
from prime_notify.text.wording import Wording

__all__ = ["PORTS", "Address", "Server", "address_in", "ascii_domain", "server_of"]

PORTS: Mapping[MailSecurity, int] = {"tls": 465, "starttls": 587, "none": 25}

_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"  # RFC 5322, dot-atom
_BARE = re.compile(rf"(?P<local>{_LOCAL})@(?P<domain>[^\s@<>()\[\],;:\\\"]+)")
_NAMED = re.compile(r"(?P<name>[^<>]*?)\s*<\s*(?P<bare>[^<>]+?)\s*>")
_DOMAIN = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*\.?")
_LONGEST = 254  # characters: of a path in RFC 5321, less its brackets

_REMEDY = Wording(
    'write a mail address, such as "steve@example.com" or "Steve <steve@example.com>"',
    "请填写邮箱地址，例如 steve@example.com 或 Steve <steve@example.com>",
)


class Address(NamedTuple):
    """A mail address in ASCII, and the name of whoever has it, if it was given."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


class Server(NamedTuple):
    """A provider's server for outgoing mails."""

    host: str
    security: MailSecurity = "tls"


_GMAIL = Server("smtp.gmail.com")
_QQ = Server("smtp.qq.com")
_OUTLOOK = Server("smtp-mail.outlook.com", "starttls")
_ICLOUD = Server("smtp.mail.me.com", "starttls")
_YAHOO = Server("smtp.mail.yahoo.com")

_SERVERS: Mapping[str, Server] = {
    **dict.fromkeys(("gmail.com", "googlemail.com"), _GMAIL),
    **dict.fromkeys(("qq.com", "vip.qq.com", "foxmail.com"), _QQ),
    **dict.fromkeys(("outlook.com", "hotmail.com", "live.com", "msn.com"), _OUTLOOK),
    **dict.fromkeys(("icloud.com", "me.com", "mac.com"), _ICLOUD),
    **dict.fromkeys(("yahoo.com", "ymail.com"), _YAHOO),
    "163.com": Server("smtp.163.com"),
    "126.com": Server("smtp.126.com"),
    "yeah.net": Server("smtp.yeah.net"),
    "139.com": Server("smtp.139.com"),
    "sina.com": Server("smtp.sina.com"),
    "aliyun.com": Server("smtp.aliyun.com"),
    "gmx.de": Server("mail.gmx.net"),
    "gmx.net": Server("mail.gmx.net"),
    "gmx.com": Server("mail.gmx.com"),
    "web.de": Server("smtp.web.de", "starttls"),
    "fastmail.com": Server("smtp.fastmail.com"),
    "zoho.com": Server("smtp.zoho.com"),
    "yandex.ru": Server("smtp.yandex.ru"),
    "mail.ru": Server("smtp.mail.ru"),
}
"""By the domain of their addresses. Each provider's own help page names its server and port."""


def server_of(domain: str) -> Server:
    """The server of a provider's addresses.

    :raises KeyError: the domain is not one of a provider that is known here.
    """
    return _SERVERS[domain]


def address_in(text: str) -> Address:
    """The address in ``name <local@domain>`` or ``local@domain``.

    :raises ValueError: it is none. Its message is a remedy.
    """
    named = _NAMED.fullmatch(text.strip())
    name, bare = (named["name"].strip(' "'), named["bare"]) if named else ("", text.strip())
    found = _BARE.fullmatch(bare)
    if found is None or not text.isprintable():
        raise ValueError(_REMEDY)
    address = f"{found['local']}@{ascii_domain(found['domain'])}"
    if len(address) > _LONGEST or len(found["local"]) > 64:
        raise ValueError(_REMEDY)
    return Address(name, address)


def ascii_domain(domain: str) -> str:
    """A domain as it stands on the wire, in small letters (IDNA).

    :raises ValueError: it is none. Its message is a remedy.
    """
    try:
        found = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise ValueError(_REMEDY) from None
    if not _DOMAIN.fullmatch(found):
        raise ValueError(_REMEDY)
    return found
