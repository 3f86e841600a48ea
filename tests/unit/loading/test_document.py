"""Parsing of JSON text: each mistake is reported with place and remedy, and nothing of the text is shown."""

from __future__ import annotations

import pytest

from prime_notify.config.problem import ConfigError
from prime_notify.loading.document import checked_document, parse_document

SECRET = "sk-very-secret"


def _error(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        parse_document(text)
    assert SECRET not in str(caught.value) + repr(caught.value) + repr(caught.value.problems)
    return str(caught.value)


def test_a_byte_order_mark_is_skipped():
    assert parse_document('\ufeff{"a": 1}') == {"a": 1}


@pytest.mark.parametrize(
    ("text", "place", "remedy"),
    [
        (f'{{"a": "{SECRET}",\n}}', "line", "remove the comma after the last item"),
        (f'{{"a": ["{SECRET}",]}}', "line 1", "remove the comma after the last item"),
        (f'{{"a": "{SECRET}"\n"b": 1}}', "line 2, column 1", "put a comma between the items"),
        (f"{{'a': '{SECRET}'}}", "line 1, column 2", "double quotes"),
        (f'{{\n// {SECRET}\n"a": 1}}', "line 2, column 1", "JSON has no comments"),
        ("", "line 1, column 1", "an empty file"),
        (f'{{"a": "{SECRET}', "line 1, column 7", "end the text with"),
        (f'{{"a": {SECRET}}}', "line 1, column 7", "double quotes"),
        ('{"a": NaN}', "$", "write an ordinary number"),
        ('{"a": -Infinity}', "$", "write an ordinary number"),
        ("[" * 200_000, "$", "write an object"),
    ],
)
def test_a_syntax_error_names_its_place_and_the_remedy(text, place, remedy):
    message = _error(text)
    assert message.startswith(place)
    assert remedy in message


@pytest.mark.parametrize("document", [None, [], "text", 5, True])
def test_a_document_that_is_no_object_is_refused(document):
    with pytest.raises(ConfigError, match=r"^\$: found .*; write an object"):
        checked_document(document)


def test_of_a_key_written_twice_the_last_one_counts_and_a_problem_says_so():
    document, problems = checked_document(parse_document('{"a": {"b": 1, "b": 2}, "c": [{"d": 1, "d": 3}]}'))
    assert document == {"a": {"b": 2}, "c": [{"d": 3}]}
    assert [problem.path for problem in problems] == ["a.b", "c[0].d"]


def test_a_key_that_cannot_be_encoded_is_escaped():
    assert checked_document(parse_document('{"a\\ud800": 1}')) == ({"a\\ud800": 1}, [])


def test_a_bottomless_document_is_refused_with_the_place_where_it_begins():
    document: dict = {}
    inner = document
    for _ in range(5000):
        inner["x"] = inner = {}
    with pytest.raises(ConfigError, match=r"^x\.x\.x: found more than 50 levels"):
        checked_document(document)
