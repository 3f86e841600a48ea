"""Each usual slip in hand-written JSON has its own sentence, with line and column."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from prime_notify.config.problem import ConfigError
from prime_notify.loading.document import checked_document, parse_document
from prime_notify.loading.files import read_config_file
from tests.support.configs import assert_chinese

SLIPS = [
    ('{\n  "a": “b”\n}', "line 2, column 8", "the full-width sign “", 'write " instead'),
    ('{\n  “a”: "b"\n}', "line 2, column 3", "the full-width sign “", 'write " instead'),
    ('{\n  "a": "b”,\n  "c": 1\n}', "line 2, column 10", "the full-width sign ”", 'write " instead'),
    ('{"a"： 1}', "line 1, column 5", "the full-width sign ：", "write : instead"),
    ('{"a": 1， "b": 2}', "line 1, column 8", "the full-width sign ，", "write , instead"),
    ('｛"a": 1}', "line 1, column 1", "the full-width sign ｛", "write { instead"),
    ('{"a": ［1]}', "line 1, column 7", "the full-width sign ［", "write [ instead"),
    ('{"a": 1｝', "line 1, column 8", "the full-width sign ｝", "write } instead"),
    ('{\u3000"a": 1}', "line 1, column 2", "the full-width sign U+3000", "an ordinary space"),
    ('{\u200b"a": 1}', "line 1, column 2", "an invisible character (U+200B)", "remove it"),
    ('{"a": True}', "line 1, column 7", '"True"', "write true instead"),
    ('{"a": [False]}', "line 1, column 8", '"False"', "write false instead"),
    ('{"a": None}', "line 1, column 7", '"None"', "write null instead"),
    ('{"a": undefined}', "line 1, column 7", '"undefined"', "write null instead"),
    ('{"a": yes}', "line 1, column 7", '"yes"', "write true instead"),
    ('{"a": bark}', "line 1, column 7", "a word without quotation marks", "double quotes"),
    ("{a: 1}", "line 1, column 2", "a word without quotation marks", "double quotes"),
    ('{"a": 10s}', "line 1, column 9", "a number with a unit", "double quotes"),
    ('{"a": 007}', "line 1, column 8", "a number that begins with 0", "without 0"),
    ('{"a": "C:\\Users\\x"}', "line 1, column 10", "a single backslash", "two backslashes"),
    ('{"a": "C:\\users"}', "line 1, column 10", "a single backslash", "two backslashes"),
    ('{"a": "C:\\Backups\\"}', "line 1, column 10", "a single backslash", "two backslashes"),
    ('{"a": "C:\\\\Backups\\",\n"b": 1}', "line 1, column 7", "a backslash before a quotation mark", "two backslashes"),
    ('{"a": {"b": 1}', "line 1, column 15", "the end of the file, with } missing", "the { at line 1, column 1"),
    ('{"a": [1, {"b": 2', "line 1, column 18", "the end of the file, with } ] } missing", "add } ] }"),
    ('{"a": [1}', "line 1, column 9", "the bracket }", "the [ at line 1, column 7 is not closed"),
    ('{"a": 1}}', "line 1, column 9", "a surplus }", "remove it"),
    ('{"a": 1}\n{"b": 2}', "line 2, column 1", "a second object after the first", "one object"),
    ('{"a": 1},\n"b": 2}', "line 1, column 9", "more options after the end of the object", "surplus }"),
    ('{"a": 1,}', "line 1, column", "broken JSON", "remove the comma after the last item"),
    ('{"a": 1,, "b": 2}', "line 1, column 9", "a comma without an item", "remove it"),
    ("{'a': 1}", "line 1, column 2", "a single quotation mark", "double quotes"),
    ('{"a": 1 // one\n}', "line 1, column 9", "a comment", "JSON has no comments"),
    ('{"a": 1 # one\n}', "line 1, column 9", "a comment", "JSON has no comments"),
    ('{"a" 1}', "line 1, column 6", "broken JSON", "check the quotes"),
    ('{"a" "b"}', "line 1, column 6", "broken JSON", 'put ":" after the option\'s name'),
    ('{"a" = 1}', "line 1, column 6", "the sign =", "write : instead"),
    ('{"a": 1; "b": 2}', "line 1, column 8", "the sign ;", "write , instead"),
    ('{"a": }', "line 1, column 7", "an option without a value", "write its value"),
    ('```json\n{"a": 1}\n```', "line 1, column 1", "a mark of Markdown", "keep only the object"),
    ('{"a": "b\n}', "line 1, column 7", "a text without its closing quotation mark", "end the text"),
    ("", "line 1, column 1", "an empty file", "write an object"),
]


@pytest.mark.parametrize(("text", "place", "found", "remedy"), SLIPS)
def test_a_slip_is_named_with_its_place_and_its_remedy(text: str, place: str, found: str, remedy: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_document(text)
    [problem] = caught.value.problems
    assert (problem.path.startswith(place), problem.found) == (True, found), str(problem)
    assert remedy in problem.remedy
    assert problem.text("zh_cn").startswith("第 ")
    assert_chinese(problem)


@pytest.mark.parametrize("text", [slip[0] for slip in SLIPS])
def test_no_cut_of_a_broken_file_breaks_the_explanation(text: str) -> None:
    for end in range(len(text) + 1):
        try:
            parse_document(text[:end])
        except ConfigError as error:
            assert_chinese(error.problems[0])


@pytest.mark.parametrize("written", ['"C:\\tools\\backup"', '"D:\\new\\results.pem"', '"C:\\found"'])
def test_a_path_with_single_backslashes_is_restored_and_reported(written: str) -> None:
    document, [problem] = checked_document(parse_document(f'{{"a": {{"verify": {written}}}}}'))
    assert document == {"a": {"verify": written.strip('"')}}
    assert (problem.path, problem.found) == ("a.verify", "a path with control characters")
    assert 'write two backslashes for one, or "/"' in problem.remedy
    assert_chinese(problem)


def test_line_breaks_and_tabs_of_a_text_are_its_own() -> None:
    text = r'{"body": "Status:\n\tdone", "a": "Time:\t1"}'
    assert checked_document(parse_document(text)) == ({"body": "Status:\n\tdone", "a": "Time:\t1"}, [])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{\n  "名称": "备份"}'.encode("gbk"), "line 2, column 4: found text in the encoding GBK"),
        ('{"a": "备份"}'.encode("utf-16"), "line 1, column 1: found text in the encoding UTF-16"),
        (codecs.BOM_UTF16_BE + '{"a": 1}'.encode("utf-16-be"), "line 1, column 1: found text in the encoding UTF-16"),
        (b'{"a": "\xe9"}', "line 1, column 8: found a byte that is no UTF-8"),
    ],
)
def test_another_encoding_is_named_with_its_place(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        read_config_file(path)
    assert str(caught.value) == f"{message}; save the file with the encoding UTF-8"
    assert_chinese(caught.value.problems[0])
