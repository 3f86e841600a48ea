"""What holds for every channel, whatever it talks to."""

from __future__ import annotations

import json
from typing import Any, Dict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prime_notify.channels.common.base import Channel, Request, Response
from prime_notify.channels.common.registry import channel_types
from prime_notify.model.event import EventName
from prime_notify.model.notification import Texts
from prime_notify.model.outcome import Delivered, Permanent, Retry
from tests.unit.channels.samples import answer, channel, message

every_channel = pytest.mark.parametrize("type", sorted(channel_types()))

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)
any_text = st.text(max_size=60) | st.sampled_from(
    ["备份" * 3000, "<&>\u2028" * 2000, "x" * 100_000, "👩‍👩‍👧" * 2000, "\b\f\0" * 900]
)
messages = st.builds(
    lambda event, title, body, desp, comment, extra: message(
        event.value, Texts(title, body, desp), backup={"id": 7, "comment": comment}, extra={"more": extra}
    ),
    st.sampled_from(EventName),
    *[any_text] * 4,
    json_values,
)
headers = st.dictionaries(
    st.sampled_from(["retry-after", "date", "location"]),
    st.text(max_size=30) | st.sampled_from(["0", "-1", "1e9", "Wed, 21 Oct 2026 07:28:00 GMT", "//[", "http://h"]),
)
bodies = st.binary(max_size=80) | json_values.map(lambda value: json.dumps(value).encode("utf-8", "surrogatepass"))


def make(type: str, **more: Any) -> Channel[Any]:
    return channel(type, **{**channel_types()[type].example, **more})


def strictly_read(request: Request) -> Any:
    """Fails for NaN and for broken UTF-8, both of which Python would let pass."""
    text = request.body.decode("utf-8")
    if request.headers["Content-Type"].startswith("text/plain"):
        return text
    return json.loads(text, parse_constant=pytest.fail)


@every_channel
@settings(deadline=None, max_examples=60)
@given(message=messages)
def test_any_message_renders_to_one_valid_request(type: str, message: Any) -> None:
    request = make(type).render(message)
    assert request.method == "POST"
    assert request.url.startswith(("https://", "http://127.0.0.1:"))
    assert isinstance(strictly_read(request), (dict, list, str))
    assert make(type).render(message) == request


@every_channel
@settings(deadline=None, max_examples=150)
@given(status=st.integers(100, 699), headers=headers, body=bodies)
def test_any_answer_has_an_outcome(type: str, status: int, headers: Dict[str, str], body: bytes) -> None:
    outcome = make(type).judge(Response(status, headers, body))
    assert outcome.status == status
    if isinstance(outcome, Delivered):
        assert 200 <= status < 300
    else:
        assert outcome.reason.isprintable()
        assert len(outcome.reason) < 500
    if isinstance(outcome, Retry) and outcome.after is not None:
        assert outcome.after >= 0


@every_channel
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (301, Permanent),
        (307, Permanent),
        (400, Permanent),
        (401, Permanent),
        (403, Permanent),
        (404, Permanent),
        (408, Retry),
        (410, Permanent),
        (425, Retry),
        (429, Retry),
        (500, Retry),
        (502, Retry),
        (503, Retry),
    ],
)
def test_a_status_that_is_no_success_has_one_meaning_everywhere(type: str, status: int, kind: Any) -> None:
    assert isinstance(make(type).judge(answer(status, b"<html>whatever</html>")), kind)


@every_channel
def test_the_owners_headers_go_along_and_override_in_any_case(type: str) -> None:
    request = make(type, headers={"content-type": "application/x-mine", "X-Token": "t"}).render(message())
    assert request.headers["X-Token"] == "t"
    assert [value for name, value in request.headers.items() if name.lower() == "content-type"] == [
        "application/x-mine"
    ]


@every_channel
def test_no_secret_is_in_the_repr_of_a_request(type: str) -> None:
    assert repr(make(type, headers={"X-Token": "hidden"}).render(message())) == "Request(method='POST')"


@every_channel
def test_a_traceback_goes_only_where_it_is_asked_for(type: str) -> None:
    failed = message("backup_failure", error={"type": "OSError", "message": "disk full", "traceback": "THE TRACE"})
    assert b"THE TRACE" not in make(type).render(failed).body
