"""Slack: the incoming webhook and the bot."""

from __future__ import annotations

import html
import json
import re
import sys
from typing import Any, Dict, Iterator, List, Tuple

import pytest
from hypothesis import example, given
from pydantic import ValidationError

from prime_notify.channels.common.variables import VARIABLES
from prime_notify.channels.slack import answers
from prime_notify.channels.slack.layout import mention_text
from prime_notify.config.message_options import Mention
from prime_notify.model.fact import FactKind
from prime_notify.model.notification import Message
from prime_notify.model.outcome import Delivered, Permanent, Retry
from prime_notify.model.request import Request
from tests.support.examples import examples
from tests.support.hostile import HIDING, HOSTILE, MEGABYTE, Wild, wild
from tests.support.messages import answer, channel, failure, start, success
from tests.unit.channels.contract import load
from tests.unit.channels.refusals import SLACK_BOT, SLACK_REFUSALS, SLACK_WEBHOOK_REFUSALS

WEBHOOK = "https://hooks.slack.com/services/T0/B0/secret"
ACTIONS = [{"label": "Open the panel", "url": "https://panel.example.com/?a=1&b=2"}]
PREVIOUS = {"channel": "C0123456789", "ts": "1767323045.000100"}
MENTION = {"users": ["U0123456789"], "roles": ["S0123456789"], "all": True}


def webhook(**config: Any) -> Any:
    return channel("slack", url=WEBHOOK, **config)


def bot(lifecycle: str = "separate", **config: Any) -> Any:
    options = {**SLACK_BOT, **config.pop("slack", {})}
    return channel("slack", lifecycle=lifecycle, slack=options, **config)


def body(request: Request) -> Dict[str, Any]:
    document: Dict[str, Any] = json.loads(request.body)
    return document


def details(document: Dict[str, Any]) -> List[Dict[str, Any]]:
    blocks: List[Dict[str, Any]] = document["attachments"][0]["blocks"]
    return blocks


def texts_in(value: Any) -> Iterator[Dict[str, Any]]:
    """Every text object in a document."""
    if isinstance(value, dict) and value.get("type") in ("plain_text", "mrkdwn"):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from texts_in(inner)


def table_of(document: Dict[str, Any]) -> List[Tuple[str, str]]:
    """Label and value of every row, as a reader sees them."""
    cells = [cell["text"] for block in details(document) for cell in block.get("fields", ())]
    return [(label.strip("*"), html.unescape(value)) for label, value in zip(cells[::2], cells[1::2])]


def plain(text: str, **more: Any) -> Dict[str, Any]:
    return {"type": "plain_text", "text": text, **more}


def markup(text: str) -> Dict[str, Any]:
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def row(label: str, value: str) -> List[Dict[str, Any]]:
    return [markup(f"*{label}*"), plain(value)]


def time_of(message: Message) -> Dict[str, Any]:
    local = next(fact.value for fact in message.facts if fact.kind is FactKind.TIME)
    return markup(f"<!date^1767323045^{{date_num}} {{time_secs}}|{local}>")


# What is sent


def test_a_success_is_a_headline_and_a_table_beside_a_green_bar() -> None:
    message = success()
    first = [
        *row("Backup", "#42"),
        *row("Comment", "before the update"),
        *row("Operator", "Steve (player)"),
        *row("Took", "3m 12s"),
        *row("Size", "1.2 GiB (329.7 MiB stored)"),
    ]
    second = [*row("Files", "1,234"), *row("Targets", "world")]
    request = webhook().render(message)
    assert (request.method, request.url) == ("POST", WEBHOOK)
    assert body(request) == {
        "text": "✅ Backup #42 done — MyServer",
        "blocks": [{"type": "header", "text": plain("✅ Backup #42 done — MyServer", emoji=True)}],
        "attachments": [
            {
                "color": "#2eb67d",
                "blocks": [
                    {"type": "section", "fields": first},
                    {"type": "section", "fields": second},
                    {"type": "context", "elements": [plain("MyServer"), time_of(message)]},
                ],
            }
        ],
        "unfurl_links": False,
        "unfurl_media": False,
    }


