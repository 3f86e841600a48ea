"""Which values of an endpoint are secret: the marks of its model's options, applied to its object in the document."""

from __future__ import annotations

import enum
import re
from typing import Any, Iterator, Mapping, Tuple
from urllib.parse import parse_qsl, unquote, urlsplit

from typing_extensions import Literal, get_args, get_origin

from prime_notify.config.option import is_content, is_public
from prime_notify.config.problem import Location
from prime_notify.model.annotations import field_at, member, option_names
from prime_notify.templates import static_parts
from prime_notify.text.addresses import split_urls
from prime_notify.text.ordinary_words import is_ordinary

__all__ = ["Secrecy", "secrecy_at", "secrets_of"]

_SHORTEST = 4  # a mask over shorter strings would garble the text around them and hide nothing
_SHORTEST_UNDOUBTED = (
    8  # of the parts of a URL: a shorter one that is an ordinary word is no secret, as "push" and "hook"
)
_PUBLIC_SEGMENTS = (
    "channels", "incoming", "integrations", "messages", "notifications", "open-apis", "projects", "receivers",
    "services", "webhooks", "workflows",
)  # fmt: skip
"""Words of the documented addresses of services. At the end of an address, where keys stand, they are masked."""
_HAS_HOST = re.compile(r"(https?|smtps?|socks\w*)://", re.IGNORECASE)
_LARGEST_NUMBER = 10**100
_NAMED_SECRET = re.compile(r"token|secret|passw|api.?key|\bkey\b|auth", re.IGNORECASE)


class Secrecy(enum.Enum):
    """How a value is treated; see :func:`prime_notify.config.option.option`."""

    PUBLIC = enum.auto()
    CONTENT = enum.auto()
    SECRET = enum.auto()


def secrecy_at(model: Any, location: Location) -> Secrecy:
    """The secrecy of the value at ``location`` in an object of type ``model``."""
    secrecy = _of_members(model)
    for part in location:
        secrecy, model = _secrecy(model, part, secrecy), member(model, part)
    return secrecy


def secrets_of(endpoint: Mapping[str, Any], model: Any) -> Tuple[str, ...]:
    """Every string of ``endpoint`` that nobody may see. Its references to secrets are resolved already."""
    secrets = [secret for key, value in endpoint.items() for secret in _secrets_in(key, value, model)]
    return tuple(dict.fromkeys(secret for secret in secrets if len(secret) >= _SHORTEST))


def _secrets_in(key: str, value: Any, model: Any) -> Iterator[str]:
    for leaf in _secret_leaves(value, member(model, key), secrecy_at(model, (key,))):
        if key == "proxy" and "@" not in leaf:
            continue  # people need to see host and port when the proxy is down
        first, *others = static_parts(leaf)  # what a template inserts are names of fields, no secrets
        yield from (part.strip() for part in (first, *others) if not others or not is_ordinary(part.strip()))
        for url in split_urls(leaf) if "://" in leaf else ():
            yield url
            yield from _parts_of_url("".join(static_parts(url)))
        if key == "headers":
            yield from "".join((first, *others)).split(None, 1)[1:]  # the part after "Bearer" or "Basic"


def _secret_leaves(value: Any, annotation: Any, secrecy: Secrecy) -> Iterator[str]:
    """The secret scalars in ``value``, as texts."""
    members: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for part, inner in members:
        yield from _secret_leaves(inner, member(annotation, part), _secrecy(annotation, part, secrecy))
    if secrecy is not Secrecy.SECRET:
        return
    if isinstance(value, str):
        yield value
    elif isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < _LARGEST_NUMBER:
        yield str(value)


def _secrecy(annotation: Any, part: object, around: Secrecy) -> Secrecy:
    """The secrecy of a member; ``around``: that of the object or list in which it stands, which unknown keys share."""
    if not isinstance(part, str):
        return around
    info = field_at(annotation, part)
    if info is None:
        return Secrecy.SECRET if around is Secrecy.CONTENT and _NAMED_SECRET.search(part) else around
    if is_public(info) or _is_constant(info.annotation):
        return Secrecy.PUBLIC
    return Secrecy.CONTENT if is_content(info) else _of_members(info.annotation)


def _of_members(annotation: Any) -> Secrecy:
    """The secrecy of an object of options, or of a list of such: public only when every option in it is."""
    kind = annotation if option_names(annotation) else member(annotation, 0)
    names = option_names(kind)
    public = names and all(_secrecy(kind, name, Secrecy.SECRET) is Secrecy.PUBLIC for name in names)
    return Secrecy.PUBLIC if public else Secrecy.SECRET


def _is_constant(annotation: Any) -> bool:
    """Whether there is one possible value only, as for ``type`` in the model of a channel."""
    return get_origin(annotation) is Literal and len(get_args(annotation)) == 1


def _parts_of_url(url: str) -> Iterator[str]:
    try:
        parts = urlsplit(url)
        if parts.username and not is_ordinary(parts.username):  # a mask over "user" would garble sentences
            yield parts.username
        if parts.password:
            yield parts.password
    except ValueError:  # no URL after all
        return
    yield parts.path
    yield f"{parts.path}?{parts.query}"
    *inner, end = parts.path.rstrip("/").split("/")
    segments = [*(segment for segment in inner if segment not in _PUBLIC_SEGMENTS), end]
    pieces = [*segments, *(value for _, value in parse_qsl(parts.query)), parts.query, parts.fragment]
    if not _HAS_HOST.match(url):  # Apprise's "pover://<user>@<token>"; a host mostly has dots
        host = parts.netloc.rpartition("@")[2].partition(":")[0]
        pieces += [host, host.lower()] if "." not in host and host != "localhost" else []
    pieces += [piece.rpartition(".")[0] for piece in pieces]  # the "<key>" of "<key>.send"
    for piece in pieces:
        if len(piece) >= _SHORTEST_UNDOUBTED or (piece and not is_ordinary(piece)):
            yield piece
            yield unquote(piece)
