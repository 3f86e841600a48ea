"""Every change of a valid config gives a config or an error with a path, and shows no secret."""

from __future__ import annotations

import copy
import json
from typing import Any, List, Tuple

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from prime_notify.loading.files import read_config_file
from prime_notify.loading.load import ConfigError, LoadedConfig
from tests.support.configs import load, names

SECRETS = ("key-of-the-phone-1", "key-of-the-mailbox-2", "token-of-the-hook-3", "value-from-environment-4")
ENVIRON = {"TOKEN": SECRETS[3]}
VALID = {
    "notification": {
        "enabled": True,
        "events": ["backup_success", "backup_failure"],
        "endpoints": [
            {"name": "phone", "type": "bark", "url": f"https://api.day.app/{SECRETS[0]}", "bark": {"badge": 1}},
            {"name": "mail", "type": "serverchan", "url": f"https://sctapi.ftqq.com/{SECRETS[1]}.send"},
            {
                "name": "ops",
                "url": "https://example.com/${TOKEN}",
                "headers": {"Authorization": f"Bearer {SECRETS[2]}"},
                "events": ["backup_failure"],
                "timeout": "5s",
            },
        ],
    },
    "sources": {"listen": ["my_backup"]},
    "server": {"name": "SMP"},
    "language": "zh_cn",
    "command": {"prefix": "!!pn", "permission": {"test": "owner"}},
}

_texts = st.text(st.characters(), max_size=20) | st.sampled_from((*SECRETS, "${TOKEN}", "${MISSING}", "$${X}", "bark"))
_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _texts | st.just({"file": "missing"}),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_texts, inner, max_size=4),
    max_leaves=6,
)
_keys = _texts | st.sampled_from(("name", "type", "url", "events", "enabled", "bark", "endpoints", "notification"))


def _places(value: Any, at: Tuple[Any, ...] = ()) -> List[Tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(place for key, item in items for place in _places(item, (*at, key)))]


def _inner(document: Any, place: Tuple[Any, ...]) -> Any:
    for part in place:
        document = document[part]
    return document


@st.composite
def _mutated(draw: st.DrawFn, within: Tuple[Any, ...] = ()) -> Any:
    """``VALID`` with one to three changes below ``within``."""
    document = copy.deepcopy(VALID)
    for _ in range(draw(st.integers(1, 3))):
        places = [(*within, *place) for place in _places(_inner(document, within)) if place]
        if not places:
            break
        *parent, key = draw(st.sampled_from(places))
        container, change = _inner(document, tuple(parent)), draw(st.sampled_from(("drop", "replace", "add")))
        if change == "drop":
            del container[key]
        elif change == "replace":
            container[key] = copy.deepcopy(draw(_values))
        elif isinstance(container, list):
            container.insert(key, copy.deepcopy(draw(_values)))
        else:
            container[draw(_keys)] = copy.deepcopy(draw(_values))
    return document


def _assert_silent(*seen: object, shown: str = "") -> None:
    """``shown``: texts that are public by nature, such as names. A secret that is pasted there is public, too."""
    text = "".join(f"{one!r}{one!s}" for one in seen)
    assert not [secret for secret in SECRETS if secret in text and secret not in shown]


def _assert_sound(loaded: LoadedConfig) -> None:
    config = loaded.config
    shown = repr([names(loaded), config.server.name, config.command.prefix, config.sources.listen, config.schema_])
    _assert_silent(loaded, config, *loaded.endpoints, *loaded.problems, shown=shown)
    assert len(set(names(loaded))) == len(loaded.endpoints)
    for problem in loaded.problems:
        assert problem.path
        assert problem.remedy
        assert str(problem).isprintable()


def test_the_unmutated_config_is_valid():
    loaded = load(VALID, ENVIRON)
    assert (names(loaded), loaded.problems) == (["phone", "mail", "ops"], ())
    _assert_sound(loaded)


@given(_mutated())
def test_any_mutation_gives_a_config_with_readable_problems_and_shows_no_secret_of_an_endpoint(document):
    """Another endpoint keeps the secrets, so that they are known wherever else they were pasted."""
    keeper = {"name": "keeper", "url": "https://example.com", "headers": dict(zip("ABCD", SECRETS))}
    notification = document.get("notification")
    if isinstance(notification, dict) and isinstance(notification.get("endpoints"), list):
        notification["endpoints"].append(keeper)
        _assert_sound(load(document, ENVIRON))
    else:
        for problem in load(document, ENVIRON).problems:
            assert problem.path


@given(_mutated(within=("notification", "endpoints", 1)))
def test_a_mutated_endpoint_leaves_the_others_alone(document):
    assume(_inner(document, ("notification", "endpoints", 1)).get("name") not in ("phone", "ops"))
    loaded, valid = load(document, ENVIRON), load(VALID, ENVIRON)
    untouched = [
        one.config for one in loaded.endpoints if one.config in (valid.endpoints[0].config, valid.endpoints[2].config)
    ]
    assert [one.name for one in untouched] == ["phone", "ops"]
    assert loaded.config.command == valid.config.command


@given(_mutated(within=("command",)) | _mutated(within=("sources",)) | _mutated(within=("server",)))
def test_a_mutated_section_costs_no_endpoint(document):
    assert names(load(document, ENVIRON)) == ["phone", "mail", "ops"]


@given(_values)
def test_any_document_at_all_gives_a_config_or_an_error_with_a_path(document):
    if isinstance(document, dict):
        assert all(problem.path for problem in load(document, ENVIRON).problems)
    else:
        with pytest.raises(ConfigError, match=r"^\$: found"):
            load(document, ENVIRON)


@given(st.data())
def test_a_mutated_text_gives_a_document_or_an_error_without_a_secret_and_stays_as_it_is(tmp_path_factory, data):
    text = json.dumps(VALID, indent=2).encode()
    start = data.draw(st.integers(0, len(text)))
    content = text[:start] + data.draw(st.binary(max_size=4)) + text[start + data.draw(st.integers(0, 40)) :]
    path = tmp_path_factory.getbasetemp() / "mutated.json"
    path.write_bytes(content)
    try:
        read_config_file(path)
    except ConfigError as error:
        _assert_silent(error, *error.problems)
    assert path.read_bytes() == content
