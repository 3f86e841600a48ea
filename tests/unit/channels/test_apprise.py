"""The library Apprise as a channel."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys
import warnings
from typing import Any, Dict

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from pydantic import ValidationError

from prime_notify.model.notification import Texts
from prime_notify.model.outcome import Delivered, Permanent, Retry
from prime_notify.model.request import AppriseRequest
from prime_notify.transport.apprise import AppriseTransport
from tests.support.examples import examples
from tests.support.messages import TEXTS, answer, channel, message
from tests.support.receiver import Answer, Receiver

URLS = ["mailto://user:password@example.com", "json://host/token"]
ERROR = {"type": "OSError", "message": "disk full", "traceback": "Traceback:\n  ```THE TRACE```"}
ACTIONS = [{"label": "Docs [1]", "url": "https://example.com/a(b)"}, {"label": "Map", "url": "https://example.com/m"}]
BROKEN = "\u200b"


def apprise(urls: Any = URLS, format: str = "text", **config: Any) -> Any:
    return channel("apprise", apprise={"urls": urls, "format": format}, **config)


def rendered(sender: Any, event: str = "backup_success", **more: Any) -> AppriseRequest:
    return sender.render(message(event, **more))


# -- what is sent ----------------------------------------------------------------------------------------------------


def test_title_text_and_kind_go_to_every_url() -> None:
    assert rendered(apprise()) == AppriseRequest(
        urls=tuple(URLS),
        title=TEXTS.title,
        body=TEXTS.body,
        kind="success",
        format="text",
        id="01KDYZV9ZE0000000000000000 test",
        receipt={"taken": ""},
    )


@pytest.mark.parametrize(
    ("event", "more", "kind"),
    [
        ("backup_start", {}, "info"),
        ("backup_success", {"severity": "warning"}, "warning"),
        ("backup_aborted", {}, "warning"),
        ("restore_failure", {}, "failure"),
    ],
)
def test_the_kind_follows_the_tone(event: str, more: Dict[str, Any], kind: str) -> None:
    assert rendered(apprise(), event, **more).kind == kind


def test_markdown_is_sent_where_it_is_asked_for() -> None:
    request = rendered(apprise(format="markdown"))
    assert (request.body, request.format) == (TEXTS.desp, "markdown")


def test_links_follow_the_text() -> None:
    assert rendered(apprise(actions=ACTIONS)).body == (
        f"{TEXTS.body}\n\nDocs [1]: https://example.com/a(b)\nMap: https://example.com/m"
    )
    html = MarkdownIt().render(rendered(apprise(format="markdown", actions=ACTIONS)).body)
    assert '<a href="https://example.com/a%28b%29">Docs [1]</a> · <a href="https://example.com/m">Map</a>' in html


@pytest.mark.parametrize("format", ["text", "markdown"])
def test_a_traceback_goes_where_it_is_asked_for(format: str) -> None:
    quiet = rendered(apprise(format=format), "backup_failure", error=ERROR)
    assert "THE TRACE" not in quiet.body
    body = rendered(apprise(format=format, traceback=True), "backup_failure", error=ERROR).body
    assert body.endswith(ERROR["traceback"] if format == "text" else f"````\n{ERROR['traceback']}\n````")
    long = {**ERROR, "traceback": "x" * 100_000 + "THE END"}
    body = rendered(apprise(format=format, traceback=True), "backup_failure", error=long).body
    assert "THE END" in body
    assert len(body) < 5000
    assert rendered(apprise(format=format, traceback=True)).body in (TEXTS.body, TEXTS.desp)


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("@everyone", f"@{BROKEN}everyone"),
        ("<!channel> <@U1> <b>", f"<{BROKEN}!channel> <{BROKEN}@{BROKEN}U1> <{BROKEN}b>"),
        ("[x](http://evil)", f"[x]{BROKEN}(http://evil)"),
        ("[CQ:at,qq=all]", f"[{BROKEN}CQ:at,qq=all]"),
        ("a < b @ c [d] (e)", "a < b @ c [d] (e)"),
    ],
)
@pytest.mark.parametrize("format", ["text", "markdown"])
def test_what_somebody_typed_calls_nobody_and_forges_nothing(typed: str, sent: str, format: str) -> None:
    request = rendered(apprise(format=format), texts=Texts(typed, f"{typed}\nmore", f"{typed}\nmore"))
    assert request.title == sent
    assert request.body == f"{sent}\nmore"


def test_the_title_is_one_line_and_there_is_always_a_text() -> None:
    assert rendered(apprise(), texts=Texts("a\nb " * 200, "", "")).title == ("a b " * 63)[:249].strip() + "…"
    assert rendered(apprise(), texts=Texts("a\nb", " ", "")).body == "a b"
    assert rendered(apprise(), texts=Texts("", "", "")).body == "backup_success"


@examples(80)
@given(
    texts=st.builds(
        Texts,
        *[
            st.text(st.characters(codec=None), max_size=60)
            | st.sampled_from(["@a" * 500_000, "备" * 50_000, "\ud800" * 50_000, "👩‍👧" * 9000])
        ]
        * 3,
    ),
    trace=st.text(st.characters(codec=None), max_size=60) | st.just("`" * 100_000),
    format=st.sampled_from(["text", "markdown"]),
)
def test_any_message_is_within_bounds(texts: Texts, trace: str, format: str) -> None:
    sender = apprise(format=format, traceback=True, actions=ACTIONS)
    request = rendered(sender, "backup_failure", texts=texts, error={**ERROR, "traceback": trace})
    assert len(request.title) <= 250
    assert 0 < len(request.body.encode("utf-8")) < 64 * 1024
    request.title.encode("utf-8")


# -- answers ---------------------------------------------------------------------------------------------------------


def judged(*states: Any, said: str = "", status: int = 1) -> Any:
    urls = [f"json://host/{number}" for number in range(len(states))]
    results = [
        {"service": "json", "state": state, "said": said} if isinstance(state, str) else state for state in states
    ]
    return apprise(urls).judge(answer(status, {"urls": results}))


def test_delivered_is_what_every_url_took() -> None:
    assert judged("delivered", status=0) == Delivered()
    assert judged("delivered", "delivered", status=0) == Delivered(detail="2 URLs")


@pytest.mark.parametrize(
    ("state", "said", "kind", "hint"),
    [
        ("failed", "A Connection error occurred", Retry, "check this URL"),
        ("failed", "Failed to send JSON notification: Unauthorized, error=401.", Permanent, "token"),
        ("failed", "Failed to send: error=404.", Permanent, "revoked"),
        ("failed", "Failed to send: error=302.", Permanent, "final URL"),
        ("failed", "Failed to send: error=500.", Retry, "service itself"),
        ("failed", "", Retry, "check this URL"),
        ("unusable", "Unparseable URL", Permanent, "check this URL against"),
        ("unfinished", "no answer within 5 s", Retry, "larger timeout"),
        ("missing", "", Retry, "pip install"),
        ("whatever", "", Retry, "check this URL"),
        ({"state": ["failed"]}, "", Retry, "check this URL"),
        (None, "", Retry, "check this URL"),
    ],
)
def test_what_the_state_of_a_url_means(state: Any, said: str, kind: Any, hint: str) -> None:
    outcome = judged(state, said=said)
    assert isinstance(outcome, kind)
    assert outcome.status is None
    assert hint in outcome.hint
    if isinstance(state, str):
        assert outcome.reason == f"json: {said or 'failed without a reason'}"


def test_one_url_that_failed_is_told_and_worth_another_try_while_any_is() -> None:
    outcome = judged("delivered", "failed", said="error=404")
    assert isinstance(outcome, Permanent)
    assert outcome.reason == "1 of 2 URLs got nothing: URL 2, json: error=404"
    outcome = judged({"service": "json", "state": "failed", "said": "error=404"}, "failed", said="oops")
    assert isinstance(outcome, Retry)
    assert outcome.reason == "2 of 2 URLs got nothing: URL 1, json: error=404; URL 2, json: oops"
    assert len(judged(*["failed"] * 20, said="x" * 500).reason) < 500


def test_a_service_that_slows_us_down_slows_the_endpoint_when_it_is_the_only_reason() -> None:
    limit = {"service": "json", "state": "failed", "said": "error=429"}
    assert judged(limit, "delivered").throttled
    assert not judged(limit, "failed").throttled


def test_an_endpoint_whose_urls_are_all_gone_is_switched_off() -> None:
    assert judged("failed", "failed", said="error=410").disable
    assert not judged("failed", "delivered", said="error=410").disable
    assert not judged("failed", {"state": "unusable"}, said="error=410").disable


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", {"urls": []}, {"urls": "ok"}, {"urls": [1, 2]}])
def test_what_is_no_result_is_no_success(body: Any) -> None:
    outcome = apprise(["json://host"]).judge(answer(0, body))
    assert isinstance(outcome, Retry)
    assert outcome.hint


# -- configuration ---------------------------------------------------------------------------------------------------


def test_a_single_url_is_a_list_of_one() -> None:
    assert rendered(apprise("json://host/token")).urls == ("json://host/token",)


@pytest.mark.parametrize(
    "written",
    [
        "json://h1/a, json://h2/b",
        "json://h1/a json://h2/b",
        "json://h1/a,json://h2/b;",
        " json://h1/a\njson://h2/b\n",
        ["json://h1/a, json://h2/b"],
        ["json://h1/a", "json://h2/b"],
    ],
)
def test_several_urls_in_one_string_are_several(written: Any) -> None:
    assert rendered(apprise(written)).urls == ("json://h1/a", "json://h2/b")


def test_a_comma_inside_of_a_url_separates_nothing() -> None:
    url = "mailto://user:pass@example.com?to=a@example.com,b@example.com"
    assert rendered(apprise(url)).urls == (url,)


@pytest.mark.parametrize(
    ("options", "remedy"),
    [
        ({}, "urls"),
        ({"urls": []}, "at least 1"),
        ({"urls": ["json://h"] * 21}, "at most 20"),
        ({"urls": ["example.com"]}, "whole URLs"),
        ({"urls": ["json://"]}, "whole URLs"),
        ({"urls": ["json://a\u202eb"]}, "whole URLs"),
        ({"urls": ["feishu://token"]}, '"type": "feishu"'),
        ({"urls": ["json://h", "LARK://token"]}, '"type": "lark"'),
        ({"urls": ["dingtalk://token"]}, '"type": "dingtalk"'),
        ({"urls": ["wecombot://key"]}, '"type": "wecom"'),
        ({"urls": ["schan://key"]}, '"type": "serverchan"'),
        ({"urls": ["barks://host/key"]}, '"type": "bark"'),
        ({"urls": ["https://open.feishu.cn/open-apis/bot/v2/hook/x"]}, '"type": "feishu"'),
        ({"urls": ["json://h"], "format": "html"}, "text"),
        ({"urls": ["json://h"], "tag": "x"}, "not permitted"),
    ],
)
def test_a_wrong_config_says_what_to_write(options: Dict[str, Any], remedy: str) -> None:
    with pytest.raises(ValidationError, match=remedy) as caught:
        channel("apprise", apprise=options)
    assert "token" not in str(caught.value)


def test_without_the_library_the_config_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(ValidationError, match='pip install "apprise'):
        apprise()


@pytest.mark.parametrize(("version", "fits"), [("1.9.0", False), ("2.1", False), ("2.2.0", True), ("10.0rc1", True)])
def test_a_library_that_is_too_old_is_told_of(version: str, fits: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.metadata, "version", lambda name: version)
    if fits:
        apprise()
    else:
        with pytest.raises(ValidationError, match="too old: pip install"):
            apprise()


def test_a_library_of_unknown_version_is_taken_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", unknown)
    apprise()


def test_the_config_is_checked_without_importing_the_library() -> None:
    code = (
        "import sys; from tests.support.messages import channel; "
        "channel('apprise', apprise={'urls': ['json://h']}); print('apprise' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout.strip() == b"False"


# -- with the real library -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "kind"),
    [(200, Delivered), (302, Permanent), (401, Permanent), (404, Permanent), (429, Retry), (500, Retry)],
)
def test_what_a_real_service_answers_comes_through_the_library(status: int, kind: Any) -> None:
    with warnings.catch_warnings(), Receiver() as receiver:
        warnings.simplefilter("ignore")  # what Apprise's many plugins import may be deprecated
        receiver.behave(Answer(status, {"Location": receiver.url("/elsewhere")}))
        sender = apprise([f"json://127.0.0.1:{receiver.port}/hook"])
        transport = AppriseTransport()
        response = transport.send(rendered(sender), timeout=60)
        transport.close()
    outcome = sender.judge(response)
    assert isinstance(outcome, kind)
    (request,) = receiver.requests
    assert (request.json()["title"], request.json()["message"]) == (TEXTS.title, TEXTS.body)
