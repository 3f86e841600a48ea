"""Discord."""

from __future__ import annotations

import json
import re
from typing import Any, Dict, List
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from pydantic import ValidationError

from prime_notify.channels.discord import answers
from prime_notify.channels.discord.layout import escape, mention_text
from prime_notify.config.message_options import Mention
from prime_notify.model.fact import FactKind
from prime_notify.model.outcome import Delivered, Permanent, Retry
from prime_notify.model.request import Request
from prime_notify.text.clean import clean_text
from prime_notify.text.plain import plain
from tests.support.examples import examples
from tests.support.hostile import HIDING, HOSTILE, MEGABYTE, Wild, wild
from tests.support.messages import NOW, answer, channel, failure, start, success
from tests.unit.channels.refusals import DISCORD_REFUSALS

WEBHOOK = "https://discord.com/api/webhooks/111/secret"
ACTIONS = [{"label": "Open the panel", "url": "https://panel.example.com/?a=1&b=2"}]
PREVIOUS = {"message": "1357924680135792468", "channel": "1234567890123456789"}
USER, ROLE, THREAD = "123456789012345678", "223456789012345678", "323456789012345678"
MENTION = {"users": [USER], "roles": [ROLE], "all": True}


def discord(lifecycle: str = "separate", url: str = WEBHOOK, **config: Any) -> Any:
    return channel("discord", url=url, lifecycle=lifecycle, **config)


def forum(lifecycle: str = "separate", **config: Any) -> Any:
    return discord(lifecycle, discord={"forum": True}, **config)


def body(request: Request) -> Dict[str, Any]:
    document: Dict[str, Any] = json.loads(request.body)
    return document


def query(request: Request) -> Dict[str, List[str]]:
    return parse_qs(urlsplit(request.url).query)


def field(name: str, value: str, *, inline: bool = True) -> Dict[str, Any]:
    return {"name": name, "value": value, "inline": inline}


# What is sent


def test_a_success_is_an_embed_with_fields_beside_a_green_bar() -> None:
    request = discord().render(success())
    assert (request.method, request.url) == ("POST", f"{WEBHOOK}?wait=true&with_components=true")
    assert body(request) == {
        "content": "",
        "embeds": [
            {
                "title": "✅ Backup #42 done — MyServer",
                "color": 0x2EB67D,
                "fields": [
                    field("Backup", "#42"),
                    field("Comment", "before the update", inline=False),
                    field("Operator", "Steve (player)"),
                    field("Took", "3m 12s"),
                    field("Size", "1.2 GiB (329.7 MiB stored)"),
                    field("Files", "1,234"),
                    field("Targets", "world"),
                ],
                "timestamp": "2026-01-02T03:04:05.678+00:00",
                "footer": {"text": "MyServer"},
            }
        ],
        "components": [],
        "allowed_mentions": {"parse": [], "users": [], "roles": []},
    }


def test_a_failure_shows_its_error_as_code() -> None:
    embed = body(discord().render(failure()))["embeds"][0]
    assert embed["color"] == 0xE01E5A
    assert embed["description"].startswith("```\nOSError: No space left on device\n```\nThe disk is full")


def test_a_message_that_explains_is_the_description() -> None:
    embed = body(discord().render(failure(message="Raise save_world_max_wait")))["embeds"][0]
    assert embed["description"].endswith("\nRaise save\\_world\\_max\\_wait")


def test_chinese_labels_stand_in_a_chinese_message() -> None:
    embed = body(discord().render(success(language="zh_cn")))["embeds"][0]
    assert field("备注", "before the update", inline=False) in embed["fields"]


def test_actions_are_link_buttons() -> None:
    document = body(discord(actions=ACTIONS).render(success()))
    button = {"type": 2, "style": 5, "label": "Open the panel", "url": "https://panel.example.com/?a=1&b=2"}
    assert document["components"] == [{"type": 1, "components": [button]}]


