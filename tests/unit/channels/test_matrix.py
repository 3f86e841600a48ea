"""Matrix: events in a room, each sent once."""

from __future__ import annotations

import html.parser
import json
from typing import Any, Dict, List, Tuple
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from pydantic import ValidationError

from prime_notify.model.notification import Message
from prime_notify.model.outcome import Delivered, Permanent, Retry
from prime_notify.text.json_text import to_json
from prime_notify.text.wording import in_language
from tests.support.examples import examples
from tests.support.hostile import HOSTILE, MEGABYTE, wild_messages
from tests.support.messages import ACTIONS, answer, channel, detailed, failed, failure, sent, start, success

URL = "https://matrix.example.org"
ROOM = "!abc:example.org"
STEVE = {"users": ["@steve:example.org"]}
START = {"event": "$start", "room": ROOM}
TAGS = {"h4", "font", "p", "ul", "li", "b", "pre", "code", "a", "br", "strong", "em", "del", "blockquote"}


def matrix(options: Any = None, **config: Any) -> Any:
    given_options = {"access_token": "syt_token", "room_id": ROOM, **(options or {})}
    return channel("matrix", **{"url": URL, "matrix": given_options, **config})


class Page(html.parser.HTMLParser):
    """What a client shows of the HTML: its tags, its links and its text."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: List[str] = []
        self.links: List[str] = []
        self.text = ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: List[Tuple[str, Any]]) -> None:
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.text += data


def transaction(sender: Any, message: Message) -> str:
    return str(urlsplit(sender.render(message).url).path.rpartition("/")[2])


# -- the request -----------------------------------------------------------------------------------------------------


def test_an_event_is_put_into_the_room() -> None:
    request = matrix().render(success())
    assert request.method == "PUT"
    path = urlsplit(request.url).path.split("/")
    assert path[:5] == ["", "_matrix", "client", "v3", "rooms"]
    assert unquote(path[5]) == ROOM
    assert path[6:8] == ["send", "m.room.message"]
    assert request.headers["Authorization"] == "Bearer syt_token"
    content = sent(matrix(), success())
    assert (content["msgtype"], content["format"], content["m.mentions"]) == ("m.notice", "org.matrix.custom.html", {})
    assert content["body"].startswith("✅ Backup #42 done")
    assert "Comment: before the update" in content["body"]


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("https://m.example.org/", "https://m.example.org"),
        ("http://127.0.0.1:8008", "http://127.0.0.1:8008"),
        ("https://example.org/synapse/_matrix/client/v3/?x=1", "https://example.org/synapse"),
    ],
)
def test_the_url_may_be_any_address_of_the_homeserver(url: str, base: str) -> None:
    assert matrix(url=url).render(success()).url.startswith(f"{base}/_matrix/client/v3/rooms/")


def test_a_retry_has_the_same_transaction_and_no_other_event_has_it() -> None:
    sender = matrix(lifecycle="update")
    first = transaction(sender, success())
    assert transaction(sender, success().at(success().now + 3600)) == first
    others = [
        transaction(sender, success(id="01KDYZV9ZE0000000000000001")),
        transaction(matrix(name="second"), success()),
        transaction(sender, success(previous=START)),  # an edit
        transaction(matrix(lifecycle="reply"), success(previous=START)),
    ]
    assert len({first, *others}) == 5
    assert all(one.isascii() and len(one) < 100 for one in others)


def test_what_matters_is_no_notice_since_notices_ring_nowhere() -> None:
    everybody = {**STEVE, "on": ["info"]}
    assert sent(matrix(), success())["msgtype"] == "m.notice"
    assert sent(matrix(), success(severity="warning"))["msgtype"] == "m.text"
    assert sent(matrix(), failure())["msgtype"] == "m.text"
    assert sent(matrix(mention=everybody), success())["msgtype"] == "m.text"
    assert sent(matrix({"msgtype": "text"}), success())["msgtype"] == "m.text"
    assert sent(matrix({"msgtype": "notice"}), failure())["msgtype"] == "m.notice"


# -- the layout ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", HOSTILE)
def test_nothing_that_a_player_typed_is_markup(typed: str) -> None:
    content = sent(matrix(), detailed(backup={"id": 7, "comment": typed}))
    page = Page(content["formatted_body"])
    assert set(page.tags) <= TAGS
    assert page.links == []
    assert content["m.mentions"] == {}
    shown = "".join(typed.split())
    assert shown in "".join(page.text.split())
    assert shown in "".join(content["body"].split())


def test_an_error_is_code_and_a_traceback_stands_below() -> None:
    content = sent(matrix(traceback=True, actions=ACTIONS), failed())
    assert "<pre><code>OSError: disk full</code></pre>" in content["formatted_body"]
    assert "<pre><code>Traceback" in content["formatted_body"]
    page = Page(content["formatted_body"])
    assert page.links == [action["url"] for action in ACTIONS]
    assert content["body"].endswith("Panel: https://panel.example.com/x\nDocs: https://docs.example.com")


def test_the_people_who_are_mentioned_are_in_the_event_and_in_its_text() -> None:
    content = sent(matrix(mention={**STEVE, "all": True}), failed())
    assert content["m.mentions"] == {"user_ids": ["@steve:example.org"], "room": True}
    assert '<a href="https://matrix.to/#/@steve:example.org">@steve:example.org</a> @room' in content["formatted_body"]
    assert content["body"].split("\n")[1] == "@steve:example.org @room"
    assert sent(matrix(mention=STEVE), success())["m.mentions"] == {}


@examples(60)
@given(message=wild_messages)
def test_an_event_is_within_the_limit_of_the_server_an_edit_too(message: Any) -> None:
    sender = matrix(traceback=True, actions=ACTIONS, mention=STEVE, lifecycle="update")
    for request in (sender.render(message), sender.follow_up(message.at(message.now, START))):
        assert request is None or len(request.body) < 55_000
    assert len(sender.render(message).body) <= 24_000


def test_a_megabyte_fits() -> None:
    edit = matrix(lifecycle="update").follow_up(MEGABYTE.message().at(0.0, START))
    assert len(edit.body) < 55_000


# -- start and end ---------------------------------------------------------------------------------------------------


def test_a_success_replaces_its_start() -> None:
    content = sent(matrix(lifecycle="update"), success(previous=START))
    assert content["m.relates_to"] == {"rel_type": "m.replace", "event_id": "$start"}
    assert content["body"].startswith("* ✅")
    assert content["m.new_content"] == sent(matrix(), success())


def test_a_failure_replies_to_its_start_and_replaces_it_besides() -> None:
    sender = matrix(lifecycle="update", mention=STEVE)
    content = sent(sender, failure(previous=START))
    assert content["m.relates_to"] == {"m.in_reply_to": {"event_id": "$start"}}
    assert content["m.mentions"] == {"user_ids": ["@steve:example.org"]}
    follow_up = sender.follow_up(failure(previous=START))
    edit: Dict[str, Any] = json.loads(follow_up.body)
    assert edit["m.relates_to"] == {"rel_type": "m.replace", "event_id": "$start"}
    assert edit["m.mentions"] == {}, "an edit calls nobody a second time"
    assert matrix(lifecycle="reply").follow_up(failure(previous=START)) is None


@pytest.mark.parametrize("previous", [None, {}, {"event": "$start"}, {"event": "$start", "room": "!other:example.org"}])
def test_without_a_start_in_this_room_a_message_stands_alone(previous: Any) -> None:
    assert sent(matrix(lifecycle="update"), success(previous=previous)) == sent(matrix(), success())


def test_the_receipt_is_the_event_and_its_room() -> None:
    outcome = matrix().judge(answer(200, {"event_id": "$start"}))
    assert outcome == Delivered(200, receipt=START)
    assert sent(matrix(lifecycle="reply"), start())["m.mentions"] == {}


# -- answers ---------------------------------------------------------------------------------------------------------

# Those without a comment are Synapse's own words, run with 1.163
REFUSALS: List[Any] = [
    (403, {"errcode": "M_FORBIDDEN", "error": f"User @bot:example.org not in room {ROOM}"}, "invite the account"),
    (
        403,
        {"errcode": "M_FORBIDDEN", "error": "You don't have permission to post that to the room. user_level (0) < 50"},
        "power level",
    ),
    (401, {"errcode": "M_UNKNOWN_TOKEN", "error": "Invalid access token passed."}, "matrix.access_token"),
    (413, {"errcode": "M_TOO_LARGE", "error": "event too large"}, "report"),
    (401, {"errcode": "M_MISSING_TOKEN", "error": "Missing access token"}, "did not reach"),
    (403, {"errcode": "M_USER_SUSPENDED", "error": "suspended"}, "administrator"),  # spec
    (401, {"errcode": "M_USER_LOCKED", "error": "locked"}, "administrator"),  # spec
    (403, {"errcode": "M_CONSENT_NOT_GIVEN", "error": "consent"}, "terms"),  # spec
    (404, {"errcode": "M_UNRECOGNIZED", "error": "Unrecognized request"}, ".well-known/matrix/client"),
    (404, b"<html><title>404 - No Such Resource</title></html>", ".well-known/matrix/client"),
    (405, b"", ".well-known/matrix/client"),
    (404, {"errcode": "M_NOT_FOUND", "error": "Room not found"}, "matrix.room_id"),
]


@pytest.mark.parametrize(("status", "value", "hint"), REFUSALS)
def test_a_refusal_says_what_to_do(status: int, value: Any, hint: str) -> None:
    outcome = matrix().judge(answer(status, value))
    assert isinstance(outcome, Permanent)
    assert hint in outcome.hint
    assert in_language(outcome.hint, "zh_cn") != outcome.hint
    assert outcome.disable is ("M_UNKNOWN_TOKEN" in str(value))


def test_a_limit_names_the_wait_in_the_body_too() -> None:
    limited = {"errcode": "M_LIMIT_EXCEEDED", "error": "Too Many Requests", "retry_after_ms": 2500}
    outcome = matrix().judge(answer(429, limited))
    assert isinstance(outcome, Retry)
    assert (outcome.after, outcome.throttled) == (2.5, True)
    assert "administrator" in outcome.hint
    assert matrix().judge(answer(429, {**limited, "retry_after_ms": True})).after is None
    assert matrix().judge(answer(429, limited, {"retry-after": "3"})).after == 3


def test_a_full_server_is_asked_again_later() -> None:
    outcome = matrix().judge(answer(403, {"errcode": "M_RESOURCE_LIMIT_EXCEEDED", "error": "x"}))
    assert isinstance(outcome, Retry)
    assert outcome.after == 3600


def test_where_the_start_is_gone_a_message_of_its_own_is_sent() -> None:
    outcome = matrix().judge(answer(400, {"errcode": "M_UNKNOWN", "error": "Can't send relation to unknown event"}))
    assert isinstance(outcome, Retry)
    assert outcome.separately


@pytest.mark.parametrize("value", [{"errcode": "M_FORBIDDEN"}, {"errcode": "bad code"}, {"error": 7}, {}])
def test_an_incomplete_refusal_is_understood_as_far_as_it_goes(value: Any) -> None:
    assert isinstance(matrix().judge(answer(403, value)), Permanent)
    assert isinstance(matrix().judge(answer(500, value)), Retry)
    assert isinstance(matrix().judge(answer(200, value)), (Retry, Permanent))


# -- the config ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "room", ["!abc:example.org", "!abc:example.org:8448", "!31hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3"]
)
def test_rooms_of_every_version_are_taken(room: str) -> None:
    assert matrix({"room_id": room}).endpoint.matrix.room_id == room


@pytest.mark.parametrize(
    ("config", "remedy"),
    [
        ({"options": {"room_id": "#backups:example.org"}}, 'not its address ("#..."'),
        ({"options": {"room_id": "backups"}}, '"!abc:example.org"'),
        ({"options": {"room_id": "!a b:example.org"}}, "internal id"),
        ({"options": {"access_token": "Bearer syt_x"}}, "access token alone"),
        ({"options": {"msgtype": "emote"}}, "notice"),
        ({"url": "https://matrix.to/#/!abc:example.org"}, "homeserver"),
        ({"mention": {"users": ["steve"]}}, "@steve:example.org"),
    ],
)
def test_a_wrong_config_says_what_to_write(config: Any, remedy: str) -> None:
    with pytest.raises(ValidationError) as caught:
        matrix(**config)
    assert remedy in str(caught.value)


def test_the_document_is_json_whatever_it_holds() -> None:
    assert to_json(sent(matrix(), MEGABYTE.message()))
