"""Mix-ups of names and places: each gets one problem with the remedy that ends it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List

import pytest

from prime_notify.channels.common.registry import channel_types
from prime_notify.loading.load import LoadedConfig, load_config
from prime_notify.loading.mix_ups import unknown_type
from tests.support.configs import assert_chinese, hook, load, load_endpoints, names


def _texts(loaded: LoadedConfig) -> List[str]:
    return [str(problem).replace("notification.endpoints", "") for problem in loaded.problems]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("larksuite", "lark"), ("Lark Suite", "lark"), ("qq", "onebot"), ("wechat", "serverchan"), ("mm", "mattermost"),
        ("dingding", "dingtalk"), ("Element", "matrix"), ("rocket.chat", "rocketchat"),
        ("tg", "telegram"), ("qywx", "wecom"), ("企业微信", "wecom"), ("飞书", "feishu"), ("http", "webhook"),
        ("script", "command"), ("go-cqhttp", "onebot"), ("healthcheck", "healthchecks"), ("push plus", "pushplus"),
    ],
)  # fmt: skip
def test_a_type_under_another_name_is_understood(written: str, meant: str) -> None:
    [problem] = load_endpoints(hook(type=written)).problems
    assert problem.remedy.startswith(f'did you mean "{meant}"? write one of')


@pytest.mark.parametrize("written", ["zulip", "WebEx", "pushover"])
def test_a_service_without_a_type_is_served_by_apprise(written: str) -> None:
    remedy = unknown_type(written, ["apprise", "webhook"])
    assert remedy.startswith('the library Apprise serves it: write "type": "apprise", "apprise": {"urls": ["')
    assert "可通过 Apprise 库发送" in remedy.chinese


def test_a_type_that_exists_meanwhile_is_preferred_to_apprise() -> None:
    assert unknown_type("email", ["apprise", "mail"]).startswith('did you mean "mail"?')


@pytest.mark.parametrize(
    ("url", "type", "meant"),
    [
        ("https://hooks.slack.com/services/T0/B0/x1", "discord", "slack"),
        ("https://discord.com/api/webhooks/123/abcdef", None, "discord"),
        ("https://discord.com/api/webhooks/123/abcdef", "slack", "discord"),
        ("https://open.feishu.cn/open-apis/bot/v2/hook/abc", "gotify", "feishu"),
        ("https://api.day.app/abcdef", "ntfy", "bark"),
        ("https://oapi.dingtalk.com/robot/send?access_token=a", "webhook", "dingtalk"),
    ],
)
def test_the_address_of_another_service_is_noticed(url: str, type: Any, meant: str) -> None:
    more: Dict[str, Any] = {"gotify": {"gotify": {"token": "Abc"}}, "ntfy": {"ntfy": {"topic": "t"}}}.get(type, {})
    loaded = load_endpoints(hook(url=url, type=type, **more))
    [remedy] = [one.remedy for one in loaded.problems if "is an address of" in one.remedy]
    assert remedy.startswith(f"this is an address of {meant}")
    assert remedy.endswith(f'write "type": "{meant}"')


def test_an_address_that_two_types_can_use_is_no_mix_up() -> None:
    slack_compatible = hook(url="https://discord.com/api/webhooks/123/abcdef/slack", type="slack")
    own_body = hook(url="https://discord.com/api/webhooks/123/abcdef", webhook={"body": {"content": "{{ title }}"}})
    off = hook(url="https://hooks.slack.com/services/T0/B0/x1", type="discord", enabled=False)
    assert [load_endpoints(one).problems for one in (slack_compatible, own_body, off)] == [(), (), ()]


def test_options_beside_their_object_are_one_problem() -> None:
    loaded = load_endpoints({"name": "t", "type": "telegram", "bot_token": "1:secret", "chat_id": 5})
    assert _texts(loaded) == [
        '[0].bot_token: found an unknown option; move bot_token and chat_id into "telegram": {...}'
    ]
    assert names(loaded) == []


def test_optional_options_beside_their_object_leave_the_endpoint_in_force() -> None:
    loaded = load_endpoints(hook(type="bark", url="https://api.day.app/abcdef", sound="minuet"))
    assert _texts(loaded) == ['[0].sound: found an unknown option; move sound into "bark": {...}']
    assert names(loaded) == ["ops"]


@pytest.mark.parametrize(
    "endpoint",
    [
        {"name": "b", "type": "bark", "url": "https://api.day.app/${BARK_KEY}"},
        {"name": "b", "type": "bark", "bark": {"device_key": "${BARK_KEY}"}},
        {"name": "t", "type": "telegram", "telegram": {"bot_token": "${BARK_KEY}", "chat_id": 1}},
        {"name": "g", "type": "gotify", "url": "https://example.com", "gotify": {"token": "${BARK_KEY}"}},
        {"name": "w", "url": "${BARK_KEY}"},
    ],
)
def test_an_unset_variable_is_one_problem(endpoint: Dict[str, Any]) -> None:
    [problem] = load_endpoints(endpoint).problems
    assert problem.found == '"${BARK_KEY}"'
    assert problem.remedy == "set the environment variable BARK_KEY before MCDReforged starts"


@pytest.mark.parametrize("level", ["mod", "op", 5, -1, True, 1.5, "12"])
def test_a_level_that_is_none_is_explained_with_all_names(level: Any) -> None:
    [problem] = load({"command": {"permission": {"root": level}}}).problems
    assert problem.remedy == 'write a level from 0 to 4, or its name: "guest", "user", "helper", "admin", "owner"'


@pytest.mark.parametrize(
    ("document", "path", "remedy"),
    [
        ({"notification": {"language": "zh_cn"}}, "notification.language", "move it to the top level"),
        ({"notification": {"server": {"name": "x"}}}, "notification.server", "move it to the top level"),
        ({"notification": {"timeout": "5s"}}, "notification.timeout", 'move it into each endpoint of "endpoints"'),
        ({"command": {"history": {}}}, "command.history", "move it to the top level"),
        ({"delivery": {"groups": {}}}, "delivery.groups", 'move it into "notification"'),
        ({"stop_grace": "3s"}, "stop_grace", 'move it into "delivery": {...}'),
        ({"notification": {"endpoints": [hook(groups={})]}}, "notification.endpoints[0].groups", 'into "notification"'),
        ({"notification": {"endpoints": [hook(server={})]}}, "notification.endpoints[0].server", "to the top level"),
        ({"notification": {"endpoints": [hook(tags="x")]}}, "notification.endpoints[0].tags", 'into "filter": {...}'),
    ],
)
def test_an_option_in_the_wrong_place_is_reported_with_the_right_one(document: Any, path: str, remedy: str) -> None:
    [problem] = load(document).problems
    assert (problem.path, problem.fatal) == (path, False)
    assert remedy in problem.remedy


def test_one_endpoint_instead_of_a_list_is_a_list_of_one() -> None:
    loaded = load({"notification": {"enabled": True, "endpoints": hook()}})
    assert (names(loaded), loaded.problems) == (["ops"], ())
    [problem] = load({"notification": {"endpoints": hook(url=5)}}).problems
    assert problem.path == "notification.endpoints.url"


def test_one_action_instead_of_a_list_is_a_list_of_one() -> None:
    loaded = load_endpoints(hook(actions={"label": "Open", "url": "https://example.com"}))
    assert ([one.label for one in loaded.endpoints[0].config.actions], loaded.problems) == (["Open"], ())


@pytest.mark.parametrize(
    ("endpoint", "remedy"),
    [
        (hook(url="https://api.day.app/<key>", type="bark"), "replace <key> by your own, brackets included"),
        (hook(headers={"Authorization": "Bearer <token>"}), "replace <token> by your own, brackets included"),
        (hook(url="https://hooks.slack.com/services/T.../B.../...", type="slack"), "replace ... by your own"),
        (hook(url="https://example.com/YOUR_KEY"), "replace YOUR_KEY by your own"),
        (hook(url="https://example.com/your-token"), "replace your-token by your own"),
        (hook(url="https://example.com/xxxxxx"), "replace xxxxxx by your own"),
        (hook(url="https://example.com/<你的密钥>"), "replace <你的密钥> by your own, brackets included"),
        ({"name": "t", "type": "telegram", "telegram": {"bot_token": "<token>", "chat_id": 1}}, "replace <token>"),
    ],
)
def test_a_placeholder_that_was_left_in_is_reported_and_the_endpoint_stays(endpoint: Any, remedy: str) -> None:
    loaded = load_config({"notification": {"enabled": True, "endpoints": [endpoint]}}, environ={}, base_dir=Path())
    [problem] = loaded.problems
    assert problem.remedy.startswith(remedy)
    assert not problem.fatal
    assert_chinese(problem)
    assert len(loaded.endpoints) == 1


@pytest.mark.parametrize(
    "endpoint",
    [
        hook(url="https://example.com/my-backup/hook", headers={"X": "max"}),
        hook(url="https://example.com/${YOUR_KEY}"),
        hook(templates={"title": "Backup... <b>"}, actions=[{"label": "More...", "url": "https://example.com/..."}]),
        hook(url="https://example.com/<key>", enabled=False),
        hook(webhook={"body": {"text": "<b>{{ title }}</b> ..."}}),
        hook(headers={"X": {"file": "your_key.txt"}}),
    ],
)
def test_what_only_looks_like_a_placeholder_is_none(endpoint: Any, tmp_path: Path) -> None:
    (tmp_path / "your_key.txt").write_text("k-0123456789")
    document = {"notification": {"enabled": True, "endpoints": [endpoint]}}
    loaded = load_config(document, environ={"YOUR_KEY": "k-0123456789"}, base_dir=tmp_path)
    assert [str(problem) for problem in loaded.problems] == []


def test_every_alias_means_a_type_or_a_service() -> None:
    for written in ("larksuite", "qq", "wechat", "email", "ms-teams"):
        assert "did you mean" in unknown_type(written, channel_types()) or "Apprise" in unknown_type(
            written, channel_types()
        )


@pytest.mark.parametrize(
    ("endpoint", "path", "remedy"),
    [
        (
            {"type": "healthchecks", "url": "https://hc-ping.com/pingkeypingkeypingkey1/backup/fail"},
            "url",
            'write the ping URL without "/fail" at its end: that is added when it is so',
        ),
        (
            {"type": "healthchecks", "url": "https://example.com/ping/pingkeypingkeypingkey1/backup/start"},
            "url",
            'write the ping URL without "/start" at its end: that is added when it is so',
        ),
        ({"type": "healthchecks", "url": "https://hc-ping.com/"}, "url", "write the check's ping URL, such as"),
        ({"type": "feishu", "url": "https://open.feishu.cn/document"}, "url", "write a custom bot's address"),
        ({"type": "wecom", "url": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send"}, "url", "write the bot's whole"),
        (
            {"type": "discord", "url": "https://discord.com/api/webhooks/123456789012345678/abcdefghijk/slack"},
            "url",
            "without /slack or /github at its end",
        ),
        (
            {
                "type": "slack",
                "url": "https://hooks.slack.com/services/T00000000/B00000000/abcdefghijklmnop",
                "slack": {"bot_token": "xoxb-1234567890-abcdefghijk", "channel": "C01234567"},
            },
            "url",
            'leave out "url"',
        ),
        (
            {"type": "onebot", "url": "http://127.0.0.1:3000", "onebot": {"user_id": "me"}},
            "onebot.user_id",
            "write the",
        ),
        ({"type": "gotify", "url": "http://127.0.0.1", "gotify": {"token": "Aé1234567"}}, "gotify.token", "write the"),
    ],
)
def test_a_mistake_in_one_option_is_reported_at_that_option(endpoint: Any, path: str, remedy: str) -> None:
    loaded = load_endpoints({"name": "a", **endpoint})
    [problem] = loaded.problems
    assert problem.path == f"notification.endpoints[0].{path}"
    assert remedy in str(problem.remedy)
    assert "***" not in str(problem.remedy)
    assert [one.name for one in loaded.broken] == ["a"]
