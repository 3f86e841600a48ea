"""The models as MCDReforged and the rest of the plugin use them."""

from __future__ import annotations

from pathlib import Path

import pytest
from mcdreforged.utils import misc_utils
from pydantic import ValidationError

from prime_notify.config.endpoint import EndpointConfig, Language
from prime_notify.config.models import Config, ConfigDocument
from prime_notify.loading.files import DEFAULT_DOCUMENT

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("document", [DEFAULT_DOCUMENT, {}, [], "text", 5, {"notification": {"endpoints": [{}]}}])
def test_mcdreforged_finds_no_default_to_write_into_a_users_file(document):
    loaded = ConfigDocument.model_validate(document, strict=True)
    assert loaded.root == document
    if hasattr(misc_utils, "contains_unset_default_fields"):  # since 2.15
        assert not misc_utils.contains_unset_default_fields(loaded)


def test_mcdreforged_can_make_no_default_document_when_a_file_cannot_be_read():
    with pytest.raises(ValidationError):
        ConfigDocument()


def test_neither_a_document_nor_an_endpoint_shows_its_secrets():
    document = ConfigDocument({"url": "secret"})
    endpoint = EndpointConfig(name="ops", url="https://example.com/secret", headers={"A": "secret"})
    for text in (repr(document), str(document), repr(endpoint), str(endpoint), f"{[endpoint, document]}"):
        assert "secret" not in text
    assert repr(endpoint) == "EndpointConfig(name='ops', type='webhook', enabled=True)"


@pytest.mark.parametrize("model", [Config, EndpointConfig])
def test_models_are_immutable(model):
    instance = Config() if model is Config else EndpointConfig(name="ops", url="https://example.com")
    with pytest.raises(ValidationError, match="frozen"):
        instance.language = "zh_cn"


def test_every_option_is_described():
    waiting, seen = [Config, EndpointConfig], set()
    while waiting:
        model = waiting.pop()
        seen.add(model.__name__)
        for name, field in model.model_fields.items():
            assert field.description, f"{model.__name__}.{name}"
            if hasattr(field.annotation, "model_fields"):
                waiting.append(field.annotation)
    assert {"Config", "NotificationConfig", "PermissionConfig", "EndpointConfig"} <= seen


def test_the_languages_are_those_that_have_texts():
    assert {path.stem for path in (ROOT / "lang").glob("*.yml")} == set(Language.__args__[0].__args__)
