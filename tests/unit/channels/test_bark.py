"""Bark."""

from __future__ import annotations

import json
from typing import Any, Dict

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from prime_notify.channels.bark import apns_size
from prime_notify.channels.common.lifecycle import run_id
from prime_notify.model.notification import Texts
from prime_notify.model.outcome import Delivered, Permanent, Retry
from tests.support.examples import examples
from tests.support.messages import answer, channel, message

KEY = "ynJ5Ft4atkMkWeo2PAvFhF"
OTHER = "qwertyuiopasdfghjklzxc"

TRUE_KEY = "FQ5Fu5nPXKRWqUWiZCMDqS"  # of the length that the server makes


def bark(to: str = f"https://api.day.app/{KEY}", **options: Any) -> Any:
    return channel("bark", url=to, bark=options)


def batch(*results: Dict[str, Any]) -> Any:
    both = bark(to="https://api.day.app", device_keys=[KEY, OTHER])
    return both.judge(answer(200, {"code": 200, "message": "success", "data": list(results)}))


def fields(sender: Any, event: str = "backup_success", **kwargs: Any) -> Dict[str, Any]:
    return json.loads(sender.render(message(event, **kwargs)).body)


def test_title_text_level_and_id_are_filled_in() -> None:
    assert fields(bark()) == {
        "title": "Backup #7 done",
        "body": "Event: backup_success\nBackup: #7",
        "level": "passive",
        "id": message().payload.id,
    }


@pytest.mark.parametrize("task", ["backup", "restore"])
@pytest.mark.parametrize(
    ("status", "level"), [("start", "active"), ("success", "passive"), ("failure", "critical"), ("aborted", "active")]
)
def test_the_level_follows_the_status(task: str, status: str, level: str) -> None:
    assert fields(bark(), f"{task}_{status}")["level"] == level


def test_a_success_with_a_warning_is_not_silent() -> None:
    assert fields(bark(), severity="warning")["level"] == "active"


def test_every_option_overrides_and_is_a_string_on_the_wire_but_badge() -> None:
    options: Dict[str, Any] = {
        "title": "T", "subtitle": 2, "body": "B", "level": "timesensitive", "volume": 5.0, "badge": "3", "call": True,
        "autoCopy": 1, "copy": 42, "sound": "minuet", "icon": "https://i", "image": "https://j", "group": 7,
        "url": "https://u", "action": "none", "isArchive": True, "ttl": 3600, "id": 9, "delete": False,
        "ciphertext": "c", "iv": 1234,
    }  # fmt: skip
    assert fields(bark(**options)) == {
        "title": "T", "subtitle": "2", "body": "B", "level": "timeSensitive", "volume": "5", "badge": 3, "call": "1",
        "autoCopy": "1", "copy": "42", "sound": "minuet", "icon": "https://i", "image": "https://j", "group": "7",
        "url": "https://u", "action": "none", "isArchive": "1", "ttl": "3600", "id": "9", "delete": "0",
        "ciphertext": "c", "iv": "1234",
    }  # fmt: skip


@pytest.mark.parametrize(("option", "sent"), [("# mine", "# mine"), (True, "**Backup** #7 done")])
def test_markdown_takes_the_place_of_the_body(option: object, sent: str) -> None:
    pushed = fields(bark(markdown=option))
    assert pushed["markdown"] == sent
    assert "body" not in pushed


