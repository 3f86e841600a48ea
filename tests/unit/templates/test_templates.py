"""The template language: its features, the mistakes that it refuses at load, and its bounds."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from typing import Any, Dict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prime_notify.model.event import EventName
from prime_notify.templates import (
    Budget,
    Mode,
    TemplateFailure,
    TemplateMistake,
    check_template,
    is_expression,
    render_text,
    render_value,
)
from prime_notify.templates.filters import FILTERS, Safe
from tests.support.examples import examples
from tests.support.steps import steps_of

VALUES: Dict[str, Any] = {
    "id": "01KD",
    "event": "backup_failure",
    "status": "failure",
    "severity": "error",
    "timestamp": {"unix": 1_767_323_045.678, "iso": "2026-01-02T03:04:05.678Z"},
    "backup": {
        "id": 7,
        "comment": "备份 <b> & `x`",
        "targets": ["world", "nether"],
        "tags": {"scheduled": True, "kept": "a|b"},
        "raw_size": 1288490188,
        "file_count": 1234,
    },
    "error": {"type": "OSError", "message": "line one\nline two"},
    "cost_s": 192.4,
    "title": "A title",
    "desp": Safe("- **Label**: value"),
    "extra": {"deep": {"er": [1, 2.5, None, False]}, "odd": [float("nan"), float("inf")]},
    "facts": [{"kind": "backup", "label": "Backup", "value": "#7"}],
}


def text(source: str, mode: Mode = Mode.TEXT, **more: Any) -> str:
    check_template(source, mode)
    return render_text(source, {**VALUES, **more}, Budget(), mode)


def value(source: str) -> Any:
    check_template(source)
    return render_value(source, VALUES, Budget())


@pytest.mark.parametrize(
    ("source", "rendered"),
    [
        ("no template", "no template"),
        ("{{ backup.id }} of {{ event }}", "7 of backup_failure"),
        ("{{ backup['id'] }}{{ backup.targets[1] }}{{ backup.targets[-1] }}{{ backup.targets[9] }}", "7nethernether"),
        ("{% if error %}{{ error.type }}{% else %}fine{% endif %}", "OSError"),
        ("{% if cost_s > 60 and not test %}slow{% endif %}", "slow"),
        ("{{ 'bad' if status == 'failure' else 'good' }}", "bad"),
        (
            "{% for name, mark in backup.tags|items %}{{ loop.index }}:{{ name }}={{ mark }};{% endfor %}",
            "1:scheduled=true;2:kept=a|b;",
        ),
        ("{% for fact in facts %}{{ fact.label }}: {{ fact.value }}{% else %}none{% endfor %}", "Backup: #7"),
        ("{% for one in backup.targets if one != 'world' %}{{ one }}{% endfor %}", "nether"),
        ("{% for tag in backup.tags %}{{ tag }} {% endfor %}", "scheduled kept "),
        ("{{ 'a' ~ 1 ~ server.name ~ true }}", "a1true"),
        ("{{ 'a' + 'b' }}{{ 7 // 2 }}{{ -backup.id }}{{ 7 % 4 }}", "ab3-73"),
        ("{{ (100 * backup.id / 3)|round(1) }}", "233.3"),
        ("{{ error.message[:4] }}", "line"),
        ("{{ extra.deep }}{{ extra.deep.er }}", '{"er":[1,2.5,null,false]}[1,2.5,null,false]'),
        ("{{ 'line' in error.message }} {{ event in ('backup_failure', 'backup_aborted') }}", "true true"),
        ("{{ cost_s is number }} {{ backup.id is odd }} {{ server is defined }}", "true true false"),
        ("{# a remark #}x\n", "x\n"),
        ("{% if error %}\nyes\n{% endif %}\nend", "yes\nend"),
    ],
)
def test_a_template_is_filled_in(source: str, rendered: str) -> None:
    assert text(source) == rendered


@pytest.mark.parametrize(
    ("source", "rendered"),
    [
        ("{{ backup.raw_size|size }}", "1.2 GiB"),
        ("{{ cost_s|duration }}", "3m 12s"),
        ("{{ backup.file_count|count }}", "1,234"),
        ("{{ timestamp|date('%Y-%m-%d %H:%M', 'utc') }}", "2026-01-02 03:04"),
        ("{{ timestamp.unix|date('%H:%M:%S', zone='utc') }}", "03:04:05"),
        ("{{ timestamp|date('%Y年%m月%d日 %%', zone='utc') }}", "2026年01月02日 %"),
        ("{{ backup.date|default('unknown')|date }}", "unknown"),
        ("{{ error.message|truncate(9) }}|{{ 'abc'|truncate(3) }}|{{ 'abc'|truncate(0) }}", "line one…|abc|"),
        ("{{ '👩‍👩‍👧👩‍👩‍👧'|truncate(8) }}", "👩‍👩‍👧…"),
        (
            "{{ server.name|default('none') }}{{ title|default('none') }}{{ ''|default('empty', true) }}",
            "noneA titleempty",
        ),
        ("{{ extra.odd|json }}{{ extra.odd }}", "[null,null][null,null]"),
        ("{{ backup.tags|json }}{{ server|json }}", '{"scheduled":true,"kept":"a|b"}null'),
        ("{{ 'aB c'|upper }}{{ 'aB'|lower }}{{ 'ab c'|title }}{{ 'ab'|capitalize }}{{ ' a '|trim }}", "AB CabAb CAba"),
        ("{{ backup.targets|join('+') }}{{ backup.targets|join }}", "world+netherworld, nether"),
        (
            "{{ backup.targets|first }}{{ backup.targets|last }}{{ backup.targets|length }}{{ 'abc'|length }}",
            "worldnether23",
        ),
        ("{{ backup.targets|sort|join }} {{ backup.targets|sort(true)|first }}", "nether, world world"),
        ("{{ error.message|one_line }}|{{ error.message|lines(1) }}", "line one line two|line one"),
        (
            "{{ 'a-b'|replace('-', '+') }}{{ '1 2'|urlencode }}{{ '5'|int + 1 }}{{ '2.5'|float }}{{ 7|string }}",
            "a+b1%20262.57",
        ),
        ("{{ cost_s|round }} {{ -3|abs }} {{ ['a', 'a', 'b']|unique|join('') }}", "192 3.0 ab"),
        ("{{ backup.comment|escape }}", "备份 &lt;b&gt; &amp; `x`"),
        ("{{ backup.comment|markdown }}", "备份 &lt;b&gt; &amp; \\`x\\`"),
    ],
)
def test_filters_make_values_readable(source: str, rendered: str) -> None:
    assert text(source) == rendered


@pytest.mark.parametrize(
    ("source", "rendered"),
    [
        ("{{ server.name }}{{ server.running }}{{ extra.a.b.c }}", ""),
        ("{{ operator.name|upper|truncate(5)|json }}", "null"),
        ("{% if backup.stored_size > 5 or backup.stored_size <= 1 %}x{% endif %}", ""),
        ("{{ backup.stored_size + 1 }}{{ 1 - backup.stored_size }}{{ -backup.stored_size }}", ""),
        ("{% for one in extra.nothing %}x{% endfor %}{{ 'x' in server.name }}", "false"),
        ("{{ [server, 1]|join }}{{ [server, 1] }}{{ title|default(other=server) }}", "1[1]A title"),
        ("{{ 'x' ~ server.name }}{{ server.name == 'x' }}{{ server.name is none }}", "xfalsefalse"),
    ],
)
def test_an_absent_field_is_empty_and_never_an_error(source: str, rendered: str) -> None:
    assert text(source) == rendered


@pytest.mark.parametrize("name", [name for name in FILTERS if name not in ("default", "json", "replace")])
def test_no_filter_minds_an_absent_field(name: str) -> None:
    assert text(f"{{{{ extra.nothing|{name} }}}}") == ""


@pytest.mark.parametrize(
    ("source", "mode", "rendered"),
    [
        ("**{{ backup.comment }}** {{ desp }}", Mode.MARKDOWN, "**备份 &lt;b&gt; &amp; \\`x\\`** - **Label**: value"),
        ("{{ title }}\n{{ error.message }}", Mode.MARKDOWN, "A title\nline one\nline two"),
        ("<a>{{ backup.comment }}</a>", Mode.XML, "<a>备份 &lt;b&gt; &amp; `x`</a>"),
        (
            "/{{ backup.comment }}/{{ '..' }}/{{ '.' }}?",
            Mode.URL,
            "/%E5%A4%87%E4%BB%BD%20%3Cb%3E%20%26%20%60x%60/__/_?",
        ),
    ],
)
def test_what_is_inserted_is_escaped_for_its_place(source: str, mode: Mode, rendered: str) -> None:
    assert text(source, mode) == rendered


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        ("{{ backup.id }}", 7),
        ("{{ cost_s }}", 192.4),
        ("{{ backup.tags }}", VALUES["backup"]["tags"]),
        ("{{ backup.targets|length > 1 }}", True),
        ("{{ server }}", None),
        ("{{ [1, server, (server, 'x')] }}", [1, ["x"]]),
        ("{{ error.type }}", "OSError"),
        ("x{{ backup.id }}", "x7"),
        ("{% if error %}7{% endif %}", "7"),
        ("plain", "plain"),
    ],
)
def test_a_single_expression_keeps_its_type(source: str, kept: Any) -> None:
    assert value(source) == kept
    assert is_expression(source) == (source.startswith("{{"))


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("{{ bakcup.id }}", ['unknown field "bakcup"', 'did you mean "backup"?']),
        ("{{ backup.idd }}", ['unknown field "backup.idd"', 'did you mean "id"?', "comment"]),
        ("{{ backup['coment'] }}", ['did you mean "comment"?']),
        ("{{ backup.id.x }}", ['"backup.id" has no fields']),
        ("{{ backup.targets.x }}", ['"backup.targets" has no fields']),
        ("{{ backup.targets[0].x }}", ['"backup.targets[0]" has no fields']),
        ("{{ (backup).idd }}", ['"backup.idd"']),
        ("{% for fact in facts %}{{ fact.lable }}{% endfor %}", ['did you mean "label"?']),
        ("{% for fact in facts %}{% endfor %}{{ fact }}", ['unknown field "fact"']),
        ("{% for x in facts %}{{ loop.indx }}{% endfor %}", ['unknown field "loop.indx"; did you mean "index"?']),
        ("{{ loop.index }}", ['unknown field "loop"']),
        ("{% for loop in facts %}{% endfor %}", ["assign to special loop variable"]),
        ("{{ cost_s|durations }}", ['unknown filter "durations"; did you mean "duration"?']),
        ("{{ cost_s is nmber }}", ["nmber"]),
        ("{{ cost_s is callable }}", ["callable"]),
        (
            "{% if event == 'backup_sucess' %}{% endif %}",
            ['"event" is never "backup_sucess"; did you mean "backup_success"'],
        ),
        ("{% if status in ['failed'] %}{% endif %}", ['"status" is never "failed"']),
        ("{{ title", ["unexpected end"]),
        ("{% if x %}", ["end"]),
        ("a\n{{ nope }}", ["line 2: ", "nope"]),
        ("a\n{% endif %}", ["line 2: "]),
        ("{{ range(9) }}", ["nothing can be called", "filter"]),
        ("{{ ''.format(1) }}", ["nothing can be called"]),
        ("{% set x = 1 %}", ['"set" is not available']),
        ("{% macro m() %}{% endmacro %}", ['"macro" is not available']),
        ("{% include 'x' %}", ['"include" is not available']),
        ("{% extends 'x' %}", ['"extends" is not available']),
        ("{% import 'x' as y %}", ['"import" is not available']),
        ("{% block b %}{% endblock %}", ['"block" is not available']),
        ("{% with x = 1 %}{% endwith %}", ['"with" is not available']),
        ("{% filter upper %}{% endfilter %}", ['"filter" blocks']),
        ("{% call x() %}{% endcall %}", ['"callblock" is not available']),
        ("{% raw %}{{{% endraw %}{% for x in facts recursive %}{% endfor %}", ["recursive"]),
        ("{{ 9 ** 9 }}", ['"**" is not available']),
        ("{{ {'a': 1} }}", ['"dict" is not available']),
        ("{{ 'a' * 10**9 }}", ['"**" is not available']),
        ("{{ id ** 10 ** 8 }}", ['"**" is not available']),
        ("{% for i in range(10**9) %}{% endfor %}", ["nothing can be called"]),
        ("{{ '%1000000000d' % 1 }}", ['"%" needs two numbers']),
        ("{{ '{:>1000000000}'.format(1) }}", ["nothing can be called"]),
        ("{{ 'a'|center(10**9) }}", ['unknown filter "center"']),
        ("{{ title|attr('__class__') }}", ['unknown filter "attr"']),
        ("{{ title.__class__.__mro__ }}", ['"title" has no fields']),
        ("{{ ''.join(title) }}", ["nothing can be called"]),
        ("{{ self.__init__.__globals__ }}", ['unknown field "self"']),
        ("{{ _budget }}", ['unknown field "_budget"']),
        ("{% for _budget in facts %}{% endfor %}", ["cannot begin with _"]),
        ("{% macro m(n) %}{{ m(n) }}{% endmacro %}{{ m(1) }}", ['"macro" is not available']),
        pytest.param("{{ " + "extra." * 2500 + "x }}", ["nested too deeply"], id="a path of 2500 fields"),
        ("{{ 1e400 }}", ["too large a number"]),
        ("{{ 1e15 * 1e15" + " * 1e15" * 20 + " }}", ["it makes too large a number"]),
        ("{{ 'x' * 9 }}", ["it fails on backup_start", '"*" needs two numbers']),
        ("{{ 'x%s' % 9 }}", ['"%" needs two numbers']),
        ("{{ title|size }}", ["is no number"]),
        ("{{ backup|size }}", ["is no number"]),
        ("{{ cost_s|round(1, 2) }}", ["it fails on", "TypeError"]),
        ("{{ title|join }}", ["is no list"]),
        ("{{ title|items }}", ["items needs an object"]),
        ("{{ title|replace('', 'x') }}", ["replace needs"]),
        ("{% for x in title %}{% endfor %}", ["only lists and objects"]),
        ("{{ timestamp|date('%99999999d') }}", ["date needs a format"]),
        ("{{ timestamp|date('%H', 'Mars') }}", ["'local' or 'utc'"]),
        ("{{ 1 < 'x' }}", ["it fails on", "TypeError"]),
        ("{{ 1 / 0 }}", ["ZeroDivisionError"]),
        ("{{ backup[:1] }}", ["it fails on"]),
        ("{{ " + "(" * 500 + "1" + ")" * 500 + " }}", ["nested too deeply"]),
        ("{{ " + "not " * 300 + "test }}", ["too deeply nested"]),
        ("{{ " + "1 + " * 300 + "1 }}", ["too deeply nested"]),
        ("{{ " + "9" * 30 + " + 1 }}", ["too large a number"]),
        pytest.param("{{ " + "9" * 5000 + " + 1 }}", ["too large a number"], id="a number of 5000 digits"),
        ("{% for a in facts %}" * 25 + "{% endfor %}" * 25, ["too complicated"]),
        ("{{ title }}" + "x" * 17_000, ["at most 16384 characters"]),
    ],
)
def test_a_mistake_is_reported_at_load_with_what_to_write(source: str, words: Any) -> None:
    with pytest.raises(TemplateMistake) as caught:
        check_template(source)
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize("name", list(EventName))
def test_a_template_for_one_event_is_not_refused_for_another(name: EventName) -> None:
    check_template(f"{{% if event == '{name.value}' %}}{{{{ error.message[:9] }}}}{{% endif %}}")


def test_without_jinja2_a_template_is_a_mistake_with_the_command_and_plain_text_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in [name for name in sys.modules if name.startswith("prime_notify.templates.engine")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "jinja2", None)
    check_template("plain")
    with pytest.raises(TemplateMistake, match="pip install jinja2"):
        check_template("{{ title }}")
    for render in (render_text, render_value):
        with pytest.raises(TemplateFailure, match="Jinja2"):
            render("{{ title }}", VALUES, Budget())


def test_a_broken_import_that_is_not_for_lack_of_jinja2_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "prime_notify.templates.engine")
    monkeypatch.setitem(sys.modules, "prime_notify.templates.syntax", None)
    with pytest.raises(ModuleNotFoundError, match="syntax"):
        check_template("{{ title }}")


def test_a_config_without_templates_and_proxies_loads_no_optional_library() -> None:
    script = """
        import sys
        from tests.support.configs import hook, load_endpoints
        load_endpoints(hook(), hook(name="phone", type="bark", url="https://api.day.app/key"))
        assert not {"jinja2", "prime_notify.transport.socks"} & set(sys.modules)
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(script)], check=True, timeout=60)


