"""PushPlus."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any, List, Set, Tuple

import pytest
from hypothesis import given
from markdown_it import MarkdownIt
from pydantic import ValidationError

from prime_notify.model.outcome import Delivered, Retry
from tests.support.examples import examples
from tests.support.hostile import HOSTILE, wild_messages
from tests.support.messages import ACTIONS, answer, channel, detailed, failed, message, sent
from tests.unit.channels.refusals import PUSHPLUS_REFUSALS

NOON_IN_CHINA = 1_767_326_400.0  # 2026-01-02 12:00 +08:00


def pushplus(options: Any = None, **config: Any) -> Any:
    return channel("pushplus", pushplus={"token": "t0ken", **(options or {})}, **config)


class Page(HTMLParser):
    """The tags, links and text of a page, as an independent parser sees them."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: Set[str] = set()
        self.links: List[str] = []
        self.text = ""
        self.attributes: Set[str] = set()
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: List[Tuple[str, Any]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_page_has_the_title_in_colour_and_the_facts_in_a_table() -> None:
    request = pushplus().render(detailed("backup_start", server=None, cost_s=None, backup={"comment": "raid"}))
    assert (request.method, request.url) == ("POST", "https://www.pushplus.plus/send")
    document = json.loads(request.body)
    page = document.pop("content")
    assert document == {"token": "t0ken", "template": "html", "title": "⏳ Backup started"}
    assert page.startswith(
        '<h3 style="margin:0 0 12px;padding:10px 14px;border-radius:6px;color:#fff;background:#3b82f6">'
    )
    assert Page(page).text.startswith("⏳ Backup startedCommentraidOperatorSteve (player)Time")
    assert page.count("<tr>") == 2


def test_every_option_goes_along_in_pushplus_own_spelling() -> None:
    options = {"topic": "ops", "template": "txt", "channel": "webhook", "webhook": "w1", "to": "f1,f2"}
    document = sent(pushplus(options), detailed())
    assert {name: document[name] for name in options} == options


def test_actions_are_links_and_a_traceback_keeps_its_lines() -> None:
    page = Page(sent(pushplus(actions=ACTIONS, traceback=True), failed())["content"])
    assert page.links == ["https://panel.example.com/x", "https://docs.example.com"]
    assert "Traceback (most recent call last):\n  boom()\nOSError" in page.text


def test_markdown_is_a_list() -> None:
    text = sent(pushplus({"template": "markdown"}, actions=ACTIONS[:1], traceback=True), failed())["content"]
    head, items, trace, links = text.split("\n\n")
    assert head == "### ❌ Backup #42 failed — Survival"
    assert items.split("\n")[:2] == ["- **Error**: OSError: disk full", "- **Comment**: before the raid"]
    assert trace.split("\n")[-1] == "> OSError  "
    assert links == "[Panel](https://panel.example.com/x)"


def test_further_lines_are_indented() -> None:
    message = failed(error={"type": "E", "message": "one\ntwo"})
    assert "\n- **Error**: E: one\n  - two\n" in sent(pushplus({"template": "markdown"}), message)["content"]
    assert "Error: E: one\n  two\n" in sent(pushplus({"template": "txt"}), message)["content"]
    assert "E: one<br>two</div>" in sent(pushplus(), message)["content"]


def test_text_is_a_line_for_each_fact_in_the_messages_language() -> None:
    text = sent(pushplus({"template": "txt"}, actions=ACTIONS[:1], traceback=True), failed("zh_cn"))["content"]
    assert "\n备份：#42\n" in f"\n{text}"
    assert text.endswith("\nOSError\nPanel：https://panel.example.com/x")


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_is_typed_is_text_in_html(hostile: str) -> None:
    message = failed(
        backup={"comment": hostile},
        error={"type": "E", "message": f"a\n{hostile}", "traceback": hostile},
        server={"running": True, "name": hostile},
    )
    document = sent(pushplus(traceback=True), message)
    page = Page(document["content"])
    assert page.tags == {"h3", "div", "br", "table", "tr", "td", "pre"}
    assert page.attributes == {"style"}
    assert f"Comment{' '.join(hostile.split())}Operator" in page.text
    assert not set(document["title"]) & set("<>")


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_is_typed_is_text_in_markdown(hostile: str) -> None:
    error = {"type": "E", "message": f"a\n{hostile}", "traceback": hostile}
    text = sent(pushplus({"template": "markdown"}, traceback=True), failed(backup={"comment": hostile}, error=error))
    for token in MarkdownIt("gfm-like").parse(text["content"]):
        kind = token.type.rpartition("_")[0]
        assert kind in ("heading", "bullet_list", "list_item", "paragraph", "blockquote", "")
        kinds = {child.type for child in token.children or []}
        assert kinds <= {"text", "strong_open", "strong_close", "softbreak", "hardbreak"}


@examples(60)
@given(message=wild_messages)
def test_titles_and_contents_keep_within_the_limits(message: Any) -> None:
    for template in ("html", "markdown", "txt"):
        request = pushplus({"template": template}, traceback=True, actions=ACTIONS).render(message)
        document = json.loads(request.body.decode("utf-8"))
        assert 0 < len(document["title"]) <= 100
        assert 0 < len(document["content"]) <= 20_000


def test_text_without_facts_repeats_the_title() -> None:
    assert sent(pushplus({"template": "txt"}), message())["content"] == "Backup #7 done"


def test_success_is_code_200() -> None:
    assert pushplus().judge(answer(200, {"code": 200, "msg": "请求成功", "data": "07"})) == Delivered(200)


@pytest.mark.parametrize(("value", "kind", "hint"), PUSHPLUS_REFUSALS)
def test_every_refusal_says_what_to_do(value: Any, kind: Any, hint: str) -> None:
    outcome = pushplus().judge(answer(200, value))
    assert isinstance(outcome, kind)
    assert hint in outcome.hint


@pytest.mark.parametrize(
    ("received_at", "after"), [(NOON_IN_CHINA, 43_500.0), (NOON_IN_CHINA + 43_199, 301.0), (0.0, 86_400.0)]
)
def test_a_restricted_account_rests_until_the_next_day_in_china(received_at: float, after: float) -> None:
    outcome = pushplus().judge(answer(200, {"code": 900, "msg": "用户账号使用受限"}, received_at=received_at))
    assert isinstance(outcome, Retry)
    assert (outcome.throttled, outcome.after) == (True, after)


@pytest.mark.parametrize(
    ("config", "remedy"),
    [
        ({}, "write the token"),
        ({"url": "http://127.0.0.1:8000/send"}, "write the token"),
        ({"pushplus": {"token": "t", "template": "json"}}, "'html', 'markdown' or 'txt'"),
        ({"pushplus": {"token": "t", "chanel": "mail"}}, "not permitted"),
    ],
)
def test_a_wrong_config_says_what_to_write(config: Any, remedy: str) -> None:
    with pytest.raises(ValidationError, match=remedy):
        channel("pushplus", **config)


def test_the_token_may_stand_in_the_url() -> None:
    url = "https://www.pushplus.plus/send/t0ken"
    request = channel("pushplus", url=url).render(detailed())
    assert request.url == url
    assert "token" not in json.loads(request.body)
