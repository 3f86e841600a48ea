"""What the contract tests know of a channel: nothing but what its type and its example tell."""

from __future__ import annotations

import copy
import functools
import itertools
import json
import re
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple, get_args, get_type_hints
from urllib.parse import parse_qsl, urlsplit

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from prime_notify.channels.common.base import Channel
from prime_notify.channels.common.registry import channel_types
from prime_notify.loading.load import LoadedConfig, load_config
from prime_notify.model.request import (
    AnyRequest,
    AppriseRequest,
    CommandRequest,
    GameRequest,
    GameText,
    MailRequest,
    Request,
    Span,
)
from tests.support.configs import without_placeholders
from tests.support.mails import check_mail, mail_of
from tests.support.messages import channel

__all__ = [
    "ASKING",
    "body_of",
    "calling",
    "checked",
    "every_channel",
    "every_http_channel",
    "every_secret",
    "is_secret",
    "load",
    "make",
    "options_of",
    "raw_text",
    "secret_places",
    "variants",
    "with_secret",
]

Place = Tuple[str, ...]

ASKING: Dict[str, Any] = {
    "traceback": True,
    "actions": [
        {"label": "Look [here]", "url": "https://example.com/(a)?b=c&d"},
        {"label": "🗺", "url": "http://example.com"},
    ],
}
"""What an endpoint may ask for beside its own options."""

_IDS = (
    {"users": ["123456789012345678"], "roles": ["876543210987654321"]},
    {"users": ["1234567890"], "roles": ["9876543210"]},
    {"users": ["U0123456789"], "roles": ["S0123456789"]},
    {"users": ["@steve"], "roles": []},
    {"users": ["@steve:example.org"], "roles": []},
    {"users": ["steve@example.org"], "roles": []},
)
"""Ids of users and roles: some services refuse at load what cannot be one of theirs."""


def make(type: str, **more: Any) -> Channel[Any]:
    """A channel from its example."""
    return channel(type, **{**channel_types()[type].example, **more})


def load(*endpoints: Any) -> LoadedConfig:
    document = {"notification": {"enabled": True, "endpoints": copy.deepcopy(list(endpoints))}}
    return without_placeholders(load_config(document, environ={}, base_dir=Path("nowhere")))


@functools.cache
def calling(type: str) -> Mapping[str, Any]:
    """A mention of everybody of every kind, in ids that this channel takes."""
    everybody = [{**ids, "phones": ["13800000000"], "all": True} for ids in _IDS]
    return next(
        mention for mention in everybody if not load({**channel_types()[type].example, "mention": mention}).problems
    )


TYPES = sorted(channel_types())
HTTP_TYPES = [type for type in TYPES if get_type_hints(channel_types()[type].render)["return"] is Request]

every_channel = pytest.mark.parametrize("type", TYPES)
every_http_channel = pytest.mark.parametrize("type", HTTP_TYPES)


# -- requests --------------------------------------------------------------------------------------------------------

_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")  # RFC 9110, 5.6.2


def checked(request: AnyRequest) -> AnyRequest:
    """The request, which is one that its transport can send as it is."""
    if isinstance(request, Request):
        _check_http(request)
    elif isinstance(request, CommandRequest):
        _check_command(request)
    elif isinstance(request, GameRequest):
        _check_game(request)
    elif isinstance(request, MailRequest):
        check_mail(request)
    else:
        assert isinstance(request, AppriseRequest)
        assert request.urls
        assert request.body.encode("utf-8")
        request.title.encode("utf-8")
        assert request.title.isprintable() or "\n" not in request.title
    return request


def _check_http(request: Request) -> None:
    assert request.method in ("GET", "POST", "PUT", "PATCH")
    parts = urlsplit(request.url)
    assert parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost"))
    assert parts.hostname
    assert request.url.isprintable()
    assert " " not in request.url
    for name, value in request.headers.items():
        assert _TOKEN.fullmatch(name)
        assert not set(value) & set("\r\n\0")
        value.encode("utf-8")
    assert len({name.lower() for name in request.headers}) == len(request.headers)
    body_of(request)


def body_of(request: Request) -> Any:
    """What the body says, read as strictly as its type demands."""
    types = [value for name, value in request.headers.items() if name.lower() == "content-type"]
    if not request.body:
        assert request.method != "PATCH"
        return None
    assert request.method != "GET"
    kind = types[0].partition(";")[0].strip().lower()
    text = request.body.decode("utf-8")
    if kind == "application/json":
        return json.loads(text, parse_constant=pytest.fail)  # Python would let NaN pass
    if kind == "application/x-www-form-urlencoded":
        return dict(parse_qsl(text, keep_blank_values=True, strict_parsing=True, errors="strict"))
    assert kind == "text/plain"
    return text


def _check_command(request: CommandRequest) -> None:
    assert all(isinstance(argument, str) and "\0" not in argument for argument in request.argv)
    json.loads(request.stdin.decode("utf-8"), parse_constant=pytest.fail)
    for name, value in request.environment.items():
        assert name
        assert not set(name) & set("=\0")
        assert "\0" not in value
        assert len(value.encode("utf-8")) < 128 * 1024  # Linux: MAX_ARG_STRLEN
    assert "\0" not in request.folder


_COLOURS = {"white", "gray", "green", "yellow", "red", "aqua"}


def _check_game(request: GameRequest) -> None:
    """Each span is one line of valid Unicode without a formatting code, and a click opens a web page at most."""
    assert request.id
    assert request.endpoint
    assert request.text in request.texts.values()
    assert set(request.show) <= {"chat", "title", "bossbar"}
    assert request.show
    assert all(re.fullmatch(r"[A-Za-z0-9_.+-]+", player) for player in request.players)
    for text in request.texts.values():
        assert text.title.text
        for span in _spans(text):
            span.text.encode("utf-8")
            assert not set(span.text) & set("\r\n\0§")
            assert span.color in _COLOURS
            assert not span.url or urlsplit(span.url).scheme in ("http", "https")
        assert sum(len(span.text.encode("utf-8")) for span in _spans(text)) < 16 * 1024