# -- bounds ----------------------------------------------------------------------------------------------------------

HUGE = {
    **VALUES,
    "backup": {"targets": ["world"] * 1000, "tags": {}},
    "error": {"type": "E", "message": "m" * 512, "traceback": "t" * 32_768},
    "extra": {str(number): "e" * 4000 for number in range(16)},
}


@pytest.mark.parametrize(
    "source",
    [
        "{% for a in backup.targets %}{% for b in backup.targets %}{% for c in backup.targets %}"
        "{% endfor %}{% endfor %}{% endfor %}",
        "{% for a in backup.targets %}" * 9 + "{% endfor %}" * 9,
        "{% for a in backup.targets %}{{ error.traceback }}{% endfor %}",
        "{% for a in backup.targets %}{{ error.traceback|upper|length }}{% endfor %}",
        "{{ " + "~".join(["error.traceback"] * 300) + " }}",
        "{{ " + "+".join(["error.traceback"] * 30) + " }}",
        "{{ error.traceback" + "|replace('t', 'tt')" * 30 + " }}",
        "{{ backup.targets|join(error.traceback) }}",
        "{{ extra }}" * 600,
        "{{ extra|json|length }}" * 600,
        "{% for a in backup.targets %}" * 2 + "{{ extra|items|unique|length }}" + "{% endfor %}" * 2,
        "{% for a in backup.targets %}" * 2 + "{{ backup.targets|unique|length }}" + "{% endfor %}" * 2,
        "{{ extra.a|default(error.traceback ~ error.traceback ~ error.traceback) }}",
    ],
)
def test_what_would_grow_without_end_fails_soon(source: str) -> None:
    def render() -> None:
        with pytest.raises(TemplateFailure, match=r"too many steps|too long a text|short one"):
            render_text(source, HUGE, Budget())

    assert steps_of(render) < 3_000_000  # half of it at most; without the budget there is no end


