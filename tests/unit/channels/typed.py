"""Messages as lanes make them, with their facts; and what players type into them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from prime_notify.messages.texts import message_of
from prime_notify.model.event import EventName
from prime_notify.model.notification import Message, Notification
from tests.support.texts import CATALOGUE
from tests.unit.channels.samples import NOW, payload

__all__ = ["CATALOGUE", "HOSTILE", "composed", "composed_messages"]


HOSTILE = [
    "[click](http://evil.com) ![x](http://evil.com/a.png)",
    "<a href='http://evil.com'>x</a> <!channel> <@U1> <http://evil.com|x>",
    "@everyone @here @all <@&1>",
    "[CQ:at,qq=all]",
    "# heading\n```\ncode\n```",
    "**bold** `code` ~~gone~~ | a | b | \\",
    "\u202eright to left\u202c שלום مرحبا",
    "e\u0301\u0302\u0303" * 200,
    "👩‍👩‍👧‍👦" * 300,
    "备份" * 3000,
    "<&>\u2028\u2029\b\f\0\x1f" * 500,
    "x" * 1_000_000,
]

typed = st.text(max_size=60) | st.sampled_from(HOSTILE)


def composed(event: str = "backup_success", language: str = "en_us", *, now: float = NOW, **fields: Any) -> Message:
    return message_of(Notification(payload(event, **fields)), language, CATALOGUE, now=now)


@st.composite
def composed_messages(draw: st.DrawFn) -> Message:
    """Any event, with player-typed text wherever text can stand."""
    fields = {
        "backup": {"id": 7, "comment": draw(typed), "creator": draw(typed), "targets": [draw(typed)], "raw_size": 99},
        "operator": {"type": "player", "name": draw(typed), "full": draw(typed)},
        "message": draw(typed),
        "error": {"type": "OSError", "message": draw(typed), "traceback": draw(typed)},
        "server": {"running": False, "name": draw(typed)},
        "test": draw(st.booleans()),
        **{name: draw(typed) for name in draw(st.sets(st.sampled_from(["title", "body", "desp"])))},
    }
    event = draw(st.sampled_from(EventName))
    return composed(event.value, draw(st.sampled_from(["en_us", "zh_cn"])), **fields)
