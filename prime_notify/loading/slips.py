"""The usual slips in hand-written JSON: what is there, and what to write instead.

Positions are those at which Python's parser stopped. Nothing of the owner's text is quoted but single signs and words
of the language itself, since a secret may stand anywhere.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Dict, List, Optional, Tuple

from prime_notify.text.wording import Wording, verbatim

__all__ = ["EXAMPLE", "Slip", "place_of", "slip_in"]

EXAMPLE = '{"notification": {"enabled": true, "endpoints": [...]}}'

_CLOSING = {"{": "}", "[": "]"}
_FULL_WIDTH: Dict[str, str] = {
    **dict.fromkeys("“”„‟＂«»「」『』", '"'),
    **dict.fromkeys("‘’＇`´", '"'),
    **dict.fromkeys("：﹕", ":"),
    **dict.fromkeys("，、；﹐", ","),
    **dict.fromkeys("｛﹛", "{"),
    **dict.fromkeys("｝﹜", "}"),
    **dict.fromkeys("［【", "["),
    **dict.fromkeys("］】", "]"),
    **dict.fromkeys("\u3000\u00a0", " "),
}
"""Signs of Chinese input methods and word processors, with the signs that JSON wants."""
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"
_WORDS = {
    **dict.fromkeys(("true", "yes", "on"), "true"),
    **dict.fromkeys(("false", "no", "off"), "false"),
    **dict.fromkeys(("null", "none", "nil", "undefined"), "null"),
}
_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_BACKSLASH = Wording(
    'write two backslashes for one, or "/": "C:\\\\Users" or "C:/Users"',
    '一个反斜杠要写成两个，或用 "/"："C:\\\\Users" 或 "C:/Users"',
)


@dataclass(frozen=True)
class Slip:
    """A slip at a position of the text."""

    position: int
    found: Wording
    remedy: Wording


def place_of(text: str, position: int) -> Wording:
    """Line and column, each counted from 1."""
    line = text.count("\n", 0, position) + 1
    column = position - (text.rfind("\n", 0, position) + 1) + 1
    return Wording("line {line}, column {column}", "第 {line} 行第 {column} 列", line=line, column=column)


def slip_in(text: str, error: json.JSONDecodeError) -> Slip:
    """The slip behind an error of Python's parser."""
    brackets, string = _open_at(text, error.pos)
    if not text.strip():
        write = Wording("write an object: {example}", "请写一个对象：{example}", example=EXAMPLE)
        return Slip(0, Wording("an empty file", "文件是空的"), write)
    if string is not None or error.msg.startswith(("Unterminated", "Invalid")):
        return _in_string(text, error, error.pos if string is None else string)
    position = error.pos + len(text[error.pos :]) - len(text[error.pos :].lstrip(" \t\r\n"))
    if error.msg.startswith("Extra data"):
        return _after_the_end(text, position)
    slip = _sign(text, position) or _comma(text, position) or _word(text, position)
    if slip is None and position >= len(text):
        slip = _unclosed(text, brackets)
    return slip or _bracket(text, position, brackets) or _between(text, position)


def _open_at(text: str, end: int) -> Tuple[List[Tuple[str, int]], Optional[int]]:
    """The brackets that are open at ``end``, each with its position, and the position of an open quotation mark."""
    brackets: List[Tuple[str, int]] = []
    string: Optional[int] = None
    escaped = False
    for position, char in enumerate(text[:end]):
        if string is not None:
            if escaped:
                escaped = False
            elif char == "\\":
                escaped = True
            elif char == '"':
                string = None
        elif char == '"':
            string = position
        elif char in _CLOSING:
            brackets.append((char, position))
        elif char in "}]" and brackets:
            brackets.pop()
    return brackets, string