def _spans(text: GameText) -> Iterator[Span]:
    yield text.title
    for line in (*text.lines, *text.hover):
        yield from line


def raw_text(request: AnyRequest) -> str:
    """Everything that goes out, for those who look for something in it."""
    if isinstance(request, Request):
        body = body_of(request)
        shown = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
        return "\n".join([request.url, request.text, *request.headers.values(), shown, request.body.decode("utf-8")])
    if isinstance(request, CommandRequest):
        document = json.loads(request.stdin)
        parts = [*request.argv, json.dumps(document, ensure_ascii=False), *request.environment.values(), request.folder]
        return "\n".join(parts)
    if isinstance(request, GameRequest):
        return "\n".join(span.text + span.url for text in request.texts.values() for span in _spans(text))
    if isinstance(request, MailRequest):
        mail = mail_of(request)
        bodies = [part.get_content() for part in mail.iter_parts()]  # type: ignore[attr-defined]
        return "\n".join([request.sender, *request.recipients, *map(str, mail.values()), *bodies])
    return "\n".join([*request.urls, request.title, request.body])


# -- options ---------------------------------------------------------------------------------------------------------


def options_of(model: Any, at: Place = ()) -> Iterator[Tuple[Place, FieldInfo]]:
    """Every option of a model and of the objects inside of it, with its place."""
    for name, info in model.model_fields.items():
        place = (*at, info.alias or name)
        yield place, info
        inner = _model_in(info.annotation)
        if inner is not None:
            yield from options_of(inner, place)


def _model_in(annotation: Any) -> Any:
    """The model in ``Optional[Model]`` or ``List[Model]``; None where there is none."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)


def is_secret(info: FieldInfo) -> bool:
    extra = info.json_schema_extra
    return isinstance(extra, dict) and not (extra.get("public") or extra.get("content") or _model_in(info.annotation))


def secret_places() -> Iterator[Tuple[str, Place]]:
    """Every option of every channel whose value is a secret."""
    for type in TYPES:
        for place, info in options_of(channel_types()[type].endpoint_model):
            if is_secret(info):
                yield type, place


every_secret = pytest.mark.parametrize(
    ("type", "place"),
    [pytest.param(type, place, id=f"{type}-{'.'.join(place)}") for type, place in secret_places()],
)


def _forms(secret: str) -> Sequence[Any]:
    """The secret as options of various kinds would hold it."""
    return (
        secret,
        [secret],
        {"Some-Name": secret},
        f"https://example.com/{secret}",
        f"https://example.com/{secret}/{{key}}",
        [f"json://example.com/{secret}"],
        f"123456789:{secret}",
        f"123456789:{secret * 3}"[:45],
        f"SEC{secret}",
        f"http://user:{secret}@proxy.example.com:8080",
        f"smtps://user:{secret}@mail.example.com:465",
        (secret * 4)[:32],
        (secret * 4)[:16],
    )


_FILLERS = ("filler", "C0123456789", "123456789", ["filler"])
"""What may have to stand beside a secret: a user beside a password, a chat beside a bot's token."""


def with_secret(type: str, place: Place, secret: str) -> Optional[Dict[str, Any]]:
    """The example with a secret at a place, and with what has to stand beside it; None when nothing was accepted."""
    example = copy.deepcopy(dict(channel_types()[type].example))
    siblings = [other for other, _ in options_of(channel_types()[type].endpoint_model) if len(other) == len(place)]
    contexts: List[Tuple[Optional[Place], Any]] = [(None, None)]
    contexts += [(other, filler) for other in siblings if other[:-1] == place[:-1] != () for filler in _FILLERS]
    without_url = {name: value for name, value in example.items() if name != "url" or place == ("url",)}
    for start, (other, filler), form in itertools.product((example, without_url), contexts, _forms(secret)):
        endpoint = copy.deepcopy(start)
        if other is not None and other != place:
            _put(endpoint, other, filler)
        _put(endpoint, place, form)
        if not load(endpoint).problems:
            return endpoint
    return None


def _put(endpoint: Dict[str, Any], place: Place, value: Any) -> None:
    for name in place[:-1]:
        endpoint = endpoint.setdefault(name, {})
        if not isinstance(endpoint, dict):
            return
    endpoint[place[-1]] = value


@functools.cache
def variants(type: str) -> List[Dict[str, Any]]:
    """Endpoints of this type that load: the example, one for each of its secrets, and all their life cycles."""
    found = [dict(channel_types()[type].example)]
    for place, info in options_of(channel_types()[type].endpoint_model):
        if is_secret(info):
            found += filter(None, [with_secret(type, place, "abcdef0123456789")])
    for lifecycle in sorted(channel_types()[type].lifecycles - {"separate"}):
        living = [{**variant, "lifecycle": lifecycle} for variant in found if "lifecycle" not in variant]
        found += [variant for one in living for variant in _loadable(type, one)]
    return found


def _loadable(type: str, endpoint: Dict[str, Any]) -> Iterator[Dict[str, Any]]:
    """The endpoint itself if it loads, else with the first switch of the channel that makes it load."""
    switched = [endpoint]
    for place, _ in options_of(channel_types()[type].endpoint_model):
        if place[0] == type and len(place) > 1:
            switched.append(copy.deepcopy(endpoint))
            _put(switched[-1], place, True)
    return itertools.islice((one for one in switched if not load(one).problems), 1)
