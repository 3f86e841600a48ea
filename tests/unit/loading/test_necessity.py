"""A secondary option that does not fit is left out, and the endpoint works. An essential one switches it off."""

from __future__ import annotations

from typing import Any, Dict

import pytest

from prime_notify.config.endpoint import EndpointConfig
from prime_notify.loading.necessity import is_secondary
from tests.support.configs import hook, load_endpoints, names, problems

BARK = {"type": "bark", "url": "https://api.day.app/abcdef"}
DISCORD = {"type": "discord", "url": "https://discord.com/api/webhooks/1234567890123456/abcdef"}
SLACK = {"type": "slack", "url": "https://hooks.slack.com/services/T0/B0/x1"}

LEFT_OUT = [
    ({"retry": ["x"]}, "retry[0]", "retry"),
    ({"retry": ["5s", "x"]}, "retry[1]", "retry"),
    ({"repeat": "5s"}, "repeat", "repeat"),
    ({"rate_limit": "fast"}, "rate_limit", "rate_limit"),
    ({"rate_limit": ["5/s", "fast"]}, "rate_limit[1]", "rate_limit"),
    ({"actions": [{"label": "a", "url": "nowhere"}]}, "actions[0].url", "actions"),
    ({"actions": [{"url": "https://example.com"}]}, "actions[0].label", "actions"),
    ({"actions": "x"}, "actions", "actions"),
    ({"timeout": "soon"}, "timeout", "timeout"),
    ({"timeout": 0}, "timeout", "timeout"),
    ({"language": "fr"}, "language", "language"),
    ({"traceback": "perhaps"}, "traceback", "traceback"),
    ({"lifecycle": "edit"}, "lifecycle", "lifecycle"),
    ({"expire": "soon"}, "expire", "expire"),
    ({"expire": {"backup_start": "soon"}}, "expire", "expire"),
    ({"fold_after": "soon"}, "fold_after", "fold_after"),
    ({"mention": {"on": "loud"}}, "mention.on", "mention"),
    ({"mention": 5}, "mention", "mention"),
    ({"digest": {"every": "soon"}}, "digest.every", "digest"),
    ({"quiet_hours": {"from": "25:00", "to": "7:00"}}, "quiet_hours.from", "quiet_hours"),
    ({"dedupe": {"window": 0}}, "dedupe.window", "dedupe"),
    ({"fallback": {"a": 1}}, "fallback", "fallback"),
    ({"group": ""}, "group", "group"),
    ({**BARK, "bark": {"level": "urgent"}}, "bark.level", "bark.level"),
    ({**BARK, "bark": {"volume": 20}}, "bark.volume", "bark.volume"),
    ({**BARK, "bark": {"badge": "many"}}, "bark.badge", "bark.badge"),
    ({**DISCORD, "discord": {"username": "my discord"}}, "discord.username", "discord.username"),
    ({**DISCORD, "lifecycle": "reply"}, "lifecycle", "lifecycle"),
    ({**DISCORD, "mention": {"users": ["@steve"]}}, "mention.users[0]", "mention.users[0]"),
    ({**DISCORD, "actions": [{"label": "a", "url": "https://example.com/" + "a" * 600}]}, "actions[0]", "actions[0]"),
    ({**SLACK, "lifecycle": "update"}, "lifecycle", "lifecycle"),
    ({**SLACK, "mention": {"roles": ["everyone"]}}, "mention.roles[0]", "mention.roles[0]"),
]


@pytest.mark.parametrize(("options", "path", "left_out"), LEFT_OUT)
def test_a_secondary_option_is_left_out_with_one_problem(options: Dict[str, Any], path: str, left_out: str) -> None:
    loaded = load_endpoints(hook(**options))
    assert names(loaded) == ["ops"]
    assert list(problems(loaded)) == [f"[0].{path}"]
    [problem] = loaded.problems
    assert not problem.fatal
    assert f"{left_out}" in problem.remedy
    assert problem.remedy.endswith("is left out")


def test_the_rest_of_a_list_stays() -> None:
    actions = [{"label": "a", "url": "nowhere"}, {"label": "b", "url": "https://example.com"}]
    loaded = load_endpoints(hook(actions=actions))
    assert [one.label for one in loaded.endpoints[0].config.actions] == ["b"]


def test_a_schedule_is_left_out_as_a_whole() -> None:
    assert load_endpoints(hook(retry=["5s", "x"])).endpoints[0].config.retry is None


@pytest.mark.parametrize(
    "options",
    [
        {"url": "nowhere"},
        {"name": ""},
        {"type": "nothing"},
        {"enabled": "perhaps"},
        {"headers": {"Authorization": ["x"]}},
        {"events": ["nothing"]},
        {"filter": {"min_severity": "loud"}},
        {"proxy": "foo"},
        {"verify": "missing.pem"},
        {"cert": "missing.pem"},
        {"webhook": {"method": "TRACE"}},
        {"webhook": {"body": "{{ nothing }}"}},
        {"webhook": {"signing": {"secret": "short"}}},
        {**BARK, "bark": {"encryption": {"key": "short"}}},
        {**DISCORD, "discord": {"thread_id": "general"}},
    ],
)
def test_an_essential_option_switches_the_endpoint_off(options: Dict[str, Any]) -> None:
    loaded = load_endpoints(hook(**options), hook(name="other"))
    assert names(loaded) == ["other"]
    assert any(problem.fatal for problem in loaded.problems)


def test_each_common_option_is_one_or_the_other() -> None:
    secondary = {info.alias or name for name, info in EndpointConfig.model_fields.items()}
    secondary = {name for name in secondary if is_secondary(EndpointConfig, (name,))}
    assert {info.alias or name for name, info in EndpointConfig.model_fields.items()} - secondary == {
        "name", "url", "type", "enabled", "headers", "events", "filter", "proxy", "verify", "cert",
    }  # fmt: skip


@pytest.mark.parametrize("proxy", ["foo", "none", "off", "system", "10.0.0.1", "//host", "ftp://host:1"])
def test_a_proxy_that_is_no_address_is_refused(proxy: str) -> None:
    [problem] = load_endpoints(hook(proxy=proxy)).problems
    assert (problem.path, problem.fatal) == ("notification.endpoints[0].proxy", True)
    assert 'write "http://host:port", "socks5://host:port"' in problem.remedy


@pytest.mark.parametrize(
    "proxy", ["direct", "host:3128", "user:password@host:3128", "http://host", "http://[::1]:8080"]
)
def test_a_proxy_with_a_scheme_or_a_port_is_one(proxy: str) -> None:
    assert load_endpoints(hook(proxy=proxy)).problems == ()