def test_a_traceback_stands_in_an_embed_of_its_own_and_keeps_its_end() -> None:
    error = {"type": "E", "message": "m", "traceback": "\n".join(f"line {n}" for n in range(2000))}
    trace = body(discord(traceback=True).render(failure(error=error)))["embeds"][1]
    assert trace["color"] == 0xE01E5A
    assert trace["description"].startswith("```\n…\nline ")
    assert trace["description"].endswith("line 1999\n```")
    assert 4000 < len(trace["description"]) <= 4096
    assert len(body(discord().render(failure(error=error)))["embeds"]) == 1


def test_those_who_are_to_be_called_are_called_on_failures_and_only_they() -> None:
    sender = discord(mention=MENTION)
    document = body(sender.render(failure()))
    assert document["content"] == f"<@{USER}> <@&{ROLE}> @everyone"
    assert document["allowed_mentions"] == {"parse": ["everyone"], "users": [USER], "roles": [ROLE]}
    assert body(sender.render(success()))["content"] == ""


@pytest.mark.parametrize(("users", "roles"), [(300, 0), (0, 300), (300, 300), (40, 40)])
def test_any_number_of_people_can_be_called_and_each_of_them_is_admitted(users: int, roles: int) -> None:
    mention = {"users": [f"{USER}{n:02}" for n in range(users)], "roles": [f"{ROLE}{n:02}" for n in range(roles)]}
    mention = {name: [id[-20:] for id in ids] for name, ids in mention.items()}
    document = body(discord(mention=mention).render(failure()))
    assert len(document["content"]) <= 2000
    admitted = document["allowed_mentions"]
    assert re.findall(r"<@(\d+)>", document["content"]) == admitted["users"]
    assert re.findall(r"<@&(\d+)>", document["content"]) == admitted["roles"]
    assert len(admitted["users"]) <= 100
    assert len(admitted["roles"]) <= 100


def test_the_sender_has_a_name_and_a_picture() -> None:
    options = {"username": "Backups", "avatar_url": "https://example.com/a.png"}
    document = body(discord(discord=options).render(success()))
    assert {name: document[name] for name in options} == options


@pytest.mark.parametrize(
    ("url", "options", "sent_to"),
    [
        (f"{WEBHOOK}/", {}, f"{WEBHOOK}?wait=true&with_components=true"),
        (WEBHOOK, {"thread_id": THREAD}, f"{WEBHOOK}?wait=true&with_components=true&thread_id={THREAD}"),
        (f"{WEBHOOK}?thread_id={THREAD}", {}, f"{WEBHOOK}?thread_id={THREAD}&wait=true&with_components=true"),
        (f"{WEBHOOK}?wait=false", {}, f"{WEBHOOK}?wait=true&with_components=true"),
        (
            "http://localhost:1/api/webhooks/1/t",
            {},
            "http://localhost:1/api/webhooks/1/t?wait=true&with_components=true",
        ),
    ],
)
def test_where_it_is_sent(url: str, options: Dict[str, Any], sent_to: str) -> None:
    assert discord(url=url, discord=options).render(success()).url == sent_to


# One task, one conversation


def test_an_end_updates_the_message_of_its_start() -> None:
    request = discord("update", discord={"username": "Backups"}).render(success(previous=PREVIOUS))
    assert request.method == "PATCH"
    assert request.url == f"{WEBHOOK}/messages/{PREVIOUS['message']}?wait=true&with_components=true"
    document = body(request)
    assert "username" not in document
    assert document["allowed_mentions"] == {"parse": [], "users": [], "roles": []}


def test_an_update_in_a_thread_names_the_thread() -> None:
    request = discord("update", discord={"thread_id": THREAD}).render(success(previous=PREVIOUS))
    assert query(request)["thread_id"] == [THREAD]


def test_who_is_called_is_called_by_a_new_message_since_an_edit_rings_nobodys_phone() -> None:
    sender = discord("update", mention=MENTION)
    assert sender.render(failure(previous=PREVIOUS)).method == "POST"
    assert sender.render(success(previous=PREVIOUS)).method == "PATCH"


