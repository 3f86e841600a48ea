"""The general webhook with a request of the owner's own."""

from __future__ import annotations

import json
from typing import Any, Dict
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prime_notify.model.event import EventName
from prime_notify.model.notification import Texts
from prime_notify.model.outcome import Delivered, Permanent, Retry
from prime_notify.model.request import Request
from tests.support.configs import hook, load_endpoints, problems
from tests.support.examples import examples
from tests.support.messages import answer, channel, message

URL = "https://example.com/hook"
EVIL = '"}],&x=1\r\nX-Evil: 1 <b>{{ title }}</b> ../..//evil.com #?%00 \u2028👩‍👩‍👧'
FAILED: Dict[str, Any] = {
    "backup": {"id": 7, "comment": EVIL, "raw_size": 0, "stored_size": 5},
    "error": {"type": "OSError", "message": "disk full"},
    "server": {"running": True, "name": "My Server"},
}


def render(*, endpoint: Any = None, of: Any = None, **options: Any) -> Request:
    given = {"url": URL, **(endpoint or {})}
    return channel("webhook", **given, webhook=options).render(of or message("backup_failure", **FAILED))


def content_type(request: Request) -> str:
    return request.headers["Content-Type"]


# -- method, address, headers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["PUT", "patch", "POST", "PROPFIND"])
def test_any_method_may_carry_the_payload(method: str) -> None:
    request = render(method=method)
    assert request.method == method.upper()
    assert json.loads(request.body)["event"] == "backup_failure"


@pytest.mark.parametrize("method", ["GET", "HEAD", "delete"])
def test_methods_that_have_no_body_have_one_only_when_asked(method: str) -> None:
    request = render(method=method)
    assert request.body == b""
    assert "Content-Type" not in request.headers
    assert render(method=method, format="prime_backup").body
    assert render(method=method, body={"a": 1}).body == b'{"a":1}'


@pytest.mark.parametrize(
    ("url", "query", "sent"),
    [
        (URL, {"a": "b c", "n": 5, "t": True}, f"{URL}?a=b%20c&n=5&t=true"),
        (f"{URL}?x=1#part", {"id": "{{ backup.id }}"}, f"{URL}?x=1&id=7#part"),
        (f"{URL}?", {"a": "1"}, f"{URL}?a=1"),
        (URL, {"gone": "{{ operator.name }}", "kept": ""}, f"{URL}?kept="),
        (URL, {}, URL),
        (
            "https://example.com/{{ task }}/{{ backup.id }}?s={{ server.name }}",
            {},
            "https://example.com/backup/7?s=My%20Server",
        ),
        ("https://example.com/{% if error %}fail{% else %}ok{% endif %}", {}, "https://example.com/fail"),
    ],
)
def test_the_address_is_filled_in(url: str, query: Any, sent: str) -> None:
    assert render(endpoint={"url": url}, query=query).url == sent


def test_what_players_type_stays_in_its_place_of_the_address() -> None:
    request = render(
        endpoint={"url": "https://example.com/a/{{ backup.comment }}/b"}, query={"c": "{{ backup.comment }}"}
    )
    parts = urlsplit(request.url)
    assert parts.netloc == "example.com"
    assert parts.path.count("/") == 3
    assert parse_qs(parts.query) == {"c": [EVIL]}
    assert request.url.isascii()
    assert request.url.isprintable()


def test_an_address_whose_template_fails_keeps_what_does_not_depend_on_it() -> None:
    request = render(endpoint={"url": "https://example.com/a/{{ backup.stored_size / backup.raw_size }}/b"})
    assert request.url == "https://example.com/a/"
    assert len(request.warnings) == 1


def test_headers_are_filled_in_on_one_line_of_bounded_length() -> None:
    headers = {
        "X-Evil": "{{ backup.comment }}",
        "X-Plain": "{not a template}",
        "X-Long": "{{ extra.long }}",
        "x-id": "{{ id }}",
    }
    request = render(endpoint={"headers": headers}, of=message("backup_failure", **FAILED, extra={"long": "x" * 9000}))
    assert request.headers["X-Plain"] == "{not a template}"
    assert request.headers["x-id"] == message().payload.id
    assert not any(char in request.headers["X-Evil"] for char in "\r\n\0")
    assert len(request.headers["X-Long"]) == 2048