def test_a_failure_shows_its_error_as_code_and_says_it_in_the_push() -> None:
    document = body(webhook().render(failure()))
    assert document["text"] == "❌ Backup failed — MyServer\nOSError: No space left on device"
    assert document["attachments"][0]["color"] == "#e01e5a"
    error = {"type": "section", "text": markup("*Error*\n```\nOSError: No space left on device\n```")}
    assert details(document)[0] == error


def test_a_message_that_explains_is_a_paragraph() -> None:
    document = body(webhook().render(failure(message="Look & see")))
    assert details(document)[1]["text"]["text"].endswith("\nLook &amp; see")


def test_chinese_labels_stand_in_a_chinese_message() -> None:
    assert ("备注", "before the update") in table_of(body(webhook().render(success(language="zh_cn"))))


def test_actions_are_buttons() -> None:
    button = {
        "type": "button",
        "action_id": "link_1",
        "text": plain("Open the panel", emoji=True),
        "url": "https://panel.example.com/?a=1&b=2",
    }
    assert {"type": "actions", "elements": [button]} in details(body(webhook(actions=ACTIONS).render(success())))


def test_a_traceback_goes_along_where_it_is_asked_for_and_keeps_its_end() -> None:
    error = {"type": "E", "message": "m", "traceback": "\n".join(f"line {n}" for n in range(2000))}
    sent = details(body(webhook(traceback=True).render(failure(error=error))))
    code = sent[-2]["text"]["text"]
    assert code.startswith("```\n…\nline ")
    assert code.endswith("line 1999\n```")
    assert 2900 < len(code) <= 3000
    assert "line" not in str(details(body(webhook().render(failure(error=error)))))


def test_those_who_are_to_be_called_are_called_on_failures_and_only_then() -> None:
    mentions = {"type": "section", "text": markup("<@U0123456789> <!subteam^S0123456789> <!channel>")}
    sender = webhook(mention=MENTION)
    assert body(sender.render(failure()))["blocks"][1] == mentions
    assert len(body(sender.render(success()))["blocks"]) == 1


def test_any_number_of_people_can_be_called() -> None:
    assert len(mention_text(Mention(users=[f"U{number:020}" for number in range(500)], all=True))) <= 3000


@pytest.mark.parametrize(
    ("icon", "sent"),
    [(":floppy_disk:", {"icon_emoji": ":floppy_disk:"}), ("https://h/i.png", {"icon_url": "https://h/i.png"})],
)
def test_the_sender_has_a_name_and_a_picture(icon: str, sent: Dict[str, str]) -> None:
    document = body(webhook(slack={"username": "Backups", "icon": icon}).render(success()))
    assert {name: document[name] for name in document if name.startswith(("icon", "user"))} == {
        "username": "Backups",
        **sent,
    }


def test_a_bot_posts_to_its_channel() -> None:
    request = bot(slack={"channel": "#backups", "username": "Backups"}).render(success())
    assert request.url == "https://slack.com/api/chat.postMessage"
    assert request.headers["Authorization"] == "Bearer xoxb-1"
    document = body(request)
    assert (document["channel"], document["username"]) == ("#backups", "Backups")
    assert (document["link_names"], document["parse"]) == (False, "none")


def test_a_bots_server_may_be_another() -> None:
    assert bot(url="http://localhost:8000/api/").render(success()).url == "http://localhost:8000/api/chat.postMessage"


# One task, one conversation


def test_an_end_replies_in_the_thread_of_its_start() -> None:
    request = bot("reply").render(success(previous=PREVIOUS))
    document = body(request)
    assert request.url.endswith("/chat.postMessage")
    assert (document["channel"], document["thread_ts"]) == (PREVIOUS["channel"], PREVIOUS["ts"])
    assert document["reply_broadcast"] is False


def test_a_reply_that_matters_is_shown_in_the_channel_too() -> None:
    assert body(bot("reply").render(failure(previous=PREVIOUS)))["reply_broadcast"] is True