@pytest.mark.parametrize("in_forum", [False, True])
def test_a_failure_is_a_new_message_and_updates_its_start_besides(in_forum: bool) -> None:
    sender, failed = (forum if in_forum else discord)("update"), failure(previous=PREVIOUS)
    request, update = sender.render(failed), sender.follow_up(failed)
    assert (request.method, update.method) == ("POST", "PATCH")
    assert urlsplit(update.url).path.endswith(f"/messages/{PREVIOUS['message']}")
    thread = [PREVIOUS["channel"]] if in_forum else None
    assert query(request).get("thread_id") == query(update).get("thread_id") == thread
    assert body(update)["embeds"] == body(request)["embeds"]
    assert sender.follow_up(success(previous=PREVIOUS)) is None
    assert sender.follow_up(failure()) is None


@pytest.mark.parametrize("lifecycle", ["separate", "reply", "update"])
def test_in_a_forum_a_task_begins_a_post(lifecycle: str) -> None:
    request = forum(lifecycle).render(start())
    assert body(request)["thread_name"] == "⏳ Backup started — MyServer"
    assert "thread_id" not in query(request)


def test_a_posts_name_is_cut_to_a_hundred_characters() -> None:
    name = body(forum().render(success(title="备份" * 100)))["thread_name"]
    assert len(name) == 100
    assert name.endswith("…")


def test_in_a_forum_an_end_replies_in_the_post_of_its_start() -> None:
    request = forum("reply").render(success(previous=PREVIOUS))
    assert (request.method, query(request)["thread_id"]) == ("POST", [PREVIOUS["channel"]])
    assert "thread_name" not in body(request)


def test_in_a_forum_an_end_updates_the_message_that_began_the_post() -> None:
    request = forum("update").render(success(previous=PREVIOUS))
    assert request.method == "PATCH"
    assert urlsplit(request.url).path.endswith(f"/messages/{PREVIOUS['message']}")
    assert query(request)["thread_id"] == [PREVIOUS["channel"]]
    assert "thread_name" not in body(request)


def test_in_a_forum_who_is_called_is_called_in_the_post() -> None:
    request = forum("update", mention=MENTION).render(failure(previous=PREVIOUS))
    assert (request.method, query(request)["thread_id"]) == ("POST", [PREVIOUS["channel"]])


@pytest.mark.parametrize("previous", [None, {}, {"chat": "1", "message": "2"}])
def test_without_a_start_a_message_stands_alone(previous: Any) -> None:
    assert discord("update").render(success(previous=previous)).method == "POST"
    assert "thread_name" in body(forum("reply").render(success(previous=previous)))


def test_the_receipt_says_where_the_message_is() -> None:
    outcome = discord().judge(answer(200, {"id": PREVIOUS["message"], "channel_id": PREVIOUS["channel"]}))
    assert outcome == Delivered(200, receipt=PREVIOUS)


def test_a_success_without_a_place_is_one_all_the_same() -> None:
    assert discord().judge(answer(200, {"id": "1"})) == Delivered(200)


def test_an_answer_without_a_message_does_not_prove_that_there_is_one() -> None:
    """A retry would be a copy at a server that takes messages without a word."""
    outcome = discord().judge(answer(204, b""))
    assert isinstance(outcome, Permanent)
    assert outcome.reason == "the answer does not say whether there is a message (HTTP 204)"
    assert '"type": "webhook"' in outcome.hint


# What was typed


@pytest.fixture(scope="module")
def library() -> Any:
    return pytest.importorskip("discord", reason="needs discord.py, which reads the embeds")