@pytest.mark.parametrize(
    ("url", "options", "sent_to", "in_body"),
    [
        ("https://api.day.app/K", {}, "https://api.day.app/K", {}),
        ("https://api.day.app/K/", {}, "https://api.day.app/K", {}),
        ("https://api.day.app/K/some/text?sound=bell", {}, "https://api.day.app/K?sound=bell", {}),
        ("https://api.day.app/K?title=T&Body=B&sound=bell", {}, "https://api.day.app/K?sound=bell", {}),
        ("http://h:8080/KEY/push", {}, "http://h:8080/KEY", {}),
        ("http://h:8080/KEY/push/", {}, "http://h:8080/KEY", {}),
        ("http://h/sub/KEY/push", {}, "http://h/sub/KEY", {}),
        ("http://h/sub/KEY", {}, "http://h/sub/KEY", {}),
        ("http://h/KEY/%E6%8E%A8%E9%80%81/push?group=a", {}, "http://h/KEY?group=a", {}),
        ("http://h/KEY/这里改成你自己的推送内容", {}, "http://h/KEY", {}),
        (f"http://h/{TRUE_KEY}/push", {}, f"http://h/{TRUE_KEY}", {}),
        (f"http://h/{TRUE_KEY}/title/body?body=x", {}, f"http://h/{TRUE_KEY}", {}),
        (f"http://h/a/b/{TRUE_KEY}/title/{TRUE_KEY}", {}, f"http://h/a/b/{TRUE_KEY}", {}),
        ("http://h/K/push", {"device_key": "K"}, "http://h/K", {}),
        ("http://h/K/push", {"device_keys": ["K", "L"]}, "http://h/K", {"device_keys": ["K", "L"]}),
        ("http://h/sub/push", {"device_keys": ["K", "L"]}, "http://h/sub/push", {"device_keys": ["K", "L"]}),
        ("http://h/sub/push?device_key=K", {}, "http://h/sub/push?device_key=K", {}),
        ("https://h/sub/{key}", {"key": "a/b"}, "https://h/sub/a%2Fb", {}),
        ("https://h/{device_key}", {"device_key": "K"}, "https://h/K", {}),
        ("https://h/{key}", {"device_key": "K"}, "https://h/K", {}),
        ("https://h/push", {"device_key": "K"}, "https://h/push", {"device_key": "K"}),
        ("https://h/sub/push/", {"key": "K"}, "https://h/sub/push", {"device_key": "K"}),
        ("https://h", {"device_key": "K"}, "https://h/push", {"device_key": "K"}),
        ("https://h/push?device_key=K", {}, "https://h/push?device_key=K", {}),
        ("https://h", {"device_keys": ["K", "L"]}, "https://h/push", {"device_keys": ["K", "L"]}),
        ("https://h", {"device_keys": "K, L,"}, "https://h/push", {"device_keys": ["K", "L"]}),
    ],
)
def test_where_it_is_sent(url: str, options: Dict[str, Any], sent_to: str, in_body: Dict[str, Any]) -> None:
    request = bark(url, **options).render(message())
    assert request.url == sent_to
    sent = json.loads(request.body)
    assert {name: sent[name] for name in ("device_key", "device_keys") if name in sent} == in_body


def test_a_device_key_alone_goes_to_the_public_server() -> None:
    assert channel("bark", bark={"device_key": "K"}).render(message()).url == "https://api.day.app/push"


@pytest.mark.parametrize(
    ("url", "options", "remedy"),
    [
        ("https://api.day.app", {}, "device's key"),
        ("https://h/push", {}, "device's key"),
        ("https://h/{key}", {"device_keys": ["K"]}, "the key that the url asks for"),
        ("https://api.day.app", {"device_keys": ["K"] * 11}, "at most 10"),
        ("https://h/K", {"delete": True}, 'add the "id"'),
        ("https://h/K", {"volume": 11}, "from 0 to 10"),
        ("https://h/K", {"volume": "loud"}, "from 0 to 10"),
        ("https://h/K", {"id": "备" * 22}, "at most 64 bytes"),
        ("https://h/K", {"level": "loud"}, "critical"),
        ("https://h/K", {"device_keys": [True]}, "valid string"),
        ("https://h/K", {"sounds": "x"}, "not permitted"),
    ],
)
def test_a_wrong_config_says_what_to_write(url: str, options: Dict[str, Any], remedy: str) -> None:
    with pytest.raises(ValidationError, match=remedy):
        bark(url, **options)