@pytest.mark.parametrize(
    ("options", "value"),
    [
        ({"token": "abc"}, "Bearer abc"),
        ({"auth": {"user": "me", "password": "pässword"}}, "Basic bWU6cMOkc3N3b3Jk"),
        ({"auth": {"user": "me"}}, "Basic bWU6"),
    ],
)
def test_authorization_is_sent_and_the_owners_own_header_wins(options: Any, value: str) -> None:
    assert render(**options).headers["Authorization"] == value
    mine = render(endpoint={"headers": {"authorization": "mine"}}, **options)
    assert [content for name, content in mine.headers.items() if name.lower() == "authorization"] == ["mine"]


# -- bodies ----------------------------------------------------------------------------------------------------------


def test_a_json_body_is_filled_in_and_nothing_typed_can_break_it() -> None:
    body = {
        "text": "{{ title }}: {{ backup.comment }}",
        "id": "{{ backup.id }}",
        "backup": "{{ backup }}",
        "none": "{{ operator }}",
        "blocks": [{"$if": "error", "e": "{{ error.message }}"}, {"$if": "not error"}, 1, None],
    }
    request = render(body=body)
    assert json.loads(request.body) == {
        "text": f"Backup #7 done: {EVIL}",
        "id": 7,
        "backup": FAILED["backup"],
        "blocks": [{"e": "disk full"}, 1, None],
    }
    assert content_type(request) == "application/json; charset=utf-8"
    assert not request.warnings


def test_a_json_body_may_be_one_expression_and_have_a_content_type_of_its_own() -> None:
    request = render(body="{{ error }}")
    assert json.loads(request.body) == FAILED["error"]
    assert content_type(render(body={"a": 1}, content_type="application/vnd.me+json")) == "application/vnd.me+json"


def test_a_text_body_has_its_content_type() -> None:
    request = render(body="{{ event }}\n{% if error %}{{ error.message }}{% endif %}", content_type="text/plain")
    assert request.body == b"backup_failure\ndisk full"
    assert content_type(request) == "text/plain; charset=utf-8"
    assert content_type(render(body="x", content_type="text/plain; charset=ascii")) == "text/plain; charset=ascii"


@pytest.mark.parametrize("media", ["application/xml", "text/html", "application/atom+xml; charset=utf-8"])
def test_nothing_typed_can_break_markup(media: str) -> None:
    comment = EVIL.replace("\r", "").replace("\n", "")
    of = message("backup_failure", backup={"comment": comment, "raw_size": 0})
    request = render(of=of, body='<a b="{{ backup.comment }}">{{ backup.comment }}</a>', content_type=media)
    root = ElementTree.fromstring(request.body.decode())
    assert (root.text, root.get("b")) == (comment, comment)
    failing = render(
        of=message(texts=Texts("<t>", "b&", ""), backup={"raw_size": 0}),
        body="<a>{{ 1 / backup.raw_size }}</a>",
        content_type=media,
    )
    assert failing.body == b"&lt;t&gt;\nb&amp;"


def test_a_form_is_encoded_and_holds_json_where_it_is_given_some() -> None:
    form = {
        "payload": {"text": "{{ backup.comment }}"},
        "n": 5,
        "x": "{{ backup.comment }}",
        "gone": "{{ operator }}",
        "b": True,
    }
    request = render(form=form)
    fields = {name: values[0] for name, values in parse_qs(request.body.decode("ascii"), strict_parsing=True).items()}
    assert json.loads(fields.pop("payload")) == {"text": EVIL}
    assert fields == {"n": "5", "x": EVIL, "b": "true"}
    assert content_type(request) == "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("options", "sent"),
    [
        (
            {"body": {"a": "{{ 1 / backup.raw_size }}", "b": "{{ event }}"}},
            b'{"a":"Backup #7 done","b":"backup_failure"}',
        ),
        ({"form": {"a": "{{ 1 / backup.raw_size }}"}}, b"a=Backup+%237+done"),
        (
            {"body": "{{ 1 / backup.raw_size }}", "content_type": "text/plain"},
            b"Backup #7 done\nEvent: backup_success\nBackup: #7",
        ),
    ],
)
def test_a_template_that_fails_costs_no_notification(options: Any, sent: bytes) -> None:
    request = render(**options)
    assert request.body == sent
    (warning,) = request.warnings
    assert "failed, a default stands in for it: ZeroDivisionError" in warning