@examples(80)
@given(story=wild)
@example(story=MEGABYTE)
def test_any_message_is_within_discords_limits(library: Any, story: Wild) -> None:
    sender = discord(actions=ACTIONS * 5, traceback=True, mention=MENTION)
    document = body(sender.render(story.message()))
    embeds = document["embeds"]
    for embed in embeds:
        assert len(embed.get("title", "")) <= 256
        assert len(embed.get("description", "x")) in range(1, 4097)
        assert len(embed.get("footer", {}).get("text", "x")) in range(1, 2049)
        assert len(embed.get("fields", [])) <= 25
        for one in embed.get("fields", []):
            assert len(one["name"]) in range(1, 257)
            assert len(one["value"]) in range(1, 1025)
    read = [library.Embed.from_dict(embed) for embed in embeds]
    assert sum(map(len, read)) <= 6000
    for embed, sent in zip(read, embeds):
        understood = embed.to_dict()
        assert {name: understood[name] for name in sent if name != "timestamp"} == {
            name: value for name, value in sent.items() if name != "timestamp"
        }
    assert read[0].timestamp.timestamp() == pytest.approx(NOW)
    assert body(forum().render(story.message()))["thread_name"].strip()


@examples(60)
@given(story=wild)
def test_nothing_that_was_typed_stands_where_it_could_call_anybody(story: Wild) -> None:
    document = body(discord(traceback=True).render(story.message()))
    assert document["content"] == ""
    assert document["allowed_mentions"]["parse"] == []
    for embed in document["embeds"]:
        for one in embed.get("fields", []):
            code = one["name"] == "Lerror"
            assert one["value"].count("```") == (2 if code else 0)
        if embed is not document["embeds"][0]:
            assert re.fullmatch(r"```\n((?!```).)*\n```", embed["description"], re.DOTALL)


PARSER = MarkdownIt("commonmark").enable("strikethrough").disable(["entity", "code"])
"""Discord's Markdown knows no HTML entities and no code by indentation."""

typed = (
    st.sampled_from(HOSTILE)
    | st.text(max_size=40)
    | st.text(st.sampled_from("\\`*_{}[]()#+-.!|~<>&@:/=123 aw\n"), max_size=30)
)


@examples(400)
@given(text=typed)
@example(text="1\\) x")
@example(text="http\\://evil.com")
def test_escaped_text_shows_exactly_itself_and_nothing_else(text: str) -> None:
    lines = [line for line in (plain(line, 500) for line in clean_text(text, 500).splitlines()) if line]
    assume(lines)
    escaped = escape("\n".join(lines))
    tokens = PARSER.parse(escaped)
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    children = tokens[1].children or []
    assert {child.type for child in children} <= {"text", "softbreak"}
    assert "".join(child.content or "\n" for child in children) == "\n".join(lines)
    # What Discord looks for beyond Markdown: mentions, emoji, times, spoilers, bare addresses
    unescaped = re.sub(r"\\[^\w\s]", " ", escaped)
    assert not re.search(r"[@<|`]|https?://|:\w+:", unescaped)


@pytest.mark.parametrize("text", ["1.2 GiB (300.0 MiB stored)", "Steve (player)", "#42", "world, nether", "3m 12s"])
def test_ordinary_values_stay_readable_in_the_source(text: str) -> None:
    assert escape(text) == text


def test_the_last_facts_go_first_when_there_is_not_enough_room() -> None:
    error = {"type": "E", "message": "\n".join("x" * 400 for _ in range(20)), "traceback": "y" * 3000}
    message = failure(error=error, message="_" * 2000, backup={"id": 7, "comment": "*" * 250})
    embed = body(discord(traceback=True).render(message))["embeds"][0]
    assert embed["description"].startswith("```\nE: xxx")
    assert [one["name"] for one in embed["fields"]][:2] == ["Backup", "Comment"]


@pytest.mark.parametrize("text", [*HOSTILE, *HIDING])
def test_a_comment_is_there_as_it_was_typed(text: str) -> None:
    message = success(backup={"id": 1, "comment": text})
    shown = next(fact.value for fact in message.facts if fact.kind is FactKind.COMMENT)
    fields = body(discord().render(message))["embeds"][0]["fields"]
    assert field("Comment", escape(shown), inline=False) in fields


