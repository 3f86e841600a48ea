"""Messages as they really come, with every fact, and hostile ones for channels that lay them out by hand."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from prime_notify.messages.texts import message_of
from prime_notify.model.event import EventName
from prime_notify.model.fact import Fact, FactKind
from prime_notify.model.notification import Message, Notification, Texts
from tests.support.texts import CATALOGUE
from tests.unit.channels.samples import NOW, payload

BACKUP = {
    "id": 42,
    "comment": "before the raid",
    "file_count": 1234,
    "raw_size": 1288490188,
    "stored_size": 345678901,
}
STEVE = {"type": "player", "name": "Steve", "full": "player:Steve"}
FAILED = {
    "type": "OSError",
    "message": "disk full",
    "traceback": "Traceback (most recent call last):\n  boom()\nOSError",
}

HOSTILE = [
    "[click](http://evil.com)",
    "![x](http://evil.com/a.png)",
    "https://evil.com www.evil.com //evil.com a@evil.com",
    '<at id=all></at> <at user_id="all">all</at> <@all> <@ZhangSan> @all @13800000000',
    "@everyone <!channel> <@U1>",
    "[CQ:at,qq=all] &#91;CQ:at,qq=all&#93;",
    '<font color="warning">fake</font><script>alert(1)</script><img src=x onerror=y>',
    "# heading",
    "1. one",
    "- item",
    "> quote",
    "===",
    "```code``` `code`",
    "**bold** __bold__ *i* _i_ ~~gone~~ a_b_c",
    "| a | b |",
    "&lt;b&gt; &#64;all &copy;",
    "back\\slash \\",
]
LONG = [
    "备份" * 3000,
    "x" * 100_000,
    "👩‍👩‍👧" * 2000,
    "مرحبا" * 2000,
    "e\u0301" * 3000,
    '<&>"\u2028' * 2000,
    "行\n" * 3000,
]

typed = st.one_of(st.text(max_size=60), st.sampled_from(HOSTILE), st.lists(st.sampled_from(HOSTILE)).map("\n".join))
any_text = st.one_of(typed, st.sampled_from(LONG))

facts = st.lists(st.builds(Fact, st.sampled_from(FactKind), st.just("Label"), any_text), max_size=17).map(
    lambda found: tuple(sorted(found, key=lambda fact: list(FactKind).index(fact.kind)))
)
messages = st.builds(
    lambda event, title, body, found, trace, language: Message(
        Notification(payload(event.value, error={"type": "E", "message": "m", "traceback": trace})),
        Texts(title, body, body),
        language,
        NOW,
        found,
    ),
    st.sampled_from(EventName),
    any_text,
    any_text,
    facts,
    any_text,
    st.sampled_from(["en_us", "zh_cn"]),
)


def composed(event: str = "backup_success", language: str = "en_us", **fields: Any) -> Message:
    """A message as the delivery makes it."""
    defaults = {"backup": BACKUP, "operator": STEVE, "cost_s": 12.3, "server": {"running": True, "name": "Survival"}}
    notification = Notification(payload(event, **{**defaults, **fields}))
    return message_of(notification, language, CATALOGUE, now=NOW)


def failed(language: str = "en_us", **fields: Any) -> Message:
    """A failed backup, with its traceback."""
    return composed("backup_failure", language, **{"error": FAILED, **fields})


ACTIONS = [
    {"label": "Panel", "url": "https://panel.example.com/x"},
    {"label": "Docs", "url": "https://docs.example.com"},
]