def test_the_traceback_is_filled_in_only_where_it_is_asked_for() -> None:
    failed = message("backup_failure", error={"type": "E", "message": "m", "traceback": "THE TRACE"})
    body = {"trace": "{{ error.traceback }}", "error": "{{ error }}"}
    assert b"THE TRACE" not in render(of=failed, body=body).body
    assert json.loads(render(of=failed, endpoint={"traceback": True}, body=body).body)["trace"] == "THE TRACE"


# -- answers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("success", "status", "kind"),
    [
        (None, 204, Delivered),
        (None, 404, Permanent),
        (204, 204, Delivered),
        (204, 200, Retry),
        (["200-204", 409], 409, Delivered),
        ("2xx", 299, Delivered),
        (["3XX", 204], 302, Delivered),
        ("200", 500, Retry),
        ("200", 410, Permanent),
    ],
)
def test_which_statuses_are_a_success_can_be_said(success: Any, status: int, kind: Any) -> None:
    options = {} if success is None else {"success": success}
    outcome = channel("webhook", url=URL, webhook=options).judge(answer(status))
    assert isinstance(outcome, kind)
    assert outcome.status == status


def test_an_own_body_to_serverchan_is_sent_as_it_is() -> None:
    hook = channel("webhook", url="https://sctapi.ftqq.com/SCTkey.send", webhook={"body": {"title": "x" * 99}})
    assert len(json.loads(hook.render(message()).body)["title"]) == 99


# -- the config ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "path", "told"),
    [
        ({"body": {"a": [{"b": "{{ bakcup }}"}]}}, "webhook.body.a[0].b", 'did you mean "backup"?'),
        ({"body": '{"text": "{{ title }}"}'}, "webhook.body", 'as a JSON value: {"text": "{{ title }}"}'),
        ({"body": "{{ nope }}"}, "webhook.body", 'unknown field "nope"'),
        ({"body": "x", "content_type": "application/json"}, "webhook.body", "as a JSON value, not as text"),
        ({"body": "a=b", "content_type": "application/x-www-form-urlencoded"}, "webhook.body", 'write "form"'),
        ({"body": "{{", "content_type": "text/plain"}, "webhook.body", "unexpected"),
        ({"body": {"$if": "error"}}, "webhook.body.$if", "the whole body cannot depend"),
        ({"form": {"payload": {"text": "{{ titel }}"}}}, "webhook.form.payload.text", 'did you mean "title"?'),
        ({"query": {"a": "{{ titel }}"}}, "webhook.query.a", 'did you mean "title"?'),
        ({"body": {"a": 1}, "form": {"a": "1"}}, "webhook", "keep one of body and form"),
        ({"auth": {"user": "a"}, "token": "b"}, "webhook", 'keep one of "auth" and "token"'),
        ({"method": "CONNECT"}, "webhook.method", '"POST", "PUT"'),
        ({"method": "A B"}, "webhook.method", '"POST", "PUT"'),
        ({"content_type": "text"}, "webhook.content_type", "write a media type"),
        ({"format": "prometheus"}, "webhook.format", "alertmanager"),
        ({"success": []}, "webhook.success", "at least 1"),
        ({"success": ["2x"]}, "webhook.success[0]", 'write a status or a range of them: 204, "200-299" or "2xx"'),
        ({"success": "299-200"}, "webhook.success", "write a status or a range"),
        ({"boddy": 1}, "webhook.boddy", 'did you mean "body"?'),
    ],
)
def test_a_mistake_is_told_with_its_place(options: Any, path: str, told: str) -> None:
    found = problems(load_endpoints(hook(webhook=options)))
    assert told in found[f"[0].{path}"].remedy, found