# What Discord answers


def refusal(status: int, code: int, message: str = "Because", sender: Any = None, **more: Any) -> Any:
    return (sender or discord()).judge(answer(status, {"message": message, "code": code, **more}))


@pytest.mark.parametrize(("value", "kind", "words"), DISCORD_REFUSALS)
def test_200_without_a_messages_id_is_no_success(value: Any, kind: Any, words: str) -> None:
    outcome = discord().judge(answer(200, value))
    assert isinstance(outcome, kind)
    assert words in outcome.hint


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (404, 10015, "create a new one"),
        (401, 50027, "copy the whole address"),
    ],
)
def test_a_webhook_that_is_gone_disables_its_endpoint(status: int, code: int, words: str) -> None:
    outcome = refusal(status, code, "Unknown Webhook")
    assert isinstance(outcome, Permanent)
    assert outcome.disable
    assert words in outcome.hint
    assert outcome.reason == f"Discord refused: {code}: Unknown Webhook"


@pytest.mark.parametrize("code", sorted(answers._PERMANENT))
def test_what_no_retry_can_mend_is_permanent_and_says_what_to_do(code: int) -> None:
    outcome = refusal(400, code)
    assert isinstance(outcome, Permanent)
    assert not outcome.disable
    assert str(code) in outcome.reason
    assert outcome.hint


def test_the_field_that_discord_complains_of_is_named() -> None:
    complaint = {"code": "USERNAME_INVALID", "message": "Name cannot contain x"}
    errors = {"username": {"_errors": [complaint]}, "embeds": {"0": {"title": {"_errors": [complaint]}}}}
    outcome = refusal(400, 50035, "Invalid Form Body", errors=errors)
    assert outcome.reason == "Discord refused: 50035: Invalid Form Body; username: Name cannot contain x"
    del errors["username"]
    assert "; embeds.0.title: " in refusal(400, 50035, errors=errors).reason


@pytest.mark.parametrize("errors", [None, [], {}, {"_errors": []}, {"_errors": [1]}, {"a": {"_errors": "x"}}])
def test_complaints_that_are_none_do_no_harm(errors: Any) -> None:
    assert refusal(400, 50035, errors=errors).reason == "Discord refused: 50035: Because"


def test_complaints_nested_without_end_do_no_harm() -> None:
    errors: Any = {}
    for _ in range(500):
        errors = {"": errors}
    assert isinstance(refusal(400, 50035, errors=errors), Permanent)


@pytest.mark.parametrize(
    ("headers", "value", "after"),
    [
        ({"retry-after": "65"}, {"message": "slow", "retry_after": 64.57, "global": False}, 65),
        ({"retry-after": "1"}, {"message": "slow", "retry_after": 1.337}, 1.337),
        ({}, {"retry_after": 0.25}, 0.25),
        # discord/discord-api-docs#2360: milliseconds, of addresses without a version
        ({"retry-after": "64.57"}, {"retry_after": 64570}, 64.57),
        ({"retry-after": "65"}, {"retry_after": 2000}, 65),
        ({"retry-after": "64570", "x-ratelimit-reset-after": "64.57"}, {"retry_after": 64570}, 64.57),
        ({}, {"retry_after": 64570}, 3600),
        ({"retry-after": "99999999"}, b"", 3600),
        ({"retry-after": "600"}, b"<html>Cloudflare</html>", 600),
        ({}, {"retry_after": -1}, None),
        ({}, {"retry_after": "soon"}, None),
        ({}, b'{"retry_after": 1e999}', None),
        ({}, b"", None),
    ],
)
def test_429_waits_as_long_as_header_and_body_say(headers: Dict[str, str], value: Any, after: Any) -> None:
    outcome = discord().judge(answer(429, value, headers))
    assert isinstance(outcome, Retry)
    assert (outcome.after, outcome.throttled) == (after, True)


