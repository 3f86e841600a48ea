"""Texts that players type and careless plugins hand over, and strategies for messages that carry them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Tuple

from hypothesis import strategies as st

from prime_notify.model.event import EventName, Severity
from prime_notify.model.fact import Fact, FactKind
from prime_notify.model.notification import Message, Texts
from tests.support.messages import NOW, message, normalized

__all__ = [
    "BROKEN",
    "HIDING",
    "HOSTILE",
    "LANGUAGES",
    "LONG",
    "MEGABYTE",
    "Wild",
    "bare_messages",
    "json_values",
    "real_messages",
    "typed",
    "wild",
    "wild_messages",
]

LANGUAGES = ("en_us", "zh_cn")

HOSTILE: List[str] = [
    "@everyone @here @channel @all @user:example.org @**all** <!channel> <!here> <!everyone> <@U1ABCDEF> <@&1> <@!1>",
    "<@&123456789012345678> <#C1> <!subteam^S1> <@all> <@ZhangSan> @13800000000",
    '<at id=all></at> <at user_id="all">all</at> <font color="warning">fake</font>',
    "[CQ:at,qq=all] [CQ:image,file=http://evil.com/a.png] &#91;CQ:at,qq=all&#93;",
    ":tada: <:x:123456789012345678> <t:1> </cmd:123456789012345678> <id:home>",
    "[click](http://evil.com) ![x](http://evil.com/a.png) <http://evil.com|bank> <http://evil.com>",
    "https://evil.com www.evil.com evil.com //evil.com a@evil.com @durov /start #tag $USD 127.0.0.1",
    "tg://user?id=1 t.me/x mailto:a@evil.com",
    "<a href='http://evil.com'>x</a> <script>alert(1)</script> <img src=x onerror=y> <b>bold</b> </code></pre>",
    "&lt;b&gt; &#60; &amp; &#64;all &copy; &",
    "**bold** __bold__ *i* _i_ ~~gone~~ ||spoiler|| $$x$$ `code` ```block``` ```` a_b_c",
    "# heading",
    "-# small",
    "> quote",
    ">>> quote",
    "- item",
    "+ item",
    "1. one",
    "1) one",
    "===",
    "| a | b |",
    "back\\slash \\ ```",
    "\"quoted\" 'single' %s {0} {title} ${HOME} `id` $(id) %PATH% \\n \\u0000 ]]> {{ x }} {% x %}",
    "e\u0301\u0327 👩‍👩‍👧‍👦 🇩🇪 नमस्ते שלום مرحبا",
    "备份完成，请检查：已保存到 D:/备份",
    "line one\nline two\n```\nline three\n---\n| a | b |\n|---|---|\n",
]
"""Markup, mentions and links of every service, and texts that are hard to show. All of them are short."""

HIDING: List[str] = ["§4red§r", "\u202egnp.exe \u200b\u2060 \u2066isolated\u2069 \ufeff"]
"""Characters that colour, hide or reorder text: messages come without them."""

LONG: List[str] = [
    "备份" * 3000,
    "x" * 1_000_000,
    "👩‍👩‍👧‍👦" * 2000 + "🇩🇪" * 400 + "👍🏽" * 400,
    "مرحبا" * 2000,
    "e" + "\u0301\u0302\u0303" * 3000,
    '<&>"\u2028\u2029' * 2000,
    "* " * 500_000,
    "行\n" * 3000,
]

BROKEN: List[str] = ["", "a\ud800b\udfffc", "<&>\u2028\u2029\x85\b\f\0\x1f\x7f" * 500]
"""Lone surrogates and control characters. Normalization removes them, but a channel may not rely on it."""

typed = st.one_of(st.text(max_size=60), st.sampled_from(HOSTILE), st.lists(st.sampled_from(HOSTILE)).map("\n".join))
_any_text = st.one_of(
    st.text(st.characters(codec=None), max_size=40), st.sampled_from([*HOSTILE, *HIDING, *LONG, *BROKEN])
)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)
_RECEIPT_NAMES = ["id", "ts", "channel", "message_id", "chat_id", "thread_id", "rid", "x"]


@st.composite
def real_messages(draw: st.DrawFn) -> Message:
    """The message of any event, with something that somebody typed wherever that can stand."""
    name = draw(st.sampled_from(EventName))
    fields: Dict[str, Any] = {
        "backup": {
            "id": draw(st.sampled_from([0, 7, 2**63 - 1])),
            "comment": draw(_any_text),
            "creator": draw(_any_text),
            "targets": [draw(_any_text)] * draw(st.sampled_from([0, 1, 300])),
            "tags": {draw(_any_text): draw(_any_text)},
            "raw_size": 1 << 40,
            "stored_size": 99,
            "file_count": 1234,
        },
        "operator": {"type": draw(_any_text), "name": draw(_any_text)},
        "source": {"type": "player", "name": draw(_any_text)},
        "message": draw(_any_text),
        "cost_s": 1e9,
        "extra": {"more": draw(_any_text)},
        "severity": draw(st.sampled_from(Severity)).value,
        "test": draw(st.booleans()),
        **{text: draw(_any_text) for text in draw(st.sets(st.sampled_from(["title", "body", "desp"])))},
    }
    if draw(st.booleans()):
        fields["error"] = {"type": draw(_any_text), "message": draw(_any_text), "traceback": draw(_any_text)}
    previous = draw(st.none() | st.dictionaries(st.sampled_from(_RECEIPT_NAMES), _any_text, max_size=4))
    language = draw(st.sampled_from(LANGUAGES))
    return normalized(name.value, language, previous=previous, server_name=draw(_any_text), **fields)


bare_messages = st.builds(
    lambda event, title, body, desp, text, extra: message(
        event.value,
        Texts(title, body, desp),
        backup={"id": 7, "comment": text},
        error={"type": text, "message": text, "traceback": text},
        extra={"more": extra},
    ),
    st.sampled_from(EventName),
    *[_any_text] * 4,
    json_values,
)
"""Messages without facts, whose texts are whatever a source might set if nothing stood between."""

_pieces = st.one_of(
    st.sampled_from([*HOSTILE, *HIDING]),
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
    """A message with any texts in any place, also such as no event would make.

    Texts are stored short: a piece, and how many times it is repeated.
    """

    event: EventName
    severity: Severity
    title: Tuple[str, int]
    trace: Tuple[str, int]
    values: Tuple[Tuple[str, int], ...]
    language: str = "en_us"

    def message(self) -> Message:
        title, trace = (piece * times for piece, times in (self.title, self.trace))
        error = {"type": "E", "message": "m", "traceback": trace}
        kinds = [kind for kind in FactKind if kind is not FactKind.EVENT]
        facts = [Fact(kind, f"L{kind.value}", piece * times) for kind, (piece, times) in zip(kinds, self.values)]
        plain = message(self.event.value, Texts(title, title, title), error=error, severity=self.severity)
        return Message(plain.notification, plain.texts, self.language, NOW, tuple(facts))


wild = st.builds(
    Wild,
    st.sampled_from(EventName),
    st.sampled_from(Severity),
    _texts,
    _texts,
    st.lists(_texts, max_size=16).map(tuple),
    st.sampled_from(LANGUAGES),
)
wild_messages = wild.map(Wild.message)

MEGABYTE = Wild(
    EventName.BACKUP_FAILURE,
    Severity.ERROR,
    ("@everyone <!channel> ", 50_000),
    ("x\n", 500_000),
    (("👩‍👩‍👧 <@U1ABCDEF> ", 50_000),) * 4,
)
