"""Templates of Go are recognised, and the remedy has our words for their fields."""

from __future__ import annotations

import pytest

from prime_notify.templates import TemplateMistake, check_template
from tests.support.configs import hook, load_endpoints


@pytest.mark.parametrize(
    ("written", "ours"),
    [
        ("{{.BackupName}}", "{{ backup.comment }}"),
        ("{{.Target.Value}}", '{{ backup.targets|join(", ") }}'),
        ("{{ .Error }}", "{{ error.message }}"),
        ("{{- .Event -}}", "{{ event }}"),
        ("{{ if .Error }}failed{{ end }}", "{{ error.message }}"),
        ("{{ .SnapshotStats.TotalBytesProcessed }}", "{{ backup.raw_size|size }}"),
        ("{{.Owner.Name}}", "{{ operator.name }}"),
        ("{{ .Plan.Id }}", '{{ backup.targets|join(", ") }}'),
        ("{{ .Duration }}", "{{ cost_s|duration }}"),
        ("{{ .CurTime }}", "{{ timestamp|date }}"),
        ("{{ .Repo.Id }}", "{{ server.name }}"),
        ("{{ .Summary }}", "{{ body }}"),
    ],
)
def test_a_go_template_gets_the_right_words(written: str, ours: str) -> None:
    with pytest.raises(TemplateMistake, match="is a template of Go") as caught:
        check_template(written)
    assert f'write "{ours}"' in str(caught.value)
    assert f'请写 "{ours}"' in caught.value.remedy.chinese
    check_template(ours)


def test_a_go_template_with_an_unknown_field_is_explained_as_well() -> None:
    with pytest.raises(TemplateMistake, match="write fields without the dot before them"):
        check_template("{{ .Zebra }}")


@pytest.mark.parametrize("source", ["{{ backup.comment }}", "{{ 0.5 }}", "{% if error %}{{ title }}.{% endif %}"])
def test_our_own_templates_are_none_of_go(source: str) -> None:
    check_template(source)


def test_the_remedy_is_that_of_the_option() -> None:
    loaded = load_endpoints(hook(webhook={"body": {"text": "{{.BackupName}}"}}))
    [problem] = loaded.problems
    assert problem.path == "notification.endpoints[0].webhook.body.text"
    assert problem.remedy == '"{{.BackupName}}" is a template of Go: write "{{ backup.comment }}"'