@pytest.mark.parametrize(
    ("status", "code", "after"), [(429, 20016, None), (429, 20028, None), (403, 40333, 600), (503, 130000, None)]
)
def test_what_is_too_much_at_the_moment_slows_the_endpoint_down(status: int, code: int, after: Any) -> None:
    outcome = refusal(status, code)
    assert isinstance(outcome, Retry)
    assert (outcome.after, outcome.throttled) == (after, True)


@pytest.mark.parametrize(("status", "code"), [(404, 10008), (429, 30046), (403, 50005), (400, 50083)])
def test_an_end_whose_start_is_gone_is_sent_as_a_message_of_its_own(status: int, code: int) -> None:
    outcome = refusal(status, code, sender=discord("update"))
    assert isinstance(outcome, Retry)
    assert outcome.separately


@pytest.mark.parametrize(("status", "code"), [(404, 10003), (403, 160005)])
def test_a_post_that_is_gone_makes_way_for_a_new_one_but_a_thread_of_the_config_does_not(
    status: int, code: int
) -> None:
    assert refusal(status, code, sender=forum("reply")).separately
    outcome = refusal(status, code, sender=discord(discord={"thread_id": THREAD}))
    assert isinstance(outcome, Permanent)
    assert "thread" in outcome.hint


@pytest.mark.parametrize(
    ("status", "value", "kind"),
    [
        (400, {"code": 0, "message": "400: Bad Request"}, Permanent),
        (400, {"code": 99999999, "message": "new"}, Permanent),
        (400, {"code": True}, Permanent),
        (400, {"code": "10015"}, Permanent),
        (500, {"code": 0, "message": "Internal"}, Retry),
        (502, b"<html>", Retry),
    ],
)
def test_what_is_not_known_is_judged_by_its_status(status: int, value: Any, kind: Any) -> None:
    outcome = discord().judge(answer(status, value))
    assert isinstance(outcome, kind)
    assert not getattr(outcome, "disable", False)


# The config


@pytest.mark.parametrize(
    ("config", "remedy"),
    [
        ({"url": f"{WEBHOOK}/slack"}, "without /slack"),
        ({"url": f"{WEBHOOK}/github?wait=true"}, "without /slack or /github"),
        ({"lifecycle": "reply"}, '"discord": {"forum": true}'),
        ({"lifecycle": "reply", "discord": {"thread_id": THREAD}}, '"lifecycle": "update"'),
        ({"discord": {"forum": True, "thread_id": THREAD}}, 'leave out "forum" or "thread_id"'),
        ({"discord": {"forum": True}, "url": f"{WEBHOOK}?thread_id={THREAD}"}, 'leave out "forum" or "thread_id"'),
        ({"discord": {"thread_id": "general"}}, "Copy Thread ID"),
        ({"discord": {"username": "My Discord bot"}}, 'without "discord"'),
        ({"discord": {"username": "CLYDE"}}, 'without "discord" and "clyde"'),
        ({"discord": {"avatar_url": "a.png"}}, "whole address of a picture"),
        ({"mention": {"users": ["@steve"]}}, "mention.users ids, digits only"),
        ({"mention": {"roles": ["admins"]}}, "mention.roles ids, digits only"),
        ({"actions": [{"label": "x", "url": "https://h/" + "x" * 600}]}, "shorter address"),
    ],
)
def test_a_wrong_config_says_what_to_write(config: Dict[str, Any], remedy: str) -> None:
    with pytest.raises(ValidationError, match=re.escape(remedy)) as error:
        channel("discord", **{"url": WEBHOOK, **config})
    assert "secret" not in str(error.value)


def test_ids_may_be_numbers() -> None:
    sender = discord(discord={"thread_id": int(THREAD)}, mention={"users": [int(USER)]})
    assert query(sender.render(success()))["thread_id"] == [THREAD]
    assert mention_text(Mention(users=[USER])) == f"<@{USER}>"