def test_a_push_may_be_deleted_by_its_id() -> None:
    pushed = fields(bark(delete=1, id="backup"))
    assert (pushed["delete"], pushed["id"]) == ("1", "backup")


nasty = st.text(max_size=30) | st.sampled_from(
    ["备份" * 3000, "<&>\u2028\u2029" * 2000, "\b\f\0\x1f" * 2000, "a\\b" * 3000]
)


@examples(80)
@given(title=nasty, body=nasty, desp=nasty, markdown=st.booleans(), subtitle=nasty)
def test_no_push_exceeds_apples_limit(title: str, body: str, desp: str, markdown: bool, subtitle: str) -> None:
    options = {"markdown": True} if markdown else {}
    sender = bark(subtitle=subtitle, group="backups", **options)
    assert apns_size(fields(sender, texts=Texts(title, body, desp))) <= 4096


def test_a_long_body_is_cut_between_characters_and_uses_the_space_there_is() -> None:
    pushed = fields(bark(), texts=Texts("Title", "备份" * 3000, ""))
    assert pushed["title"] == "Title"
    assert pushed["body"].endswith("份…") or pushed["body"].endswith("备…")
    assert apns_size(pushed) > 4000


def test_the_size_counts_what_go_escapes() -> None:
    plain = {"title": "t", "body": "xxx"}
    assert apns_size({**plain, "body": "<&>"}) == apns_size(plain) + 15
    assert apns_size({**plain, "body": "\b\f\n"}) == apns_size(plain) + 11
    assert apns_size({**plain, "body": "\u2028xx"}) == apns_size(plain) + 5


def test_success_is_code_200() -> None:
    assert bark().judge(answer(200, {"code": 200, "message": "success", "timestamp": 1})) == Delivered(200)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (400, "failed to get device token: failed to get [x] device token from database"),
        (400, "device key is empty"),
        (400, "anything else"),
        (500, "push failed: BadDeviceToken"),
        (500, "push failed: Unregistered"),
        (500, "push failed: DeviceTokenNotForTopic"),
        (500, "push failed: PayloadTooLarge"),
        (400, "batch push count exceeds the maximum limit: 10"),
        (418, "I'm a teapot"),
        (200, "push failed: BadDeviceToken"),
    ],
)
def test_what_no_retry_can_mend_is_permanent(status: int, said: str) -> None:
    outcome = bark().judge(answer(status, {"code": 500 if status == 200 else status, "message": said}))
    assert isinstance(outcome, Permanent)
    assert said in outcome.reason
    assert outcome.hint


@pytest.mark.parametrize(
    ("status", "value"),
    [
        (500, {"code": 500, "message": "push failed: InternalServerError"}),
        (500, {"code": 500, "message": "push failed: context deadline exceeded"}),
        (502, None),
        (200, {"code": 500, "message": "push failed: Shutdown"}),
        (200, {"ok": True}),
        (200, None),
    ],
)
def test_what_may_pass_is_tried_again(status: int, value: object) -> None:
    assert isinstance(bark().judge(answer(status, value)), Retry)


def test_apples_limit_slows_the_endpoint_down() -> None:
    outcome = bark().judge(answer(500, {"code": 500, "message": "push failed: TooManyRequests"}))
    assert isinstance(outcome, Retry)
    assert outcome.throttled


def test_a_code_of_400_behind_http_200_is_permanent() -> None:
    assert isinstance(bark().judge(answer(200, {"code": 400, "message": "no"})), Permanent)


def test_a_batch_is_delivered_when_every_device_got_it_in_any_order() -> None:
    outcome = batch({"code": 200, "device_key": OTHER}, {"code": 200, "device_key": KEY})
    assert outcome == Delivered(200, detail="2 devices")