def test_an_end_updates_the_message_of_its_start() -> None:
    request = bot("update", slack={"username": "Backups"}).render(success(previous=PREVIOUS))
    document = body(request)
    assert request.url.endswith("/chat.update")
    assert (document["channel"], document["ts"], document["parse"]) == (PREVIOUS["channel"], PREVIOUS["ts"], "none")
    assert not {"username", "thread_ts", "unfurl_links"} & {*document}


def test_who_is_called_is_called_by_a_reply_since_an_edit_rings_nobodys_phone() -> None:
    sender = bot("update", mention=MENTION)
    document = body(sender.render(failure(previous=PREVIOUS)))
    assert (document["thread_ts"], document["reply_broadcast"]) == (PREVIOUS["ts"], True)
    assert body(sender.render(success(previous=PREVIOUS)))["ts"] == PREVIOUS["ts"]


def test_a_failure_is_a_reply_and_updates_its_start_besides() -> None:
    sender, failed = bot("update"), failure(previous=PREVIOUS)
    document = body(sender.render(failed))
    assert (document["thread_ts"], document["reply_broadcast"]) == (PREVIOUS["ts"], True)
    update = sender.follow_up(failed)
    assert update.url.endswith("/chat.update")
    assert body(update)["ts"] == PREVIOUS["ts"]
    assert body(update)["attachments"] == document["attachments"]


def test_only_an_update_that_became_a_reply_is_followed_by_one() -> None:
    assert bot("update").follow_up(success(previous=PREVIOUS)) is None
    assert bot("update").follow_up(failure()) is None
    assert bot("reply").follow_up(failure(previous=PREVIOUS)) is None


@pytest.mark.parametrize(
    ("lifecycle", "previous"),
    [
        ("separate", PREVIOUS),
        ("reply", None),
        ("update", None),
        ("update", {}),
        ("reply", {"chat": "1", "message": "2"}),
        ("update", {**PREVIOUS, "channel": "C9999999999"}),
    ],
)
def test_without_a_start_in_the_same_channel_a_message_stands_alone(lifecycle: str, previous: Any) -> None:
    request = bot(lifecycle).render(success(previous=previous))
    assert request.url.endswith("/chat.postMessage")
    assert "thread_ts" not in body(request)


def test_a_channel_by_name_is_found_again_by_its_id() -> None:
    assert body(bot("update", slack={"channel": "#b"}).render(success(previous=PREVIOUS)))["ts"] == PREVIOUS["ts"]


@pytest.mark.parametrize(
    ("message", "ts"), [({}, "2.0"), ({"thread_ts": "1.0"}, "1.0"), (None, "2.0"), ({"thread_ts": ""}, "2.0")]
)
def test_the_receipt_says_where_the_thread_begins(message: Any, ts: str) -> None:
    outcome = bot().judge(answer(200, {"ok": True, "channel": "C1", "ts": "2.0", "message": message}))
    assert outcome == Delivered(200, receipt={"channel": "C1", "ts": ts})


def test_a_success_without_a_place_is_one_all_the_same() -> None:
    assert bot().judge(answer(200, {"ok": True, "ts": "1.0"})) == Delivered(200)


# What was typed


@pytest.fixture(scope="module")
def slack_sdk() -> Any:
    reason = "needs slack_sdk, whose models validate blocks"
    pytest.importorskip("slack_sdk.models.blocks", reason=reason)
    pytest.importorskip("slack_sdk.models.attachments", reason=reason)
    return sys.modules["slack_sdk.models"]


@examples(80)
@given(story=wild)
@example(story=MEGABYTE)
def test_any_message_is_within_the_limits_of_slacks_own_models(slack_sdk: Any, story: Wild) -> None:
    models, attachments = slack_sdk.blocks, slack_sdk.attachments
    document = body(bot(actions=ACTIONS * 5, traceback=True, mention=MENTION).render(story.message()))
    for blocks in (document["blocks"], details(document)):
        assert [block.to_dict() for block in models.Block.parse_all(blocks)] == blocks
        assert len(blocks) < 20
    (attachment,) = document["attachments"]
    parsed = models.Block.parse_all(attachment["blocks"])
    assert (
        attachments.BlockAttachment(blocks=parsed, color=attachment["color"]).to_dict()["blocks"]
        == attachment["blocks"]
    )
    assert set(attachment) == {"color", "blocks"}
    assert 0 < len(document["text"]) <= 500
    assert len(json.dumps(document, ensure_ascii=False)) < 13_000
    assert all(0 < len(text["text"]) <= 3000 for text in texts_in(document))


