"""Every problem of a config can be read in both languages. ``tests.support.configs.load`` checks each one it sees."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any, Dict, Iterator

import pytest

import prime_notify
from prime_notify.config.problem import ConfigError, Problem, describe
from prime_notify.loading.document import checked_document, parse_document
from prime_notify.loading.files import read_config_file
from prime_notify.loading.load import load_config
from prime_notify.loading.remedies import remedy_of
from prime_notify.loading.schema import config_schema, render_schema
from tests.support.configs import assert_chinese, hook, load, load_endpoints

PACKAGE = Path(prime_notify.__file__).parent
CHECKED = ("channels", "config", "loading", "templates")
EXCEPTIONS = ("ValueError", "MisfitError", "TemplateMistake", "TemplateFailure")
SHIPPED = Path(__file__).parents[3] / "schema" / "config.schema.zh_cn.json"


def plain_errors() -> Iterator[str]:
    """Where a text that its owner reads is raised in one language."""
    for layer in CHECKED:
        for path in sorted((PACKAGE / layer).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in EXCEPTIONS):
                    continue
                if any(isinstance(one, (ast.JoinedStr, ast.Constant)) for one in node.args[:1]):
                    yield f"{path.relative_to(PACKAGE)}:{node.lineno}"


def test_no_check_of_a_value_raises_a_text_in_one_language() -> None:
    assert [place for place in plain_errors() if not place.startswith("config/models.py")] == []


def test_a_remedy_in_both_languages() -> None:
    [problem] = load({"notification": {"enabled": "ture"}}).problems
    assert problem.text("en_us") == (
        'notification.enabled: found "ture"; write true or false; until then it counts as true'
    )
    assert problem.text("zh_cn") == 'notification.enabled：现为 "ture"；请写 true 或 false；在此之前按 true 处理'


@pytest.mark.parametrize(
    "kind", [
        "bool_type", "bool_parsing", "int_type", "int_parsing", "int_from_float", "int_parsing_size", "float_type",
        "float_parsing", "finite_number", "string_type", "string_unicode", "list_type", "tuple_type", "dict_type",
        "model_type", "none_required", "greater_than", "greater_than_equal", "less_than", "less_than_equal",
        "string_too_short", "string_too_long", "string_pattern_mismatch", "too_short", "too_long", "recursion_loop",
        "is_instance_of", "a_kind_of_next_year",
    ],
)  # fmt: skip
def test_each_kind_of_pydantics_errors_has_a_remedy_of_ours(kind: str) -> None:
    context: Dict[str, Any] = {"ge": 1, "gt": 1, "le": 1, "lt": 1, "min_length": 1, "max_length": 1, "pattern": "^a$"}
    remedy = remedy_of(kind, context, "Input should be valid")
    assert_chinese(Problem("a.b", describe(1, public=True), remedy))


@pytest.mark.parametrize("value", [None, True, 5, 1.5, "x", [1], {"a": 1}, object(), {"a": object()}])
@pytest.mark.parametrize("public", [True, False])
def test_each_value_is_described_in_both_languages(value: object, public: bool) -> None:
    assert_chinese(Problem("a.b", describe(value, public=public), describe("", public=False)))


@pytest.mark.parametrize("document", [None, [], "text", {"a": {"b": {}}}])
def test_a_document_that_cannot_be_used_is_explained_in_both_languages(document: Any) -> None:
    for _ in range(60):
        document = {"a": document} if isinstance(document, dict) else document
    with pytest.raises(ConfigError) as caught:
        checked_document(document)
    for problem in caught.value.problems:
        assert_chinese(problem)


def test_a_file_that_cannot_be_read_is_explained_in_both_languages(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.json"):
        with pytest.raises(ConfigError) as caught:
            read_config_file(path)
        assert_chinese(caught.value.problems[0])
        assert "没有" in caught.value.problems[0].text("zh_cn") or "文件夹" in caught.value.problems[0].text("zh_cn")


def test_a_remedy_keeps_its_words_when_a_secret_is_the_same() -> None:
    document = {"notification": {"endpoints": [hook(url="example.com/hook", headers={"A": "write a whole address"})]}}
    [problem] = load_config(document, environ={}, base_dir=Path()).problems
    assert problem.remedy == 'write a whole address, such as "https://example.com/hook"'


def test_a_secret_that_a_remedy_quotes_is_masked_in_both_languages() -> None:
    loaded = load_endpoints(hook(templates={"title": "{{ sk_very_secret }}"}, headers={"A": "sk_very_secret"}))
    for language in ("en_us", "zh_cn"):
        assert "sk_very_secret" not in loaded.problems[0].text(language)
        assert "***" in loaded.problems[0].text(language)


def test_the_shipped_chinese_schema_is_up_to_date() -> None:
    assert SHIPPED.read_text(encoding="utf-8") == render_schema("zh_cn"), "run: python3 scripts/dev.py docs"


def test_the_schemas_differ_in_their_descriptions_only() -> None:
    def described(value: Any) -> Iterator[str]:
        for key, inner in (
            value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        ):
            if key == "description" and isinstance(inner, str):
                yield inner
            yield from described(inner)

    english, chinese = list(described(config_schema())), list(described(config_schema("zh_cn")))
    assert len(english) == len(chinese) > 100
    assert [text for text in chinese if not re.search("[\u4e00-\u9fff]", text)] == []
    assert [text for text in english if re.search("[\u4e00-\u9fff]", text)] == []


def test_what_is_no_json_is_explained_in_both_languages() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_document('{"a": True}')
    assert caught.value.problems[0].text("zh_cn") == '第 1 行第 7 列：现为 "True"；请改为 true'
