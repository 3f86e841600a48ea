"""A mistake in the config leaves all other parts in force, and is reported with place and remedy."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prime_notify.channels.common.registry import channel_types
from prime_notify.config.models import Config
from prime_notify.loading.document import parse_document
from prime_notify.loading.files import DEFAULT_DOCUMENT
from prime_notify.loading.load import ConfigError, load_config
from prime_notify.model.event import EventName
from tests.support.configs import SPEC_EXAMPLE, hook, load, load_endpoints, names, problems


def _fatal(loaded) -> dict:
    return {path: problem for path, problem in problems(loaded).items() if problem.fatal}


class TestWholeDocument:
    def test_the_block_of_prime_backups_proposal_works_verbatim(self):
        loaded = load(SPEC_EXAMPLE)
        assert loaded.problems == ()
        assert [(one.name, one.type, one.config.timeout) for one in loaded.endpoints] == [
            ("phone", "bark", 5),
            ("serverchan", "webhook", 5),
            ("ops", "webhook", 10),
        ]
        assert loaded.config.notification.events == [EventName.BACKUP_SUCCESS, EventName.BACKUP_FAILURE]
        assert loaded.endpoints[2].config.events == [EventName.BACKUP_FAILURE]
        assert loaded.config.notification.endpoints == [one.config for one in loaded.endpoints]

    def test_each_endpoint_gets_the_channel_of_its_type(self):
        for endpoint in load(SPEC_EXAMPLE).endpoints:
            assert type(endpoint.channel) is channel_types()[endpoint.type]
            assert endpoint.channel.endpoint is endpoint.config

    def test_the_default_config_is_disabled_and_has_no_problem(self):
        loaded = load(DEFAULT_DOCUMENT)
        assert loaded.problems == ()
        assert not loaded.config.notification.enabled
        assert loaded.endpoints == ()

    def test_an_empty_document_gives_the_defaults(self):
        assert load({}).config == Config()

    @pytest.mark.parametrize("document", [None, [], "text", 1])
    def test_only_a_document_that_is_no_object_is_refused(self, document):
        with pytest.raises(ConfigError, match="write an object"):
            load(document)

    def test_a_block_without_its_wrapper_is_taken_for_what_it_is(self):
        loaded = load(SPEC_EXAMPLE["notification"])
        assert loaded.config.notification.enabled
        assert names(loaded) == ["phone", "serverchan", "ops"]
        assert [str(problem) for problem in loaded.problems] == [
            '$: found no "notification"; move enabled, events, endpoints into "notification": {...}'
        ]

    def test_paths_in_a_block_without_its_wrapper_are_those_of_the_document(self):
        loaded = load({"enabled": "perhaps", "endpoints": [hook(url="nonsense")]})
        assert [problem.path for problem in loaded.problems] == ["$", "enabled", "endpoints[0].url"]

    def test_a_stray_part_of_the_block_is_reported_with_its_right_place(self):
        (problem,) = load({**SPEC_EXAMPLE, "endpoints": []}).problems
        assert str(problem) == 'endpoints: found an unknown option; move it into "notification"'

    def test_an_option_written_twice_is_reported(self):
        loaded = load(parse_document('{"notification": {"enabled": false, "enabled": true}}'))
        assert loaded.config.notification.enabled
        assert [problem.path for problem in loaded.problems] == ["notification.enabled"]


class TestSections:
    @pytest.mark.parametrize(
        ("section", "path", "found", "remedy"),
        [
            ({"command": 5}, "command", "5", "write an object"),
            ({"command": {"prefix": "a b"}}, "command.prefix", '"a b"', "matches"),
            ({"command": {"permission": {"test": "boss"}}}, "command.permission.test", '"boss"', "level from 0 to 4"),
            ({"command": {"permission": {"test": 5}}}, "command.permission.test", "5", "level from 0 to 4"),
            ({"command": {"permission": {"test": True}}}, "command.permission.test", "true", "level from 0 to 4"),
            ({"server": {"name": []}}, "server.name", "[]", "write a string"),
            ({"sources": {"listen": {"a": 1}}}, "sources.listen", '{"a": 1}', "write a list"),
            ({"sources": {"listen": ["No Id"]}}, "sources.listen[0]", '"No Id"', "matches"),
            ({"language": "fr"}, "language", '"fr"', 'write one of "en_us", "zh_cn"'),
            ({"comand": {}}, "comand", "an unknown option", 'did you mean "command"?'),
            ({"notification": {"enabeld": True}}, "notification.enabeld", "an unknown option", '"enabled"?'),
        ],
    )
    def test_what_is_broken_falls_back_to_its_default(self, section, path, found, remedy):
        loaded = load(section)
        assert loaded.config == Config()
        (problem,) = loaded.problems
        assert (problem.path, problem.found, problem.fatal) == (path, found, False)
        assert remedy in problem.remedy

    def test_what_is_right_beside_it_stays(self):
        loaded = load({"command": {"prefix": "!!notify", "permission": {"root": "owner", "test": -1}}})
        assert loaded.config.command.prefix == "!!notify"
        assert loaded.config.command.permission.root == 4
        assert loaded.config.command.permission.test == 4

    def test_permission_levels_may_be_named(self):
        permission = {"root": "guest", "test": " Admin ", "reload": "2", "history": "user", "replay": 3}
        loaded = load({"command": {"permission": permission}})
        assert loaded.config.command.permission.model_dump() == {
            "root": 0,
            "test": 3,
            "reload": 2,
            "history": 1,
            "replay": 3,
        }

    def test_null_counts_as_absent_and_one_item_as_a_list(self):
        loaded = load({"server": None, "command": {"prefix": None}, "sources": {"listen": "my_backup"}})
        assert loaded.problems == ()
        assert loaded.config.command.prefix == "!!pn"
        assert loaded.config.sources.listen == ["my_backup"]

    @pytest.mark.parametrize("comment", ["_comment", "//", "$comment"])
    def test_keys_that_hold_remarks_are_no_problem(self, comment):
        assert (
            load({comment: "text", "notification": {comment: "text", "endpoints": [hook(**{comment: 1})]}}).problems
            == ()
        )


class TestNotificationBlock:
    @pytest.mark.parametrize("block", [[], "https://example.com/secret", 5])
    def test_something_else_in_its_place_is_reported_without_showing_it(self, block):
        (problem,) = load({"notification": block}).problems
        assert problem.path == "notification"
        assert "example.com" not in str(problem)

    @pytest.mark.parametrize("block", [None, {}, {"endpoints": None}])
    def test_an_empty_one_is_disabled(self, block):
        loaded = load({"notification": block})
        assert (loaded.config, loaded.problems) == (Config(), ())

    @pytest.mark.parametrize("endpoints", [{}, "https://example.com/secret", 5])
    def test_endpoints_that_are_no_list_are_reported_without_showing_them(self, endpoints):
        (problem,) = load({"notification": {"endpoints": endpoints}}).problems
        assert (problem.path, problem.remedy[:12]) == ("notification.endpoints", "write a list")
        assert "secret" not in str(problem)

    def test_a_switch_that_cannot_be_read_does_not_withhold_notifications(self):
        loaded = load({"notification": {"enabled": "ture"}})
        assert loaded.config.notification.enabled
        assert str(loaded.problems[0]) == (
            'notification.enabled: found "ture"; write true or false; until then it counts as true'
        )

    def test_known_events_stay_when_another_is_misspelt(self):
        loaded = load({"notification": {"events": ["backup_sucess", "Backup-Failure"]}})
        assert loaded.config.notification.events == [EventName.BACKUP_FAILURE]
        assert problems(loaded)["notification.events[0]"].remedy.startswith(
            'did you mean "backup_success"? write one of'
        )

    @pytest.mark.parametrize("events", [["nonsense"], "nonsense", {"a": 1}])
    def test_when_no_known_event_remains_all_are_sent(self, events):
        assert load({"notification": {"events": events}}).config.notification.events is None

    def test_an_empty_list_of_events_is_obeyed_and_reported(self):
        loaded = load({"notification": {"events": []}})
        assert loaded.config.notification.events == []
        assert problems(loaded)["notification.events"].found == "[]"


class TestEndpoint:
    @pytest.mark.parametrize(
        ("endpoint", "path", "found", "remedy"),
        [
            ("https://example.com/secret", "[0]", "a string (length 26)", "write an endpoint"),
            (hook(url=None), "[0].url", "nothing", 'add "url"'),
            (hook(url="example.com/secret"), "[0].url", "a string (length 18)", "write a whole address"),
            (hook(url="https://[::1/secret"), "[0].url", "a string (length 19)", "write a whole address"),
            (hook(url="https://a b/secret"), "[0].url", "a string (length 18)", "write a whole address"),
            (hook(url="https://a/secret, https://b/x"), "[0].url", "a string (length 29)", "write one address here"),
            (hook(url="https://a/secret https://b/x"), "[0].url", "a string (length 28)", "write one address here"),
            (hook(url=5), "[0].url", "a number", "write a whole address"),
            (hook(headers={"X": ["secret"]}), "[0].headers.X", "a list (length 1)", "write a string"),
            (hook(headers={"X": "a\nsecret"}), "[0].headers", "an object (length 1)", "on one line"),
            (hook(headers={"X Y": "secret"}), "[0].headers", "an object (length 1)", "header names"),
            (hook(enabled="perhaps"), "[0].enabled", '"perhaps"', "write true or false"),
            (hook(name="a\nb"), "[0].name", '"a\\nb"', "invisible"),
            (hook(name={"file": "x"}), "[0].name", '{"file": "x"}', "write a string"),
            (hook(type="Brak"), "[0].type", '"Brak"', 'did you mean "bark"? write one of'),
            (hook(type=["bark"]), "[0].type", '["bark"]', "write one of"),
            (hook(events=5.5), "[0].events", "5.5", 'write one of "backup_start"'),
            (hook(events=["nonsense"]), "[0].events[0]", '"nonsense"', 'write one of "backup_start"'),
        ],
    )
    def test_a_wrong_value_switches_it_off_and_the_others_work(self, endpoint, path, found, remedy):
        loaded = load_endpoints(endpoint, hook(name="other"))
        assert names(loaded) == ["other"]
        problem = _fatal(loaded)[path]
        assert problem.found == found
        assert remedy in problem.remedy
        assert "secret" not in "".join(map(str, loaded.problems))

    @pytest.mark.parametrize(
        ("options", "path", "remedy"),
        [
            ({"timeuot": "5s"}, "[0].timeuot", 'did you mean "timeout"?'),
            ({"bark": {"sound": "x"}}, "[0].bark", 'these are options of "type": "bark"'),
            ({"language": "de"}, "[0].language", 'write one of "en_us", "zh_cn"'),
            ({"events": ["backup_failure", "nonsense"]}, "[0].events[1]", "write one of"),
            ({"events": []}, "[0].events", "an empty list sends nothing"),
        ],
    )
    def test_what_it_can_do_without_is_left_out(self, options, path, remedy):
        loaded = load_endpoints(hook(**options))
        assert names(loaded) == ["ops"]
        assert list(problems(loaded)) == [path]
        assert remedy in problems(loaded)[path].remedy

    def test_a_list_of_unknown_events_is_no_problem_of_its_own(self):
        loaded = load_endpoints(hook(events=["nonsense", "back"], timeout="soon", events_of=1))
        assert names(loaded) == []
        assert {path: one.fatal for path, one in problems(loaded).items()} == {
            "[0].events[0]": True,
            "[0].events[1]": True,
            "[0].timeout": False,
            "[0].events_of": False,
        }

    def test_a_misspelt_option_of_a_channel_is_left_out_too(self):
        loaded = load_endpoints(hook(type="bark", bark={"grup": "x"}))
        assert names(loaded) == ["ops"]
        assert problems(loaded)["[0].bark.grup"].remedy.startswith('did you mean "group"?')

    @pytest.mark.parametrize(
        ("options", "field", "value"),
        [
            ({"timeout": "5"}, "timeout", 5),
            ({"timeout": None}, "timeout", 10),
            ({"enabled": "no"}, "enabled", False),
            ({"enabled": 1}, "enabled", True),
            ({"type": " WebHook "}, "type", "webhook"),
            ({"language": "zh-CN"}, "language", "zh_cn"),
            ({"events": "backup_failure"}, "events", [EventName.BACKUP_FAILURE]),
            ({"name": 5}, "name", "5"),
            ({"headers": {"X-Retries": 3}}, "headers", {"X-Retries": "3"}),
            ({"url": " https://example.com/hook\n"}, "url", "https://example.com/hook"),
        ],
    )
    def test_what_can_only_mean_one_thing_is_taken_so(self, options, field, value):
        loaded = load_endpoints({**hook(), **options})
        assert loaded.problems == ()
        assert getattr(loaded.endpoints[0].config, field) == value

    def test_one_without_a_name_gets_one_that_nobody_else_has(self):
        loaded = load_endpoints(hook(name=None), hook(name="endpoint-1"))
        assert names(loaded) == ["endpoint-1'", "endpoint-1"]
        assert list(problems(loaded)) == ["[0].name"]

    def test_of_two_with_the_same_name_the_later_is_switched_off(self):
        loaded = load_endpoints(hook(timeout=1), hook(timeout=2), hook(name="other"))
        assert [(one.name, one.config.timeout) for one in loaded.endpoints] == [("ops", 1), ("other", 10)]
        assert problems(loaded)["[1].name"].remedy == (
            "notification.endpoints[0] has this name, too; give each endpoint its own"
        )

    def test_one_that_is_not_enabled_takes_no_name_away(self):
        loaded = load_endpoints(hook(enabled=False), hook(timeout=2))
        assert [one.config.timeout for one in loaded.endpoints] == [2]
        assert list(_fatal(loaded)) == ["[0].name"]


@given(st.permutations(range(3)), st.sets(st.integers(0, 2)))
def test_broken_endpoints_anywhere_leave_the_rest_in_order(order, broken):
    endpoints = [hook(name=str(index), url="nonsense" if index in broken else "https://example.com") for index in order]
    loaded = load_endpoints(*endpoints)
    assert names(loaded) == [str(index) for index in order if index not in broken]
    assert len(_fatal(loaded)) == len(broken)


def test_the_callers_document_is_left_alone(tmp_path):
    document = {"enabled": "perhaps", "endpoints": [hook(timeuot=1, events=["nonsense"])]}
    before = repr(document)
    load_config(document, environ={}, base_dir=tmp_path)
    assert repr(document) == before