@examples(80)
@given(story=wild)
@example(story=MEGABYTE)
def test_nothing_that_was_typed_calls_links_or_breaks_out_of_its_place(story: Wild) -> None:
    document = body(webhook(traceback=True).render(story.message()))
    for text in [*(text["text"] for text in texts_in(document)), document["text"]]:
        tokens = re.findall("<([^>]*)>", text)
        assert [token for token in tokens if not token.startswith("!date^")] == []
        assert not re.search("&(?!amp;|lt;|gt;)", text)
        assert re.sub("<!date[^<>]*>", "", text).count("<") == 0
    for text in texts_in(document):
        if text["type"] == "mrkdwn" and not text["text"].startswith("<!date^"):
            assert text["verbatim"]
            assert re.fullmatch(r"\*L\w+\*|(\*L\w+\*\n)?```\n((?!```).)*\n```", text["text"], re.DOTALL)


@pytest.mark.parametrize("typed", [*HOSTILE, *HIDING])
def test_a_comment_is_read_as_it_was_typed(typed: str) -> None:
    message = success(backup={"id": 1, "comment": typed})
    shown = next(fact.value for fact in message.facts if fact.kind is FactKind.COMMENT)
    assert ("Comment", shown) in table_of(body(webhook().render(message)))


def test_the_last_facts_go_first_when_there_is_not_enough_room() -> None:
    error = {"type": "E", "message": "\n".join("x" * 400 for _ in range(20)), "traceback": "y" * 3000}
    message = failure(error=error, backup={"id": 7, "targets": ["z" * 200], "comment": "&" * 250})
    document = body(webhook(traceback=True).render(message))
    assert table_of(document)[0] == ("Backup", "#7")
    assert any("*Error*" in text["text"] for text in texts_in(document))


# What Slack answers


def test_a_webhooks_only_success_is_ok() -> None:
    assert webhook().judge(answer(200, b"ok")) == Delivered(200)


@pytest.mark.parametrize(
    ("sender", "value", "kind", "words"),
    [
        *((bot(), *refusal) for refusal in SLACK_REFUSALS),
        *((webhook(), *refusal) for refusal in SLACK_WEBHOOK_REFUSALS),
    ],
)
def test_a_refusal_behind_200_is_none_the_less_one(sender: Any, value: Any, kind: Any, words: str) -> None:
    outcome = sender.judge(answer(200, value))
    assert isinstance(outcome, kind)
    assert words in outcome.hint


PERMANENT = sorted({**answers._PERMANENT, **answers._NOTHING_WORKS})


@pytest.mark.parametrize("word", PERMANENT)
def test_what_no_retry_can_mend_is_permanent_and_says_what_to_do(word: str) -> None:
    outcome = bot().judge(answer(200, {"ok": False, "error": word}))
    assert isinstance(outcome, Permanent)
    assert outcome.reason == f"Slack refused: {word}"
    assert outcome.hint
    assert outcome.disable == (word in answers._NOTHING_WORKS)


@pytest.mark.parametrize(
    ("status", "word", "disables"),
    [
        (400, "invalid_payload", False),
        (400, "user_not_found", False),
        (403, "action_prohibited", False),
        (403, "invalid_token", True),
        (403, "posting_to_general_channel_denied", False),
        (403, "team_disabled", True),
        (404, "channel_not_found", False),
        (404, "no_active_hooks", True),
        (404, "no_service", True),
        (404, "no_team", True),
        (410, "channel_is_archived", True),
    ],
)
def test_a_webhooks_words_come_with_their_status(status: int, word: str, disables: bool) -> None:
    outcome = webhook().judge(answer(status, word.encode()))
    assert isinstance(outcome, Permanent)
    assert outcome.status == status
    assert word in outcome.reason
    assert outcome.disable is disables
    assert outcome.hint