def _in_string(text: str, error: json.JSONDecodeError, start: int) -> Slip:
    """A slip inside of quotation marks, of which the first one is at ``start``."""
    if error.msg.startswith("Invalid \\") or text[error.pos : error.pos + 1] == "\\":
        at = max(start, text.rfind("\\", start, error.pos + 1))
        return Slip(at, Wording("a single backslash", "单个反斜杠"), _BACKSLASH)
    line = text[start : text.find("\n", start) if "\n" in text[start:] else len(text)]
    wrong = next((at for at, char in enumerate(line) if at and char in "“”„‟＂"), None)
    if wrong is not None:
        return _sign(text, start + wrong) or _unquoted(start)
    if line.rstrip(" \t\r,}]").endswith('\\"'):
        remedy = Wording(
            'write two backslashes before the closing quotation mark: "C:\\\\Backups\\\\"',
            '结尾引号前的反斜杠要写成两个："C:\\\\Backups\\\\"',
        )
        return Slip(start, Wording("a backslash before a quotation mark", "引号前有反斜杠"), remedy)
    return _unquoted(start)


def _unquoted(start: int) -> Slip:
    found = Wording("a text without its closing quotation mark", "文本缺少结尾的引号")
    return Slip(start, found, Wording('end the text with ", on the same line', '请在同一行内用 " 结束这段文本'))


def _sign(text: str, position: int) -> Optional[Slip]:
    """A sign that JSON does not have."""
    here = text[position : position + 1]
    if here in ("/", "#") or text.startswith("--", position):
        return Slip(
            position, Wording("a comment", "注释"), Wording("JSON has no comments: remove it", "JSON 没有注释：请删除")
        )
    if text.startswith("```", position):
        found = Wording("a mark of Markdown", "Markdown 的标记")
        return Slip(position, found, Wording("keep only the object itself: {{...}}", "请只保留对象本身：{{...}}"))
    if here == "'":
        remedy = Wording('put strings into double quotes: "..."', '文本请用双引号："..."')
        return Slip(position, Wording("a single quotation mark", "单引号"), remedy)
    if here and here in _INVISIBLE:
        found = Wording("an invisible character (U+{code})", "不可见字符（U+{code}）", code=f"{ord(here):04X}")
        return Slip(position, found, Wording("remove it", "请删除"))
    if here and here in _FULL_WIDTH:
        found = Wording("the full-width sign {sign}", "全角符号 {sign}", sign=here.strip() or f"U+{ord(here):04X}")
        wanted = _FULL_WIDTH[here]
        plain = verbatim(wanted) if wanted.strip() else Wording("an ordinary space", "普通空格")
        return Slip(position, found, Wording("write {sign} instead", "请改为半角的 {sign}", sign=plain))
    if here in ("=", ";"):
        found = Wording("the sign {sign}", "符号 {sign}", sign=here)
        return Slip(position, found, Wording("write {sign} instead", "请改为 {sign}", sign=":" if here == "=" else ","))
    return None


def _comma(text: str, position: int) -> Optional[Slip]:
    """A comma with nothing behind it, or nothing before it."""
    before, rest = text[:position].rstrip()[-1:], text[position:].lstrip(", \t\r\n")
    if "," not in (before, text[position : position + 1]):
        return None
    if rest[:1] in ("}", "]"):
        return Slip(position, _broken(), Wording("remove the comma after the last item", "请删除最后一项后面的逗号"))
    if text[position : position + 1] == ",":
        return Slip(position, Wording("a comma without an item", "多余的逗号"), Wording("remove it", "请删除"))
    return None


def _word(text: str, position: int) -> Optional[Slip]:
    """A word or a number without quotation marks."""
    match = _WORD.match(text, position)
    before = text[:position]
    if match is None:
        if before[-1:] in "0+" and text[position : position + 1].isdigit():
            remedy = Wording("write the number without 0 at its beginning", "数字开头不要写 0")
            return Slip(position, Wording("a number that begins with 0", "以 0 开头的数字"), remedy)
        return None
    if before[-1:].isdigit():
        remedy = Wording('put it into double quotes: "10s"', '请加双引号，如 "10s"')
        return Slip(position, Wording("a number with a unit", "带单位的数字"), remedy)
    word, is_value = match[0], before.rstrip()[-1:] in (":", "[")
    wanted = _WORDS.get(word.lower())
    if wanted and (is_value or not text[match.end() :].lstrip().startswith(":")):
        found = Wording('"{word}"', '现为 "{word}"', word=word) if word.lower() in _WORDS else _broken()
        return Slip(position, found, Wording("write {word} instead", "请改为 {word}", word=wanted))
    if before.rstrip()[-1:] in ("{", ",", ":", "["):
        found = Wording("a word without quotation marks", "没有引号的文字")
        return Slip(position, found, Wording('put it into double quotes: "..."', '请加双引号："..."'))
    return None