def test_in_a_url_whatever_is_inserted_stays_there() -> None:
    assert text("{{ title }}", Mode.URL, title="\ud800 \r\n/?#@:\\") == "%3F%20%0D%0A%2F%3F%23%40%3A%5C"


def test_templates_of_one_message_share_its_budget() -> None:
    budget = Budget()
    for _ in range(7):
        render_value("{{ error.traceback }}", HUGE, budget)
    with pytest.raises(TemplateFailure, match="too long"):
        render_text("{{ error.traceback }}{{ error.traceback }}", HUGE, budget)


words = st.sampled_from(
    [
        "backup",
        "event",
        "error.message",
        "facts",
        "extra",
        "x",
        "cost_s",
        "'a'",
        "7",
        "0",
        "[1, 'b']",
        "none",
        "loop.index",
    ]
)
filters = st.sampled_from(
    [*FILTERS, "nope", "join('x')", "truncate(3)", "truncate(-9)", "round(400)", "replace('a', 'b')"]
)
operators = st.sampled_from(
    ["+", "-", "*", "/", "//", "%", "~", "and", "or", "==", "<", "in", "not in", ".", "|", "**"]
)
expressions = st.recursive(
    words,
    lambda inner: (
        st.builds("{}|{}".format, inner, filters)
        | st.builds("({} {} {})".format, inner, operators, inner)
        | st.builds("({} if {} else {})".format, inner, inner, inner)
        | st.builds("{}[{}]".format, inner, inner)
        | st.builds("{}.{}".format, inner, st.sampled_from(["id", "__class__", "items", "x"]))
    ),
    max_leaves=6,
)
templates = st.lists(
    st.builds("{{{{ {} }}}}".format, expressions)
    | st.builds("{{% if {} %}}a{{% else %}}b{{% endif %}}".format, expressions)
    | st.builds("{{% for x in {} %}}{{{{ {} }}}}{{% endfor %}}".format, expressions, expressions)
    | st.text(max_size=20)
    | st.sampled_from(["{{", "}}", "{%", "%}", "{#", "#}", "-%}", "\n"]),
    max_size=4,
).map("".join)  # fmt: skip
plain_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)


@examples(200)
@given(source=templates, mode=st.sampled_from(Mode))
def test_any_text_is_a_template_or_a_mistake(source: str, mode: Mode) -> None:
    try:
        check_template(source, mode)
        assert isinstance(render_text(source, VALUES, Budget(), mode), str)
    except (TemplateMistake, TemplateFailure) as refused:
        assert str(refused)  # noqa: PT017 - most are refused


@examples(200)
@given(source=templates, values=st.fixed_dictionaries({}, optional=dict.fromkeys(VALUES, plain_values)))
def test_whatever_the_values_a_template_gives_a_text_or_fails_as_a_template(source: str, values: Any) -> None:
    try:
        check_template(source)
        rendered = render_text(source, values, Budget())
        kept = render_value(source, values, Budget())
    except (TemplateMistake, TemplateFailure):
        return
    assert len(rendered) <= 262_144 + len(source)
    json.dumps(kept)