@pytest.mark.parametrize(
    ("error", "after"),
    [
        ("fatal_error", None),
        ("internal_error", None),
        ("service_unavailable", None),
        ("update_failed", None),
        ("external_channel_migrating", 60),
        ("team_added_to_org", 3600),
    ],
)
def test_what_passes_is_tried_again(error: str, after: Any) -> None:
    outcome = bot().judge(answer(200, {"ok": False, "error": error}))
    assert isinstance(outcome, Retry)
    assert (outcome.after, outcome.throttled) == (after, False)


def test_a_webhooks_own_trouble_is_tried_again() -> None:
    assert isinstance(webhook().judge(answer(500, b"rollup_error")), Retry)


@pytest.mark.parametrize(
    ("status", "value", "headers", "after"),
    [
        (429, {"ok": False, "error": "ratelimited"}, {"retry-after": "30"}, 30),
        (429, b"rate_limited", {"retry-after": "1"}, 1),
        (429, b"", {"retry-after": "7"}, 7),
        (200, {"ok": False, "error": "rate_limited"}, {}, 60),
        (200, {"ok": False, "error": "message_limit_exceeded"}, {}, 3600),
    ],
)
def test_too_many_messages_slow_the_endpoint_down(status: int, value: Any, headers: Any, after: float) -> None:
    for sender in (bot(), webhook()):
        outcome = sender.judge(answer(status, value, headers))
        assert isinstance(outcome, Retry)
        assert outcome.throttled
        assert outcome.after == after


@pytest.mark.parametrize("error", sorted(answers._GONE_WORDS))
def test_an_end_whose_start_is_gone_is_sent_as_a_message_of_its_own(error: str) -> None:
    outcome = bot("update").judge(answer(200, {"ok": False, "error": error}))
    assert isinstance(outcome, Retry)
    assert outcome.separately


def test_a_word_that_is_not_known_is_told_as_it_is() -> None:
    outcome = bot().judge(answer(200, {"ok": False, "error": "brand_new_error"}))
    assert outcome == Permanent(
        "Slack refused: brand_new_error", 200, hint="see docs.slack.dev/reference/methods/chat.postMessage"
    )
    outcome = webhook().judge(answer(400, b"brand_new_error"))
    assert isinstance(outcome, Permanent)
    assert "brand_new_error" in outcome.reason


def test_the_token_is_in_no_repr() -> None:
    sender = bot()
    assert "xoxb" not in repr(sender.render(start())) + repr(sender.endpoint)


# The config


@pytest.mark.parametrize(
    ("config", "remedy"),
    [
        ({}, 'write the webhook\'s address as "url"'),
        ({"slack": {"bot_token": "xoxb-1"}}, "name the channel"),
        ({"slack": {"channel": "C1"}}, 'write the webhook\'s address as "url"'),
        ({"url": WEBHOOK, "slack": SLACK_BOT}, 'leave out "url"'),
        ({"url": WEBHOOK, "lifecycle": "reply"}, "can neither reply nor update; a bot can do both"),
        ({"url": WEBHOOK, "lifecycle": "update"}, 'leave out "lifecycle"'),
        ({"url": WEBHOOK, "slack": {"icon": "floppy"}}, ":floppy_disk:"),
        ({"url": WEBHOOK, "mention": {"users": ["@steve"]}}, "ids of members"),
        ({"url": WEBHOOK, "mention": {"roles": ["admins"]}}, "ids of user groups"),
        ({"url": WEBHOOK, "slack": {"emoji": ":x:"}}, "not permitted"),
    ],
)
def test_a_wrong_config_says_what_to_write(config: Dict[str, Any], remedy: str) -> None:
    with pytest.raises(ValidationError, match=re.escape(remedy)) as error:
        channel("slack", **config)
    assert "xoxb-1" not in str(error.value)


# Servers that resemble Slack, and workflows

OWN_SERVER = "https://chat.example.com/hooks/a0123456789b"
WORKFLOWS = ["https://hooks.slack.com/workflows/T1/A1/1/x", "https://hooks.slack.com/triggers/T1/1/x"]


