"""Rocket.Chat's own parser of messages, from npm: it reads as text whatever players type."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any, List, Set

import pytest

from tests.support.hostile import HOSTILE
from tests.support.messages import channel, detailed, failed, sent

NODE = shutil.which("node")
PACKAGES = Path(__file__).parents[2] / "node"

pytestmark = [
    pytest.mark.skipif(NODE is None, reason="Node.js is not installed"),
    pytest.mark.skipif(
        not (PACKAGES / "node_modules" / "@rocket.chat" / "message-parser").exists(),
        reason="the npm package is not installed: npm install --prefix tests/node",
    ),
]

SCRIPT = """
    const { parse } = require("@rocket.chat/message-parser");
    const read = (text) => {
      try { return parse(text, { colors: true, emoticons: true }); } catch (error) { return [{ type: "ERROR" }]; }
    };
    let input = "";
    process.stdin.on("data", (data) => input += data);
    process.stdin.on("end", () => console.log(JSON.stringify(JSON.parse(input).map(read))));
"""
TEXT = {"PARAGRAPH", "PLAIN_TEXT", "LINE_BREAK", "EMOJI", "BIG_EMOJI"}
TYPED = [line for text in HOSTILE for line in text.split("\n") if line.strip()]
TYPED += ["(evil.com)", "evil.com/x", "http://evil.com/a(b)", "*a* _b_ ~c~", "* item", "**@all**", "<t:1630360800:R>"]


def parsed(texts: List[str]) -> List[Any]:
    done = subprocess.run(
        [NODE or "", "-e", SCRIPT],
        input=json.dumps(texts).encode(),
        cwd=PACKAGES,
        capture_output=True,
        timeout=120,
        check=True,
    )
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def kinds(tree: Any) -> Set[str]:
    """The types of all nodes."""
    if isinstance(tree, list):
        return set().union(*map(kinds, tree))
    if not isinstance(tree, dict):
        return set()
    own = {tree["type"]} if "type" in tree else set()
    return own.union(*(kinds(inner) for inner in tree.values()))


def test_nothing_that_a_player_typed_is_markup() -> None:
    sender = channel("rocketchat", url="https://chat.example.com/hooks/x/y")
    values = []
    for typed in TYPED:
        [attachment] = sent(sender, detailed(backup={"id": 7, "comment": typed}))["attachments"]
        values += [field["value"] for field in attachment["fields"]]
    for value, tree in zip(values, parsed(values)):
        assert kinds(tree) <= TEXT, value


def test_the_title_is_bold_and_an_error_is_code() -> None:
    body = sent(channel("rocketchat", url="https://chat.example.com/hooks/x/y", mention={"all": True}), failed())
    title, text = parsed([body["text"], body["attachments"][0]["text"]])
    assert {"BOLD", "MENTION_USER"} <= kinds(title)
    assert "CODE" in kinds(text)
