"""What holds for every channel's requests, whatever it talks to."""

from __future__ import annotations

import itertools
import json

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from prime_notify.channels.common.registry import channel_types
from prime_notify.config.units import Rate
from prime_notify.messages.samples import sample_event
from prime_notify.model.event import EventName
from prime_notify.model.notification import Texts
from tests.support.examples import examples
from tests.support.hostile import LANGUAGES, bare_messages, real_messages
from tests.support.messages import channel, message, normalized
from tests.support.steps import steps_of
from tests.unit.channels.contract import (
    ASKING,
    calling,
    checked,
    every_channel,
    every_http_channel,
    load,
    make,
    raw_text,
    variants,
)

FAILED = {
    "backup": {"id": 7, "comment": "nightly", "targets": ["world"], "raw_size": 99, "file_count": 5},
    "operator": {"type": "player", "name": "Steve"},
    "error": {"type": "OSError", "message": "disk full", "traceback": "THE TRACE"},
    "cost_s": 12.3,
}


# -- any message gives a request -------------------------------------------------------------------------------------


@every_channel
@examples(60, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_message_renders_to_one_valid_request(type: str, data: st.DataObject) -> None:
    asking = {**ASKING, "mention": {**calling(type), "on": ["info", "warning", "error"]}}
    endpoint = {**data.draw(st.sampled_from(variants(type))), **data.draw(st.sampled_from([{}, asking]))}
    message = data.draw(real_messages() | bare_messages)
    request = checked(channel(type, **endpoint).render(message))
    assert channel(type, **endpoint).render(message) == request


@every_channel
def test_every_event_renders_in_both_languages(type: str) -> None:
    for event, language in itertools.product(EventName, LANGUAGES):
        checked(make(type).render(normalized(event.value, language, **FAILED)))
        checked(make(type).render(normalized(event.value, language)))


@every_channel
def test_the_sample_of_every_event_renders_and_says_that_it_is_one(type: str) -> None:
    for event, language in itertools.product(EventName, LANGUAGES):
        fields = {**sample_event(event).fields, "test": True}
        text = raw_text(checked(make(type).render(normalized(event.value, language, **fields))))
        assert says_nothing(type, event) or "test" in text.lower() or "测试" in text


def says_nothing(type: str, event: EventName) -> bool:
    """Whether a test of this event has no text there: a push to Uptime Kuma would set a state."""
    return event.is_start or type == "uptime_kuma" or (type == "alertmanager" and event is EventName.REPORT)


@every_channel
def test_the_texts_are_in_the_language_of_the_message(type: str) -> None:
    english, chinese = (make(type).render(normalized("backup_failure", language, **FAILED)) for language in LANGUAGES)
    assert raw_text(english) != raw_text(chinese)
    assert any("\u4e00" <= char <= "\u9fff" for char in raw_text(chinese))
    assert raw_text(english).isascii() or not any("\u4e00" <= char <= "\u9fff" for char in raw_text(english))


@every_channel
def test_the_most_important_is_told(type: str) -> None:
    """However long everything else is."""
    long = {"comment": "备注" * 5000, "targets": ["x" * 500] * 200}
    text = raw_text(make(type).render(normalized("backup_failure", **{**FAILED, "backup": {"id": 4711, **long}})))
    assert "4711" in text
    assert "disk full" in text


# -- what goes along -------------------------------------------------------------------------------------------------


@every_http_channel
def test_the_owners_headers_go_along_and_override_in_any_case(type: str) -> None:
    request = make(type, headers={"content-type": "application/x-mine", "X-Token": "t"}).render(message())
    assert request.headers["X-Token"] == "t"
    assert [value for name, value in request.headers.items() if name.lower() == "content-type"] == [
        "application/x-mine"
    ]


@every_http_channel
def test_the_url_may_be_that_of_another_server(type: str) -> None:
    tried = [{**variant, "url": "http://127.0.0.1:8080/hook/a0123456789b"} for variant in variants(type)]
    requests = [channel(type, **endpoint).render(message()) for endpoint in tried if not load(endpoint).problems]
    assert requests
    assert all(request.url.startswith("http://127.0.0.1:8080/") for request in requests)


@every_channel
def test_a_traceback_goes_only_where_it_is_asked_for(type: str) -> None:
    failed = message("backup_failure", error=FAILED["error"])
    assert "THE TRACE" not in raw_text(make(type).render(failed))
    assert "THE TRACE" not in raw_text(make(type).render(normalized("backup_failure", **FAILED)))


@every_channel
def test_mentions_actions_and_tracebacks_may_be_asked_for_everywhere(type: str) -> None:
    for variant in variants(type):
        endpoint = {**variant, **ASKING, "mention": {**calling(type), "on": ["info", "warning", "error"]}}
        assert load(endpoint).problems == ()
        for event in EventName:
            checked(channel(type, **endpoint).render(normalized(event.value, **FAILED)))


@every_channel
def test_nobody_is_called_on_other_severities_than_asked_for(type: str) -> None:
    mention = {**calling(type), "on": ["error", "warning"]}
    event = normalized("backup_success")
    assert make(type, **ASKING, mention=mention).render(event) == make(type, **ASKING).render(event)


# -- secrets, cost, and what it says of itself -----------------------------------------------------------------------


@every_channel
def test_nothing_is_in_the_repr_of_a_request_but_its_method(type: str) -> None:
    for variant in variants(type):
        request = channel(type, **{**variant, "headers": {"X-Token": "hidden"}}).render(message())
        expected = {"Request": f"Request(method={getattr(request, 'method', '')!r})"}.get(request.__class__.__name__)
        assert expected is None or repr(request) == expected
        assert "hidden" not in repr(request)
        assert message().texts.title not in repr(request)


@every_channel
@pytest.mark.parametrize("piece", ["x", "备", "<@&", "👩‍👧", "a_b*", "\n", " "])
def test_a_megabyte_is_no_more_work_than_a_page(type: str, piece: str) -> None:
    """No character of what will be cut anyway is looked at one by one."""
    sender = make(type, **ASKING, mention=calling(type))

    def render(size: int) -> int:
        text = (piece * size)[:size]
        fields = {"backup": {"id": 7, "comment": text}, "message": text, "error": {"type": "E", "message": text}}
        return steps_of(lambda: sender.render(message("backup_failure", Texts(text[:500], text, text), **fields)))

    render(1000)  # whatever is done only once
    assert render(1_000_000) <= 3 * render(30_000) + 3000


@every_channel
def test_the_example_loads_and_is_a_small_one(type: str) -> None:
    example = channel_types()[type].example
    loaded = load(example)
    assert loaded.problems == ()
    assert [(endpoint.type, endpoint.config.enabled) for endpoint in loaded.endpoints] == [(type, True)]
    assert example["type"] == type
    assert len(json.dumps(example)) < 200


@every_channel
def test_it_says_in_both_languages_what_it_is(type: str) -> None:
    about = channel_types()[type].about
    assert set(about) == set(LANGUAGES)
    assert all(20 <= len(text) < 1000 and text == text.strip() for text in about.values())
    assert any("\u4e00" <= char <= "\u9fff" for char in about["zh_cn"])


@every_channel
def test_its_limits_and_life_cycles_are_such(type: str) -> None:
    kind = channel_types()[type]
    assert all(isinstance(rate, Rate) for rate in kind.rate_limits)
    assert "separate" in kind.lifecycles
    for lifecycle in ("separate", "reply", "update"):
        told = [problem.path for problem in load({**kind.example, "lifecycle": lifecycle}).problems]
        if lifecycle not in kind.lifecycles:
            assert told == ["notification.endpoints[0].lifecycle"]
        elif lifecycle != "separate":
            assert lifecycle in [variant.get("lifecycle") for variant in variants(type)]
