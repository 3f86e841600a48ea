"""Whole messages, as they are made of events: with facts, in both languages, from ordinary and from hostile texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, List, Mapping, Optional, Tuple

from hypothesis import strategies as st

from prime_notify.messages.texts import message_of
from prime_notify.model.event import EventName, Severity
from prime_notify.model.fact import Fact, FactKind
from prime_notify.model.notification import Message, Notification, Texts
from tests.support.texts import CATALOGUE
from tests.unit.channels.samples import NOW, message, payload

__all__ = ["HOSTILE", "MEGABYTE", "Wild", "failure", "start", "story", "success", "wild"]

_BACKUP = {
    "id": 42,
    "comment": "before the update",
    "file_count": 1234,
    "raw_size": 1288490188,
    "stored_size": 345678901,
    "targets": ["world"],
}


def story(
    event: str = "backup_success",
    language: str = "en_us",
    previous: Optional[Mapping[str, str]] = None,
    **fields: Any,
) -> Message:
    """The message of such an event, as an endpoint gets it."""
    return message_of(Notification(payload(event, **fields)), language, CATALOGUE, now=NOW, previous=previous)


def start(**more: Any) -> Message:
    return story("backup_start", **{"backup": {"comment": "before the update"}, **_who(), **more})


def success(**more: Any) -> Message:
    return story("backup_success", **{"backup": _BACKUP, "cost_s": 192.4, **_who(), **more})


def failure(**more: Any) -> Message:
    error = {"type": "OSError", "message": "No space left on device", "traceback": "Traceback:\n  line 1\nOSError"}
    return story("backup_failure", **{"error": error, "cost_s": 3.25, **_who(), **more})


def _who() -> Any:
    return {
        "operator": {"type": "player", "name": "Steve", "full": "player:Steve"},
        "server": {"running": True, "name": "MyServer"},
    }


HOSTILE: List[str] = [
    "@everyone @here @channel <!channel> <!here> <!everyone> <@U1ABCDEF> <@&123456789012345678> <#C1> <!subteam^S1>",
    "[click](http://evil.com) ![x](http://evil.com/a.png) <http://evil.com|bank> <http://evil.com>",
    "https://evil.com www.evil.com evil.com a@evil.com @durov /start #tag $USD 127.0.0.1 tg://user?id=1 t.me/x",
    "<b>bold</b> <a href='tg://user?id=1'>x</a> </code></pre> &lt; &amp; &#64; &copy; <script>",
    "**b** __u__ *i* _i_ ~~s~~ ||spoiler|| `code` ```block``` ````",
    "# heading",
    "-# small",
    "> quote",
    ">>> quote",
    "- item",
    "+ item",
    "1. one",
    "1) one",
    "[CQ:at,qq=all] :tada: <:x:123456789012345678> <t:1> </cmd:123456789012345678> <id:home>",
    "back\\slash \\ ```",
    "\u202egnp.exe \u200b\u2060 e\u0301\u0327 👩‍👩‍👧‍👦 🇩🇪 नमस्ते שלום",
    "备份完成，请检查：已保存到 D:/备份",
    "line one\nline two\n```\nline three",
]

_pieces = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(max_size=40),
    st.text(st.sampled_from("\\`*_{}[]()#+-.!|~<>&@:/=123 aw§\n\t\"'\u200b😀"), max_size=40),
    st.lists(st.sampled_from(HOSTILE), max_size=3).map(" ".join),
    st.sampled_from(["👩‍👩‍👧", "e\u0301", "<", "&", "`", "备份", "x", "-", "ab ", "x\n"]),
)
_texts = st.one_of(
    _pieces.map(lambda piece: (piece, 1)),
    st.tuples(_pieces, st.sampled_from([2, 150, 3000])),
)


@dataclass(frozen=True)
class Wild:
    """A message with any texts in any place, also such as no event would make. Texts are stored short: a piece, and
    how many times it is repeated."""

    event: EventName
    severity: Severity
    title: Tuple[str, int]
    trace: Tuple[str, int]
    values: Tuple[Tuple[str, int], ...]

    def message(self) -> Message:
        title, trace = (piece * times for piece, times in (self.title, self.trace))
        error = {"type": "E", "message": "m", "traceback": trace}
        kinds = [kind for kind in FactKind if kind is not FactKind.EVENT]
        facts = [Fact(kind, f"L{kind.value}", piece * times) for kind, (piece, times) in zip(kinds, self.values)]
        plain = message(self.event.value, Texts(title, title, title), error=error, severity=self.severity)
        return Message(plain.notification, plain.texts, "en_us", NOW, tuple(facts))


wild = st.builds(
    Wild,
    st.sampled_from(EventName),
    st.sampled_from(Severity),
    _texts,
    _texts,
    st.lists(_texts, max_size=16).map(tuple),
)

MEGABYTE = Wild(
    EventName.BACKUP_FAILURE,
    Severity.ERROR,
    ("@everyone <!channel> ", 50_000),
    ("x\n", 500_000),
    (("👩‍👩‍👧 <@U1ABCDEF> ", 50_000),) * 4,
)
