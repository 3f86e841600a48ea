"""A program of the owner's own."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any, Dict

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from prime_notify.loading.load import load_config
from prime_notify.model.event import EventName
from prime_notify.model.notification import Texts
from prime_notify.model.outcome import Delivered, Permanent, Retry
from prime_notify.model.request import CommandRequest
from prime_notify.transport.command import CommandTransport
from tests.support.examples import examples
from tests.support.messages import NOW, TEXTS, answer, channel, message

FIELDS: Dict[str, Any] = {
    "backup": {"id": 7, "comment": "a 'b' \"c\" $(d) 备份", "targets": ["world"], "tags": {"A=B": 1}, "file_count": 0},
    "operator": {"type": "player", "name": "Steve", "full": "player:Steve"},
    "server": {"running": False, "name": "My server"},
    "error": {"type": "OSError", "message": "disk full", "traceback": "THE TRACE"},
    "cost_s": 1.5,
    "extra": {"more": "values"},
    "test": True,
}


def command(**options: Any) -> Any:
    return channel("command", command={"argv": ["notify"], **options})


def rendered(sender: Any, event: str = "backup_failure", **more: Any) -> CommandRequest:
    return sender.render(message(event, **{**FIELDS, **more}))


def test_the_payload_is_on_stdin() -> None:
    document = json.loads(rendered(command()).stdin)
    assert (document["event"], document["title"], document["desp"]) == ("backup_failure", TEXTS.title, TEXTS.desp)
    assert document["backup"] == FIELDS["backup"]
    assert document["error"] == {"type": "OSError", "message": "disk full"}


def test_every_scalar_is_in_the_environment() -> None:
    assert rendered(command(environment={"TOKEN": "secret"})).environment == {
        "TOKEN": "secret",
        "PRIME_NOTIFY_LANGUAGE": "en_us",
        "PRIME_NOTIFY_ID": "01KDYZV9ZE0000000000000000",
        "PRIME_NOTIFY_EVENT": "backup_failure",
        "PRIME_NOTIFY_TASK": "backup",
        "PRIME_NOTIFY_STATUS": "failure",
        "PRIME_NOTIFY_SEVERITY": "error",
        "PRIME_NOTIFY_TIMESTAMP_UNIX": str(NOW),
        "PRIME_NOTIFY_TIMESTAMP_ISO": "2026-01-02T03:04:05.678Z",
        "PRIME_NOTIFY_TASK_ID": "01KDYZV9ZD0000000000000000",
        "PRIME_NOTIFY_PLUGIN_ID": "prime_backup",
        "PRIME_NOTIFY_PLUGIN_VERSION": "1.13.0",
        "PRIME_NOTIFY_SERVER_RUNNING": "false",
        "PRIME_NOTIFY_SERVER_NAME": "My server",
        "PRIME_NOTIFY_BACKUP_ID": "7",
        "PRIME_NOTIFY_BACKUP_COMMENT": "a 'b' \"c\" $(d) 备份",
        "PRIME_NOTIFY_BACKUP_FILE_COUNT": "0",
        "PRIME_NOTIFY_OPERATOR_TYPE": "player",
        "PRIME_NOTIFY_OPERATOR_NAME": "Steve",
        "PRIME_NOTIFY_OPERATOR_FULL": "player:Steve",
        "PRIME_NOTIFY_COST_S": "1.5",
        "PRIME_NOTIFY_ERROR_TYPE": "OSError",
        "PRIME_NOTIFY_ERROR_MESSAGE": "disk full",
        "PRIME_NOTIFY_TITLE": TEXTS.title,
        "PRIME_NOTIFY_BODY": TEXTS.body,
        "PRIME_NOTIFY_DESP": TEXTS.desp,
        "PRIME_NOTIFY_TEST": "true",
    }


def test_a_traceback_is_on_stdin_only() -> None:
    request = rendered(channel("command", command={"argv": ["x"]}, traceback=True))
    assert json.loads(request.stdin)["error"]["traceback"] == "THE TRACE"
    assert "THE TRACE" not in str(request.environment)


def test_only_words_of_our_own_are_filled_into_arguments() -> None:
    argv = ["{event}/{id}", "--{severity}={status}", "{task}{task}", "{}", "{print $1}", "{EVENT}", "{{event}}", "%s"]
    assert rendered(command(argv=argv)).argv == (
        "backup_failure/01KDYZV9ZE0000000000000000",
        "--error=failure",
        "backupbackup",
        "{}",
        "{print $1}",
        "{EVENT}",
        "{backup_failure}",
        "%s",
    )


def test_the_folder_goes_along() -> None:
    assert rendered(command(cwd="/srv/x")).folder == "/srv/x"
    assert rendered(command()).folder == ""


@examples(80)
@given(
    event=st.sampled_from(EventName),
    texts=st.builds(
        Texts, *[st.sampled_from(["", "x" * 100_000, "备" * 50_000, "\0" * 9000, "a\ud800\0b", "👩‍👧" * 9000])] * 3
    ),
    comment=st.text(st.characters(codec=None), max_size=50) | st.just("x" * 1_000_000),
    tags=st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=3),
)
def test_any_message_fits_into_an_environment(event: EventName, texts: Texts, comment: str, tags: Any) -> None:
    request = command().render(
        message(event.value, texts, backup={"comment": comment, "tags": tags}, message=comment, error=None)
    )
    for name, value in request.environment.items():
        assert name.replace("_", "").isalnum()
        assert "\0" not in value
        assert len(value.encode("utf-8")) <= 4096
    whole = sum(len(name) + len(value.encode("utf-8")) + 2 for name, value in request.environment.items())
    assert whole <= 16 * 1024
    assert {"PRIME_NOTIFY_EVENT", "PRIME_NOTIFY_ID", "PRIME_NOTIFY_SEVERITY"} <= set(request.environment)


def test_what_is_cut_says_so_and_the_most_important_is_kept() -> None:
    long = "备" * 50_000
    more = {"message": long, "error": {"type": "E", "message": long}, "backup": {"id": 7, "comment": long}}
    environment = command().render(message("backup_failure", Texts("Title", long, long), **more)).environment
    assert environment["PRIME_NOTIFY_BACKUP_ID"] == "7"
    for name in ("BACKUP_COMMENT", "MESSAGE", "ERROR_MESSAGE"):
        assert environment[f"PRIME_NOTIFY_{name}"] == "备" * 1364 + "…"
    assert environment["PRIME_NOTIFY_TITLE"] == "Title"
    assert environment["PRIME_NOTIFY_BODY"].endswith("备…")
    assert "PRIME_NOTIFY_DESP" not in environment


# -- answers ---------------------------------------------------------------------------------------------------------


def test_zero_is_success() -> None:
    assert command().judge(answer(0, b"whatever")) == Delivered()


@pytest.mark.parametrize(
    ("code", "kind", "reason"),
    [
        (1, Retry, "exit code 1: the reason"),
        (64, Permanent, "exit code 64: the reason"),
        (65, Permanent, "exit code 65: the reason"),
        (75, Retry, "exit code 75: the reason"),
        (78, Permanent, "exit code 78: the reason"),
        (126, Retry, "exit code 126: the reason"),
        (127, Retry, "exit code 127: the reason"),
        (255, Retry, "exit code 255: the reason"),
        (-9999, Retry, "killed by signal 9999: the reason"),
    ],
)
def test_what_an_exit_code_means(code: int, kind: Any, reason: str) -> None:
    outcome = command().judge(answer(code, b"line 1\nthe\x1b reason\n\n"))
    assert isinstance(outcome, kind)
    assert (outcome.reason, outcome.status) == (reason, None)
    assert outcome.hint


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_a_signal_has_its_name() -> None:
    assert command().judge(answer(-9, b"")).reason == "killed by SIGKILL"


def test_the_owner_may_say_which_codes_are_permanent() -> None:
    sender = command(permanent_exit_codes=[1, 75])
    assert isinstance(sender.judge(answer(1, b"")), Permanent)
    assert isinstance(sender.judge(answer(64, b"")), Retry)
    assert isinstance(sender.judge(answer(0, b"")), Delivered)


# -- configuration ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "remedy"),
    [
        ({"argv": []}, "at least 1"),
        ({"argv": [""]}, "write the program"),
        ({"argv": "notify it"}, "list"),
        ({"argv": ["x", "a\0b"]}, "NUL"),
        ({"argv": ["x", "--text={body}"]}, "{body} may be what a player typed"),
        ({"argv": ["x", "{backup.comment}"]}, "PRIME_NOTIFY_"),
        ({"argv": ["x"], "cwd": "/\0"}, "NUL"),
        ({"argv": ["x"], "environment": {"A": "\0"}}, "NUL"),
        ({"argv": ["x"], "environment": {"A\0": "1"}}, "NUL"),
        ({"argv": ["x"], "environment": {"A=B": "1"}}, 'without "="'),
        ({"argv": ["x"], "environment": {"": "1"}}, 'without "="'),
        ({"argv": ["x"], "environment": {"prime_notify_id": "1"}}, "PRIME_NOTIFY_"),
        ({"argv": ["x"], "permanent_exit_codes": [0]}, "greater than or equal to 1"),
        ({"argv": ["x"], "shell": True}, "not permitted"),
    ],
)
def test_a_wrong_config_says_what_to_write(options: Dict[str, Any], remedy: str) -> None:
    with pytest.raises(ValidationError, match=remedy):
        channel("command", command=options)


def test_numbers_may_be_arguments() -> None:
    assert rendered(command(argv=["x", 5], environment={"N": 5})).argv == ("x", "5")


# -- with a real program ---------------------------------------------------------------------------------------------


def test_a_real_program_gets_all_of_it() -> None:
    code = (
        "import json, os, sys; document = json.load(sys.stdin); "
        "assert document['backup']['comment'] == os.environ['PRIME_NOTIFY_BACKUP_COMMENT']; "
        "print(ascii([document['backup']['comment'], sys.argv[1], os.environ['TOKEN']])); sys.exit(65)"
    )
    argv = [sys.executable, "-X", "utf8", "-c", code, "{severity}"]
    sender = command(argv=argv, environment={"TOKEN": "t"})
    transport = CommandTransport()
    response = transport.send(rendered(sender), timeout=60)
    transport.close()
    assert response.body.decode() == ascii([FIELDS["backup"]["comment"], "error", "t"]) + os.linesep
    assert isinstance(sender.judge(response), Permanent)


@pytest.mark.parametrize("program", ["/opt/no/such/program", "no-such-program-here"])
def test_a_program_that_cannot_be_run_is_reported_at_load(program: str) -> None:
    document = {"notification": {"endpoints": [{"name": "s", "type": "command", "command": {"argv": [program]}}]}}
    loaded = load_config(document, environ={}, base_dir=Path())
    [problem] = loaded.problems
    assert (problem.path, problem.fatal) == ("notification.endpoints[0].command.argv[0]", False)
    assert problem.remedy.startswith("there is no such program that can be run: write its whole path")
    assert len(loaded.endpoints) == 1


@pytest.mark.parametrize("program", [sys.executable, "./beside-the-server.sh"])
def test_a_program_that_may_be_there_is_not_reported(program: str) -> None:
    document = {"notification": {"endpoints": [{"name": "s", "type": "command", "command": {"argv": [program]}}]}}
    assert load_config(document, environ={}, base_dir=Path()).problems == ()
