"""An option without a mark holds a secret: all options of the config, and new ones."""

from __future__ import annotations

from typing import Any, Dict, Iterator, Optional, Tuple, Type, get_args

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from prime_notify.channels.common.registry import channel_types
from prime_notify.config.endpoint import EndpointConfig
from prime_notify.config.models import Config
from prime_notify.config.option import Options, deferring_options, is_content, is_public, option
from prime_notify.loading.secrecy import Secrecy, secrecy_at, secrets_of
from prime_notify.model.annotations import alternatives, member

Place = Tuple[Any, ...]
SECRET = "user:what-nobody-may-see@host"  # a proxy without a user is no secret


def options_of(model: Type[BaseModel], at: Place = ()) -> Iterator[Tuple[Place, FieldInfo]]:
    """Every option below ``model`` with its place in the document. Endpoints are models of their own."""
    for name, info in model.model_fields.items():
        place = (*at, info.alias or name)
        yield place, info
        inner = object_in(info.annotation)
        if inner is not None and not issubclass(inner, EndpointConfig):
            items = any(member(kind, 0) is inner for kind in alternatives(info.annotation))
            yield from options_of(inner, (*place, 0) if items else place)


def object_in(annotation: Any) -> Optional[Type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(object_in, get_args(annotation))), None)


def document_with(place: Place, value: Any) -> Any:
    for part in reversed(place):
        value = [value] if isinstance(part, int) else {part: value}
    return value


MODELS: Dict[str, Type[BaseModel]] = {
    "sections": Config,
    "endpoint": EndpointConfig,
    **{name: channel.endpoint_model for name, channel in channel_types().items()},
}


def own_options(model: Type[BaseModel]) -> Iterator[Tuple[Place, FieldInfo]]:
    """The options of a model, without those that a channel inherits from :class:`EndpointConfig`."""
    declared = vars(model)["__annotations__"]
    return ((place, info) for place, info in options_of(model) if place[0] in declared or model is Config)


ALL = [(name, place, info) for name, model in MODELS.items() for place, info in own_options(model)]
every_option = pytest.mark.parametrize(
    ("model", "place", "info"), [pytest.param(*one, id=f"{one[0]}-{'.'.join(map(str, one[1]))}") for one in ALL]
)


@every_option
def test_an_option_is_masked_unless_it_says_otherwise(model: str, place: Place, info: FieldInfo) -> None:
    says_otherwise = is_public(info) or is_content(info) or place == ("type",)
    holds_options = object_in(info.annotation) is not None
    if not (holds_options and not says_otherwise):
        masked = SECRET in secrets_of(document_with(place, SECRET), MODELS[model])
        assert masked is not says_otherwise


@every_option
def test_an_option_says_one_thing_and_an_object_of_options_leaves_it_to_its_members(
    model: str, place: Place, info: FieldInfo
) -> None:
    assert not (is_public(info) and is_content(info))
    if object_in(info.annotation) is not None:
        assert not is_public(info)
        assert not is_content(info)


@every_option
def test_only_what_cannot_be_a_secret_is_quoted(model: str, place: Place, info: FieldInfo) -> None:
    assert (secrecy_at(MODELS[model], place) is Secrecy.PUBLIC) is _is_quotable(place, info)


def _is_quotable(place: Place, info: FieldInfo) -> bool:
    inner = object_in(info.annotation)
    if inner is None:
        return is_public(info) or place == ("type",)
    return not issubclass(inner, EndpointConfig) and all(_is_quotable(*one) for one in options_of(inner))


class _New(Options):
    plain: str = option("", "An option.", "选项。", example="")
    shown: str = option("", "An option.", "选项。", example="", public=True)
    sent: Any = option(None, "An option.", "选项。", example="", content=True)
    bare: str = ""


class _NewEndpoint(EndpointConfig):
    new: _New = option(_New, "Options.", "选项。", example={})


@pytest.mark.parametrize(
    ("place", "secrecy"),
    [
        (("new", "plain"), Secrecy.SECRET),
        (("new", "bare"), Secrecy.SECRET),
        (("new", "unknown"), Secrecy.SECRET),
        (("unknown",), Secrecy.SECRET),
        (("new",), Secrecy.SECRET),
        ((), Secrecy.SECRET),
        (("new", "shown"), Secrecy.PUBLIC),
        (("filter", "except", "unknown"), Secrecy.PUBLIC),
        (("new", "sent"), Secrecy.CONTENT),
        (("new", "sent", "text", 0), Secrecy.CONTENT),
        (("new", "sent", "api_key"), Secrecy.SECRET),
        (("new", "sent", "Authorization", "x"), Secrecy.SECRET),
        (("headers", "X-Team"), Secrecy.SECRET),
    ],
)
def test_a_new_option_that_says_nothing_is_a_secret(place: Place, secrecy: Secrecy) -> None:
    assert secrecy_at(_NewEndpoint, place) is secrecy
    masked = secrets_of(document_with(place, SECRET), _NewEndpoint) if place else (SECRET,)
    assert (SECRET in masked) is (secrecy is Secrecy.SECRET)


def test_the_options_that_hold_back_or_repeat_say_so() -> None:
    assert deferring_options(EndpointConfig) == ("digest", "quiet_hours", "dedupe", "repeat")
    for channel in channel_types().values():
        assert deferring_options(channel.endpoint_model) == deferring_options(EndpointConfig)


def test_each_of_several_urls_in_one_string_is_masked() -> None:
    urls = "json://first:passwort@host/a, pover://secretuser@secrettoken"
    found = secrets_of({"apprise": {"urls": urls}}, MODELS["apprise"])
    assert {"passwort", "secretuser", "secrettoken", "pover://secretuser@secrettoken"} <= set(found)
