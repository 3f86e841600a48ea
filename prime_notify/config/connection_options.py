"""Options of an endpoint for its connection: address, proxy and certificates, checked without connecting."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import Any, Dict, List, Union
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, WithJsonSchema
from typing_extensions import Annotated

from prime_notify.config.choices import TextList
from prime_notify.model.failure import UnsendableError
from prime_notify.model.proxy import configured_proxy
from prime_notify.model.request import DIRECT, ConnectionOptions
from prime_notify.model.tls import tls_context
from prime_notify.text.addresses import split_urls
from prime_notify.text.wording import Wording

__all__ = ["ClientCertificate", "ProxyAddress", "Verify", "checked_headers", "http_url"]

_NO_SOCKS = Wording(
    'a SOCKS proxy needs the Python package PySocks: run "pip install PySocks"',
    'SOCKS 代理需要 Python 包 PySocks：请运行 "pip install PySocks"',
)
_HAS_PORT = re.compile(r":[0-9]{1,5}/?$", re.ASCII)

_HEADER_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")  # token, RFC 9110 section 5.6.2
_MAIL = Wording(
    'mails have a type of their own: write "type": "mail", "mail": {{"from": "...", "password": "..."}}',
    '邮件有专门的类型：请写 "type": "mail", "mail": {{"from": "...", "password": "..."}}',
)
_ONE_URL = Wording(
    "write one address here, and an endpoint of its own for each of the others",
    "此处只写一个地址；其余地址请各写一个推送目标",
)


def http_url(url: str) -> str:
    """Returns the URL.

    :raises ValueError: it is not http or https, or has no host; or there are several.
    """
    if len(split_urls(url)) > 1:
        raise ValueError(_ONE_URL)
    if url.lower().startswith(("smtp://", "smtps://", "mailto:")):
        raise ValueError(_MAIL)
    if not _is_http_url(url):
        raise ValueError(
            Wording(
                'write a whole address, such as "https://example.com/hook"',
                '请写完整的地址，例如 "https://example.com/hook"',
            )
        )
    return url


def _is_http_url(url: str) -> bool:
    if not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # an impossible port or IPv6 address
        return False


def _check_proxy(address: str) -> str:
    if address.strip().lower() == DIRECT:
        return DIRECT
    try:
        # Without a scheme, only "host:port" is clearly an address. A single word is more likely a wrong one for
        # "direct".
        proxy = configured_proxy(address if "://" in address or _HAS_PORT.search(address) else "")
    except UnsendableError as error:
        raise ValueError(error.failure.hint) from None
    if proxy.is_socks and importlib.util.find_spec("socks") is None:
        raise ValueError(_NO_SOCKS)
    return address


def checked_headers(headers: Dict[str, str]) -> Dict[str, str]:
    """Returns the headers.

    :raises ValueError: a name that HTTP does not allow, or a value of several lines.
    """
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name):
            raise ValueError(
                Wording(
                    'write header names of letters, digits and "-" only', 'HTTP 头的名称只能由字母、数字和 "-" 组成'
                )
            )
        if any(char in value for char in "\r\n\0"):
            raise ValueError(
                Wording('write the value of "{name}" on one line', '请把 "{name}" 的值写在一行内', name=name)
            )
    return headers


def _path(text: str, info: ValidationInfo) -> str:
    """The absolute path of a file. A relative one starts at the config's folder, as those of secrets do."""
    path = Path((info.context or {}).get("base_dir", "")) / text
    if not path.exists():
        raise ValueError(
            Wording(
                "there is no such file; the path starts at the config's folder: {path}",
                "没有这个文件；路径从配置文件所在的文件夹算起：{path}",
                path=path,
            )
        )
    return str(path)


def _true_or_false(value: Any) -> Any:
    """The boolean for ``"true"`` or ``"false"``, which a reference to the environment gives as a text."""
    words = {"true": True, "false": False}
    return words.get(value.strip().lower(), value) if isinstance(value, str) else value


def _check_verify(value: Union[bool, str], info: ValidationInfo) -> Union[bool, str]:
    if isinstance(value, bool):
        return value
    path = _path(value, info)
    _try(ConnectionOptions(verify=path))
    return path


def _check_cert(paths: List[str], info: ValidationInfo) -> List[str]:
    absolute = [_path(path, info) for path in paths]
    _try(ConnectionOptions(verify=False, cert=tuple(absolute)))
    return absolute


def _try(options: ConnectionOptions) -> None:
    try:
        tls_context(options)
    except UnsendableError as error:
        raise ValueError(
            Wording("{reason}: {hint}", "{reason}：{hint}", reason=error.failure.reason, hint=error.failure.hint)
        ) from None


ProxyAddress = Annotated[str, AfterValidator(_check_proxy)]
Verify = Annotated[
    Union[bool, str],
    BeforeValidator(_true_or_false),
    AfterValidator(_check_verify),
    WithJsonSchema({"anyOf": [{"type": "boolean"}, {"type": "string"}]}),
]
ClientCertificate = Annotated[
    Annotated[TextList, Field(min_length=1, max_length=2)],
    AfterValidator(_check_cert),
]