@pytest.mark.parametrize(
    ("endpoint", "path", "told"),
    [
        ({"url": "https://{{ server.name }}/"}, "url", "host without templates"),
        ({"url": "https://a{{ server.name }}/"}, "url", "host without templates"),
        ({"url": "https://example.com:{{ backup.id }}/"}, "url", "host without templates"),
        ({"url": "{{ server.name }}"}, "url", "host without templates"),
        ({"url": "https://example.com/{{ nope }}"}, "url", 'unknown field "nope"'),
        ({"url": "https://example.com/a b{{ event }}"}, "url", "write a whole address"),
        ({"headers": {"X-A": "{{ nope }}"}}, "headers.X-A", 'unknown field "nope"'),
        ({"headers": {"HOST": "{{ server.name }}"}}, "headers", 'write "HOST" without templates'),
        ({"headers": {"Content-Length": "{{ backup.id }}"}}, "headers", 'write "Content-Length" without templates'),
    ],
)
def test_a_mistake_in_the_address_or_a_header_is_told_with_its_place(endpoint: Any, path: str, told: str) -> None:
    found = problems(load_endpoints(hook(**endpoint)))
    assert told in found[f"[0].{path}"].remedy, found
    assert found[f"[0].{path}"].fatal


def test_what_no_header_can_say_is_replaced() -> None:
    of = message(backup={"id": 7, "comment": "a\ud800\x7fb"})
    assert render(endpoint={"headers": {"X-A": "{{ backup.comment }}"}}, of=of).headers["X-A"] == "a? b"


def test_formats_and_methods_may_be_written_in_any_case() -> None:
    (endpoint,) = load_endpoints(hook(webhook={"format": "Prime-Backup", "method": "put"})).endpoints
    assert (endpoint.config.webhook.format, endpoint.config.webhook.method) == ("prime_backup", "PUT")


def test_secrets_of_the_request_are_masked() -> None:
    webhook = {
        "token": "bearer-secret",
        "query": {"key": "query-secret"},
        "body": {"channel": "general", "api_token": "body-secret"},
        "signing": {"scheme": "feishu", "secret": "signing-secret"},
    }
    (endpoint,) = load_endpoints(hook(webhook=webhook)).endpoints
    for secret in ("bearer-secret", "query-secret", "body-secret", "signing-secret"):
        assert endpoint.redact(f"it said {secret}") == "it said ***"
        assert secret not in repr(endpoint.config)
    assert endpoint.redact("the channel general") == "the channel general"


# -- whatever comes --------------------------------------------------------------------------------------------------

any_text = st.text(max_size=40) | st.sampled_from([EVIL, "x" * 40_000, "\u0000\ud800", "{{ title }}"])
OWN: Any = {
    "json": {
        "body": {
            "a": "{{ title }}",
            "b": "{{ extra }}",
            "c": "{{ backup.comment }}!",
            "d": [{"$if": "extra", "e": "{{ body }}"}],
        }
    },
    "form": {"form": {"a": "{{ title }}", "b": "{{ extra }}", "c": {"d": "{{ backup.comment }}"}}},
    "text": {"body": "{{ title }} {{ extra }} {{ backup.comment }}", "content_type": "text/plain"},
}


@examples(60)
@given(
    kind=st.sampled_from(sorted(OWN)),
    event=st.sampled_from(EventName),
    texts=st.builds(Texts, any_text, any_text, any_text),
    comment=any_text,
    extra=st.dictionaries(st.text(max_size=9), any_text | st.floats() | st.integers(), max_size=3),
)
def test_any_event_gives_a_request_that_http_and_its_format_allow(
    kind: str, event: EventName, texts: Texts, comment: str, extra: Any
) -> None:
    of = message(event.value, texts, backup={"id": 7, "comment": comment}, extra=extra)
    endpoint = {
        "url": "https://example.com/{{ backup.comment }}/{{ title }}",
        "headers": {"X-Title": "{{ title }} {{ backup.comment }}"},
    }
    request = render(of=of, endpoint=endpoint, query={"q": "{{ backup.comment }}"}, **OWN[kind])
    assert urlsplit(request.url).netloc == "example.com"
    assert request.url.isascii()
    assert request.url.isprintable()
    assert " " not in request.url
    assert not set("\r\n\0") & set(request.headers["X-Title"])
    if kind == "json":
        json.loads(request.body.decode("utf-8"), parse_constant=pytest.fail)
    elif kind == "form":
        parse_qs(request.body.decode("ascii"), strict_parsing=True)
    else:
        request.body.decode("utf-8")
    assert render(of=of, endpoint=endpoint, query={"q": "{{ backup.comment }}"}, **OWN[kind]) == request
