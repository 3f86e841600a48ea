"""Reasons and remedies, in both languages."""

from __future__ import annotations

import ast
import re
import socket
import string
from pathlib import Path
from typing import Iterator, Set, Tuple

import pytest

import prime_notify
from prime_notify.text.wording import NOTHING, Wording, in_language
from prime_notify.transport.exchange import Phase
from prime_notify.transport.explain import explain

TELLING = ("Retry", "Permanent", "Meaning", "TransportFailure", "UnsendableError")
PACKAGE = Path(prime_notify.__file__).parent


def wordings() -> Iterator[Tuple[str, str]]:
    """English and Chinese of every wording in the source."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if path.parent.name == "text":  # these functions make wordings of other wordings
                continue
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Wording":
                texts = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
                if len(texts) == 2 and texts[0]:
                    yield texts[0], texts[1]


def written_in_english_only() -> Iterator[str]:
    """Where a reason or a remedy is a plain text."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in TELLING:
                given = [*node.args, *(keyword.value for keyword in node.keywords if keyword.arg in ("reason", "hint"))]
                for text in given:
                    if isinstance(text, ast.JoinedStr) or (
                        isinstance(text, ast.Constant) and str(text.value).islower()
                    ):
                        yield f"{path.name}:{text.lineno}"


def fields(text: str) -> Set[str]:
    return {f"{name}:{form}" for _, name, form, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize(("english", "chinese"), sorted(set(wordings())))
def test_every_wording_says_the_same_in_chinese(english: str, chinese: str) -> None:
    assert re.search("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]", chinese)
    assert fields(chinese) == fields(english)


def test_no_reason_and_no_remedy_is_written_in_english_only() -> None:
    assert list(written_in_english_only()) == []


def test_what_is_filled_in_is_told_in_the_same_language() -> None:
    said = Wording("{who} {what}", "{who}{what}", who="{host}", what=Wording("waits", "在等待"))
    assert (said, in_language(said, "en_us"), in_language(said, "zh_cn")) == (
        "{host} waits",
        "{host} waits",
        "{host}在等待",
    )
    assert type(in_language(said, "en_us")) is str
    assert in_language(NOTHING, "zh_cn") == ""


def test_a_failure_behind_a_proxy_is_told_in_chinese_as_a_whole() -> None:
    failure = explain(socket.timeout(), Phase.CONNECT, "host:443", "proxy:3128", configured=True)
    assert in_language(failure.reason, "zh_cn") == "代理：proxy:3128 在连接时超时"
    assert in_language(failure.hint, "zh_cn") == "请检查该推送目标的 proxy"