def _after_the_end(text: str, position: int) -> Slip:
    """Something behind the end of the document."""
    here = text[position : position + 1]
    if here in ("}", "]"):
        found = Wording("a surplus {sign}", "多余的 {sign}", sign=here)
        return Slip(position, found, Wording("remove it", "请删除"))
    if here in ("{", "["):
        remedy = Wording("put everything into one object", "请把所有内容放进同一个对象")
        return Slip(position, Wording("a second object after the first", "第一个对象之后还有一个对象"), remedy)
    if here in (",", '"'):
        found = Wording("more options after the end of the object", "对象结束之后还有选项")
        remedy = Wording(
            "remove the surplus }} before it, and put }} at the end", "请删除它前面多余的 }}，把 }} 放到末尾"
        )
        return Slip(position, found, remedy)
    other = Slip(
        position, Wording("text after the end of the object", "对象结束之后还有内容"), Wording("remove it", "请删除")
    )
    return _sign(text, position) or other


def _unclosed(text: str, brackets: List[Tuple[str, int]]) -> Optional[Slip]:
    """The end of the text, with brackets still open."""
    if not brackets:
        return None
    missing = " ".join(_CLOSING[sign] for sign, _ in reversed(brackets))
    sign, position = brackets[-1]
    found = Wording("the end of the file, with {sign} missing", "文件到此结束，缺少 {sign}", sign=missing)
    remedy = Wording(
        "add {sign}; the {bracket} at {place} is not closed",
        "请补上 {sign}；{place}的 {bracket} 没有闭合",
        sign=missing,
        bracket=sign,
        place=place_of(text, position),
    )
    return Slip(len(text.rstrip()), found, remedy)


def _bracket(text: str, position: int, brackets: List[Tuple[str, int]]) -> Optional[Slip]:
    """A closing bracket that does not fit the open one."""
    here = text[position : position + 1]
    if here not in ("}", "]") or (brackets and _CLOSING[brackets[-1][0]] == here):
        return None
    found = Wording("the bracket {sign}", "括号 {sign}", sign=here)
    if not brackets:
        return Slip(position, found, Wording("remove it", "请删除"))
    sign, opened = brackets[-1]
    remedy = Wording(
        "write {closing} before it: the {bracket} at {place} is not closed",
        "请在它前面写 {closing}：{place}的 {bracket} 没有闭合",
        closing=_CLOSING[sign],
        bracket=sign,
        place=place_of(text, opened),
    )
    return Slip(position, found, remedy)


def _between(text: str, position: int) -> Slip:
    """Something missing between two items."""
    here, before = text[position : position + 1], text[:position].rstrip()[-1:]
    if here in ('"', "{", "[") and before not in ("", ":", ",", "{", "["):
        colon = _is_name(text, position)
        if colon:
            return Slip(position, _broken(), Wording('put ":" after the option\'s name', '请在选项名后面写 ":"'))
        return Slip(position, _broken(), Wording("put a comma between the items", "请在各项之间写逗号"))
    if here in ("}", "]", ",") and before == ":":
        return Slip(
            position, Wording("an option without a value", "选项没有值"), Wording("write its value", "请写上它的值")
        )
    return Slip(
        position, _broken(), Wording("check the quotes, commas and brackets there", "请检查该处的引号、逗号和括号")
    )


def _is_name(text: str, position: int) -> bool:
    """Whether the text before ``position`` is the name of an option, whose colon is missing."""
    try:
        json.loads(text[:position] + ":")
    except json.JSONDecodeError as error:
        return error.msg.startswith("Expecting value") and error.pos >= position
    return False


def _broken() -> Wording:
    return Wording("broken JSON", "JSON 有误")
