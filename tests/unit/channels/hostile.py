"""What players type and careless plugins hand over, as messages: made by the real composer, and wilder ones."""

from __future__ import annotations

from typing import Any, Dict

from hypothesis import strategies as st

from prime_notify.messages.texts import message_of
from prime_notify.model.event import Event, EventName, Severity
from prime_notify.model.normalize import normalize
from prime_notify.model.notification import Message, Notification, Texts
from tests.support.texts import CATALOGUE
from tests.unit.channels.samples import NOW, message

__all__ = ["HOSTILE", "LANGUAGES", "composed", "json_values", "real_messages", "wild_messages"]

LANGUAGES = ("en_us", "zh_cn")

HOSTILE = [
    "",
    "[click](http://evil.com) ![x](http://evil.com/a.png) <http://evil.com|x> http://evil.com //evil.com",
    "<a href='http://evil.com'>x</a> <script>alert(1)</script> <at id=all></at> &lt;b&gt; &#60;",
    "@everyone @here @channel @all @user:example.org <!channel> <!here> <@U1> <@&1> <@!1> <#1> @**all**",
    "[CQ:at,qq=all] [CQ:image,file=http://evil.com/a.png] &#91;CQ:at,qq=all&#93;",
    "# heading\n> quote\n- item\n1. item\n```\ncode\n```\n---\n| a | b |\n|---|---|\n",
    '**bold** _it_ `code` ~~gone~~ ||spoiler|| $$x$$ \\ \\\\ <font color="warning">x</font> §4red§r',
    "\"quoted\" 'single' %s {0} {title} ${HOME} `id` $(id) %PATH% \\n \\u0000 ]]> {{ x }} {% x %}",
    "\u202eright to left\u202c שלום مرحبا \u2066isolated\u2069 \u200bzero width\ufeff",
    "e" + "\u0301\u0302\u0303" * 300,
    "👩‍👩‍👧‍👦" * 400 + "🇩🇪" * 400 + "👍🏽" * 400,
    "备份完成" * 3000,
    "<&>\u2028\u2029\x85\b\f\0\x1f\x7f" * 500,
    "a\ud800b\udfffc",
    "x" * 1_000_000,
    "* " * 500_000,
    "line\n" * 200_000,
]
"""Lone surrogates, control characters and megabytes do not survive normalization, but a channel may not rely on it."""

typed = st.sampled_from(HOSTILE) | st.text(st.characters(codec=None), max_size=40)
printable = st.text(max_size=60) | st.sampled_from([text for text in HOSTILE if len(text) < 20_000])

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)


def composed(
    name: str = "backup_success",
    language: str = "en_us",
    *,
    server_name: str = "My server",
    previous: Any = None,
    **fields: Any,
) -> Message:
    """The message that a lane would hand to a channel for this event."""
    payload = normalize(
        Event(EventName(name), "prime_backup", "1.13.0", fields),
        id="01KDYZV9ZE0000000000000000",
        task_id="01KDYZV9ZD0000000000000000",
        now=NOW,
        server_running=True,
        server_name=server_name,
    ).payload
    return message_of(Notification(payload), language, CATALOGUE, now=NOW, previous=previous)


@st.composite
def real_messages(draw: st.DrawFn) -> Message:
    """Any event, with something that somebody typed wherever that can stand."""
    name = draw(st.sampled_from(EventName))
    fields: Dict[str, Any] = {
        "backup": {
            "id": draw(st.sampled_from([0, 7, 2**63 - 1])),
            "comment": draw(typed),
            "creator": draw(typed),
            "targets": [draw(typed)] * draw(st.sampled_from([0, 1, 300])),
            "tags": {draw(typed): draw(typed)},
            "raw_size": 1 << 40,
            "stored_size": 99,
            "file_count": 1234,
        },
        "operator": {"type": draw(typed), "name": draw(typed)},
        "source": {"type": "player", "name": draw(typed)},
        "message": draw(typed),
        "cost_s": 1e9,
        "extra": {"more": draw(typed)},
        "severity": draw(st.sampled_from(Severity)).value,
        "test": draw(st.booleans()),
        **{text: draw(typed) for text in draw(st.sets(st.sampled_from(["title", "body", "desp"])))},
    }
    if draw(st.booleans()):
        fields["error"] = {"type": draw(typed), "message": draw(typed), "traceback": draw(typed)}
    previous = draw(st.none() | st.dictionaries(st.sampled_from(_RECEIPT_NAMES), typed, max_size=4))
    return composed(name.value, draw(st.sampled_from(LANGUAGES)), previous=previous, server_name=draw(typed), **fields)


_RECEIPT_NAMES = ["id", "ts", "channel", "message_id", "chat_id", "thread_id", "rid", "x"]

wild_messages = st.builds(
    lambda event, title, body, desp, typed, extra: message(
        event.value,
        Texts(title, body, desp),
        backup={"id": 7, "comment": typed},
        error={"type": typed, "message": typed, "traceback": typed},
        extra={"more": extra},
    ),
    st.sampled_from(EventName),
    *[typed] * 4,
    json_values,
)
"""Messages without facts, whose texts are whatever a source plugin might set if nothing stood between."""
