"""Texts of the owner's own, in place of the composed ones."""

from __future__ import annotations

from typing import Any, List, Optional

import pytest

from prime_notify.config.message_options import Templates
from prime_notify.messages.owner_texts import with_templates
from prime_notify.messages.texts import message_of
from prime_notify.model.notification import Message, Notification
from tests.support.messages import NOW, payload
from tests.support.texts import CATALOGUE


def message(event: str = "backup_failure", **fields: Any) -> Message:
    given = {"backup": {"id": 7, "comment": "[x](http://evil) §cred"}, "error": {"type": "OSError", "message": "full"}}
    return message_of(Notification(payload(event, **{**given, **fields})), "en_us", CATALOGUE, now=NOW)


def made(*, warnings: Optional[List[str]] = None, traceback: bool = False, of: Any = None, **templates: Any) -> Message:
    result = with_templates(of or message(), Templates.model_validate(templates), traceback=traceback)
    assert list(result.warnings) == (warnings or [])
    return result


def test_without_templates_the_message_is_as_it_was() -> None:
    plain = message()
    assert with_templates(plain, None, traceback=False) is plain
    assert made(of=plain) is plain
    assert plain.custom_body is None


def test_texts_payload_and_custom_body_are_what_the_templates_make() -> None:
    result = made(
        title="{{ severity|upper }} #{{ backup.id }}", body="{{ title }}\n{{ error.message }}", desp="**{{ event }}**"
    )
    assert (result.texts.title, result.texts.desp) == ("ERROR #7", "**backup\\_failure**")
    assert result.texts.body == f"{message().texts.title}\nfull"
    assert result.custom_body == result.texts.body
    assert (result.payload.title, result.payload.body, result.payload.desp) == (
        result.texts.title,
        result.texts.body,
        result.texts.desp,
    )


def test_what_has_no_template_keeps_the_default_text() -> None:
    result = made(title="x")
    assert result.texts.body == message().texts.body
    assert result.custom_body is None
    assert result.facts == message().facts


@pytest.mark.parametrize(
    ("event", "title"),
    [
        ("backup_failure", "own"),
        ("restore_failure", "pattern"),
        ("backup_start", "pattern of starts"),
        ("restore_aborted", "all"),
    ],
)
def test_the_most_fitting_template_of_an_event_is_taken(event: str, title: str) -> None:
    templates = {"*": "all", "*_failure": "pattern", "BACKUP-failure": "own", "backup_s*t": "pattern of starts"}
    assert made(of=message(event), title=templates).texts.title == title


def test_an_event_without_a_template_keeps_the_default_text() -> None:
    assert made(title={"restore_start": "x"}).texts.title == message().texts.title


def test_an_empty_text_keeps_the_default() -> None:
    result = made(title="{% if test %}x{% endif %}", body=" {{ server.running }}\n")
    assert result.texts == message().texts
    assert result.custom_body is None


def test_what_players_type_cannot_forge_anything_in_markdown_nor_hide_in_plain_texts() -> None:
    result = made(
        title="a\n{{ backup.comment }}", body="{{ backup.comment }}\n  indented", desp="{{ backup.comment }} {{ desp }}"
    )
    assert result.texts.title == "a [x](http://evil) red"
    assert result.texts.body == "[x](http://evil) red\n  indented"
    assert result.texts.desp.startswith("\\[x\\](http:/&#47;evil) red - **")


def test_a_title_is_one_line_of_moderate_length() -> None:
    assert len(made(title="x" * 1000).texts.title) == 256


def test_the_traceback_is_there_only_where_it_is_asked_for() -> None:
    failed = message(error={"type": "E", "message": "m", "traceback": "THE TRACE"})
    assert made(of=failed, traceback=True, body="{{ error.traceback }}").texts.body == "THE TRACE"
    assert made(of=failed, body="{{ error.traceback }}").custom_body is None


def test_a_template_that_fails_leaves_the_default_text_and_says_so() -> None:
    warning = "templates.title failed on backup_failure, the default text is sent: ZeroDivisionError: division by zero"
    none = message(backup={"id": 7, "raw_size": 0, "stored_size": 5})
    result = made(of=none, warnings=[warning], title="{{ backup.stored_size / backup.raw_size }}", body="fine")
    assert (result.texts.title, result.texts.body) == (none.texts.title, "fine")
    alone = made(of=none, warnings=[warning], title="{{ backup.stored_size / backup.raw_size }}")
    assert alone.texts == none.texts


def test_facts_are_in_the_endpoints_language() -> None:
    chinese = message_of(Notification(payload(backup={"id": 7})), "zh_cn", CATALOGUE, now=NOW)
    result = made(
        of=chinese, body="{% for fact in facts if fact.kind == 'backup' %}{{ fact.label }}={{ fact.value }}{% endfor %}"
    )
    assert result.texts.body == "备份=#7"
