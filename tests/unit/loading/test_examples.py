"""The example of every option loads in its place, and schema and loader agree on it."""

from __future__ import annotations

import copy
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple, Type

import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from typing_extensions import get_args

from prime_notify.channels.common.registry import channel_types
from prime_notify.config.endpoint import EndpointConfig
from prime_notify.config.models import Config
from prime_notify.loading.schema import config_schema
from tests.support.configs import load

COMMON = {"name": "ops", "type": "webhook", "url": "https://example.com/hook"}
MAIL = {"name": "mail", "url": "https://example.com/mail"}
MEMBERS = [{**endpoint, "group": "phones"} for endpoint in (COMMON, MAIL)]

ELSEWHERE: Dict[str, Mapping[str, Any]] = {
    "endpoint.filter.except.min_severity": {**COMMON, "filter": {}},
    "endpoint.lifecycle": channel_types()["telegram"].example,
    "onebot.onebot.user_id": {"name": "qq", "type": "onebot", "url": "http://127.0.0.1:3000"},
    "kook.kook.user_id": {"name": "kook", "type": "kook", "kook": {"token": "k-0123456789"}},
    "slack.slack.bot_token": {"name": "team", "type": "slack", "slack": {"channel": "#x"}},
    "slack.slack.channel": {"name": "team", "type": "slack", "slack": {"bot_token": "x"}},
}
"""Endpoints for options that do not fit the smallest example of their channel, or that of the whole object."""

COMPANIONS: Dict[str, Mapping[str, Any]] = {
    "alertmanager.alertmanager.password": {"user": "x"},
    "alertmanager.alertmanager.user": {"password": "x"},
    "bark.bark.delete": {"id": "x"},
    "config.notification.groups": {"endpoints": MEMBERS},
    "ntfy.ntfy.password": {"user": "x"},
    "ntfy.ntfy.user": {"password": "x"},
}
"""Other options that an option needs."""

AROUND: Dict[str, Mapping[str, Any]] = {"endpoint.group": {"groups": {"phones": "first_ok"}}}
"""Other options of the block that an option needs."""

OTHERS: Dict[str, Sequence[Mapping[str, Any]]] = {"endpoint.fallback": [MAIL], "endpoint.group": MEMBERS[1:]}
"""Other endpoints that an option needs."""


@dataclass(frozen=True)
class Option:
    """``id``: the config, an endpoint or a channel, and the path in it. ``parents``: the objects around the option."""

    id: str
    info: FieldInfo
    parents: Tuple[Tuple[str, FieldInfo], ...]

    @property
    def key(self) -> str:
        return self.id.rpartition(".")[2]

    def document(self, value: Any, *, absent: bool = False) -> Dict[str, Any]:
        """A config with the option in its place, and with everything that it needs."""
        config: Dict[str, Any] = {"notification": {"enabled": True, **AROUND.get(self.id, {})}}
        root, place = self.id.partition(".")[0], config
        if root != "config":
            smallest = channel_types()[root].example if root in channel_types() else COMMON
            place = copy.deepcopy(dict(ELSEWHERE.get(self.id, smallest)))
            config["notification"]["endpoints"] = [place, *OTHERS.get(self.id, ())]
        for key, info in self.parents:
            inner = {} if self.id in ELSEWHERE else copy.deepcopy(info.examples[0])
            place[key] = inner if isinstance(inner, list) else {**inner, **place.get(key, {})}
            place = inner[0] if isinstance(inner, list) else place[key]
        place.update(COMPANIONS.get(self.id, {}))
        place.pop(self.key, None)
        place.update({} if absent else {self.key: value})
        return config


def _options(model: Type[BaseModel], at: str, parents: Tuple[Tuple[str, FieldInfo], ...] = ()) -> Iterator[Option]:
    for name, info in model.model_fields.items():
        key = info.alias or name
        yield Option(f"{at}.{key}", info, parents)
        inner = _model_in(info.annotation)
        if inner is not None and inner is not EndpointConfig:
            yield from _options(inner, f"{at}.{key}", (*parents, (key, info)))


def _model_in(annotation: Any) -> Optional[Type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for found in map(_model_in, get_args(annotation)) if found), None)


def _all_options() -> List[Option]:
    common = {name: info.description for name, info in EndpointConfig.model_fields.items()}
    options = [*_options(Config, "config"), *_options(EndpointConfig, "endpoint")]
    for name, channel in channel_types().items():
        for option in _options(channel.endpoint_model, name):
            first = option.id.split(".")[1]
            if first != "type" and common.get(first) != channel.endpoint_model.model_fields[first].description:
                options.append(option)
    return options


OPTIONS = _all_options()
every_option = pytest.mark.parametrize("option", OPTIONS, ids=[option.id for option in OPTIONS])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A config folder with the files that the examples name."""
    folder = tmp_path_factory.mktemp("config")
    for name in ("ca.pem", "cert.pem", "key.pem"):
        shutil.copy(Path(__file__).parents[2] / "support" / "tls" / "localhost.pem", folder / name)
    return folder


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    return Draft202012Validator(config_schema())


def _loads(document: Dict[str, Any], folder: Path) -> bool:
    loaded = load(document, base_dir=folder)
    return not loaded.problems and len(loaded.endpoints) == len(_endpoints(document))


def _endpoints(document: Dict[str, Any]) -> List[Any]:
    endpoints = (document.get("notification") or {}).get("endpoints") or []
    return endpoints if isinstance(endpoints, list) else [endpoints]


@every_option
def test_an_options_example_loads(option: Option, folder: Path) -> None:
    assert option.info.examples, "give it an example"
    document = option.document(option.info.examples[0])
    loaded = load(document, base_dir=folder)
    assert [str(problem) for problem in loaded.problems] == []
    assert len(loaded.endpoints) == len(_endpoints(document))


@every_option
def test_an_example_shows_something_else_than_the_default(option: Option) -> None:
    if not option.info.is_required() and option.key != "type":
        [example] = option.info.examples
        default = option.info.get_default(call_default_factory=True)
        assert example is None or example != default


@every_option
def test_schema_and_loader_agree_on_the_forms_of_an_example(
    option: Option, folder: Path, validator: Draft202012Validator
) -> None:
    [example] = option.info.examples
    single = example if isinstance(example, list) else []
    for form in (example, [example], [], *single):
        document = option.document(form)
        assert _loads(document, folder) is validator.is_valid(document), form


@every_option
def test_null_counts_as_absent_for_schema_and_loader(
    option: Option, folder: Path, validator: Draft202012Validator
) -> None:
    null, absent = option.document(None), option.document(None, absent=True)
    assert _loads(null, folder) is _loads(absent, folder)
    assert validator.is_valid(null) is validator.is_valid(absent)