@pytest.mark.parametrize(
    "value",
    [b"ok", b"\xef\xbb\xbfok\n", {"success": True}, {"ok": True}, {"result": "success", "msg": ""}],
    ids=["mattermost", "with a mark", "rocket.chat", "zulip", "zulip's own"],
)
def test_a_server_that_resembles_slack_says_yes_in_its_own_way(value: Any) -> None:
    assert channel("slack", url=OWN_SERVER).judge(answer(200, value)) == Delivered(200)


@pytest.mark.parametrize(
    ("status", "value", "kind", "text"),
    [
        (400, {"success": False, "error": "Invalid integration"}, Permanent, "Invalid integration"),
        (200, {"success": False, "error": "channel missing"}, Retry, "channel missing"),
        (200, {"success": True, "error": "channel missing"}, Retry, "channel missing"),
        (200, {"result": "error", "msg": "Invalid API key"}, Retry, "Invalid API key"),
        (404, {"id": "web.incoming", "message": "Invalid webhook", "status_code": 404}, Permanent, "Invalid webhook"),
        (200, {"ok": False, "error": "no_service"}, Permanent, "no_service"),
        (200, b"<html>login</html>", Retry, "this is not how Slack answers"),
    ],
)
def test_a_server_that_resembles_slack_says_no_in_its_own_words(status: int, value: Any, kind: Any, text: str) -> None:
    outcome = channel("slack", url=OWN_SERVER).judge(answer(status, value))
    assert isinstance(outcome, kind)
    assert text in outcome.reason


@pytest.mark.parametrize("value", [{"ok": True}, {"success": True}, {"result": "success"}])
def test_slack_itself_says_ok_only(value: Any) -> None:
    assert not isinstance(webhook().judge(answer(200, value)), Delivered)


@pytest.mark.parametrize("url", WORKFLOWS)
def test_a_workflow_gets_flat_variables(url: str) -> None:
    request = channel("slack", url=url, mention={"users": ["U0123456789"]}).render(failure())
    document = body(request)
    assert tuple(document) == VARIABLES
    assert all(isinstance(value, str) and len(value) <= 3000 for value in document.values())
    assert (document["event"], document["status"], document["server"]) == ("backup_failure", "failure", "MyServer")
    assert document["error"] == "No space left on device"
    assert document["backup_id"] == ""
    assert body(channel("slack", url=url).render(success()))["comment"] == "before the update"


@pytest.mark.parametrize("url", WORKFLOWS)
@pytest.mark.parametrize(
    ("status", "value", "kind"),
    [
        (200, {"ok": True}, Delivered),
        (200, b"ok", Delivered),
        (200, {"ok": True, "error": "invalid_input"}, Retry),
        (200, {"ok": False, "error": "trigger_not_found"}, Permanent),
        (400, {"ok": False, "error": "parameter_validation_failed"}, Permanent),
        (200, b"", Retry),
    ],
)
def test_a_workflow_answers_as_it_does(url: str, status: int, value: Any, kind: Any) -> None:
    assert isinstance(channel("slack", url=url).judge(answer(status, value)), kind)


@pytest.mark.parametrize(("url", "ignored"), [(WEBHOOK, True), ("https://chat.example.com/hooks/secret", False)])
def test_a_webhook_may_name_a_channel_and_the_owner_hears_where_slack_ignores_it(url: str, ignored: bool) -> None:
    sender = channel("slack", url=url, slack={"channel": "#backups"})
    assert body(sender.render(success()))["channel"] == "#backups"
    found = list(sender.endpoint.warnings())
    assert [location for location, _ in found] == ([("slack", "channel")] if ignored else [])
    assert all("Slack ignores it" in remedy and "Slack 会忽略" in remedy.chinese for _, remedy in found)


def test_options_that_a_workflow_ignores_are_named() -> None:
    url, options = WORKFLOWS[1], {"mention": {"users": ["U0123456789"]}, "slack": {"username": "B"}}
    found = load({"name": "a", "type": "slack", "url": url, **options}).problems
    places = [problem.path for problem in found]
    assert places == ["notification.endpoints[0].mention", "notification.endpoints[0].slack.username"]
    assert load({"name": "a", "type": "slack", "url": WEBHOOK, **options}).problems == ()