def test_a_batch_with_a_device_that_never_gets_it_is_no_success_and_names_it_masked() -> None:
    outcome = batch({"code": 200, "device_key": KEY}, {"code": 500, "device_key": OTHER, "message": "BadDeviceToken"})
    assert isinstance(outcome, Permanent)
    assert outcome.reason.startswith("1 of 2 devices got nothing: device 2 (qw…xc): ")
    assert OTHER not in outcome.reason
    assert outcome.hint


def test_a_batch_is_tried_again_while_any_device_may_still_get_it() -> None:
    outcome = batch(
        {"code": 500, "device_key": KEY, "message": "BadDeviceToken"},
        {"code": 500, "device_key": OTHER, "message": "TooManyRequests"},
    )
    assert isinstance(outcome, Retry)
    assert outcome.throttled


@pytest.mark.parametrize(
    "results", [[], [None, 5], [{"code": 200, "device_key": KEY}], [{"code": 200, "device_key": 5}] * 2]
)
def test_a_device_without_a_result_is_not_taken_for_served(results: list) -> None:
    assert isinstance(batch(*results), Retry)


def test_a_server_that_ignores_the_batch_is_told_of() -> None:
    outcome = bark(to="https://h", device_keys=["short"]).judge(answer(200, {"code": 200, "message": "success"}))
    assert isinstance(outcome, Permanent)
    assert "update" in outcome.hint


def test_a_short_key_is_not_shown_at_all() -> None:
    outcome = bark(to="https://h", device_keys=["short"]).judge(answer(200, {"data": []}))
    assert isinstance(outcome, Retry)
    assert "(***)" in outcome.reason


def test_the_end_of_a_task_updates_its_start_where_the_config_says_so() -> None:
    updating = channel("bark", url="https://h/K", lifecycle="update")
    ids = [fields(updating, event, id=event)["id"] for event in ("backup_start", "backup_failure")]
    assert ids == [run_id(message().payload)] * 2
    assert fields(updating, "backup_start", task_id="another")["id"] not in ids
    assert len(ids[0].encode()) <= 64


def test_an_id_of_the_owners_stays() -> None:
    assert fields(channel("bark", url="https://h/K", lifecycle="update", bark={"id": "mine"}))["id"] == "mine"


def test_a_tap_opens_the_first_action_unless_the_config_says_otherwise() -> None:
    actions = [{"label": "Map", "url": "https://example.com/map"}]
    assert fields(channel("bark", url="https://h/K", actions=actions))["url"] == "https://example.com/map"
    assert fields(channel("bark", url="https://h/K", actions=actions, bark={"url": "app://x"}))["url"] == "app://x"


def test_an_action_that_would_leave_no_room_is_left_out() -> None:
    actions = [{"label": "Far", "url": "https://example.com/" + "x" * 3000}]
    assert "url" not in fields(channel("bark", url="https://h/K", actions=actions))


@pytest.mark.parametrize(("option", "end"), [({}, "\n\nA\nB"), ({"markdown": True}, "\n\n```text\nA\nB\n```")])
def test_a_traceback_stands_below_the_text_where_it_is_asked_for(option: Dict[str, Any], end: str) -> None:
    failed = message("backup_failure", error={"type": "OSError", "message": "full", "traceback": "A\nB\n"})
    pushed = json.loads(channel("bark", url="https://h/K", traceback=True, bark=option).render(failed).body)
    assert pushed["markdown" if option else "body"].endswith(end)


def test_a_long_traceback_is_cut_at_its_beginning() -> None:
    error = {"type": "OSError", "message": "full", "traceback": "frame <x>\n" * 900 + "OSError: full"}
    pushed = json.loads(
        channel("bark", url="https://h/K", traceback=True).render(message("backup_failure", error=error)).body
    )
    assert pushed["body"].startswith("Event: backup_success\nBackup: #7\n\n…\nframe <x>\n")
    assert pushed["body"].endswith("\nOSError: full")
    assert 4000 < apns_size(pushed) <= 4096
