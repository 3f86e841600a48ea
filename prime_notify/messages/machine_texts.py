"""Machine texts: comments and messages that name a text of ``lang/``, so that each reader gets their language.

Prime Backup stores comments of its own as ``__pb_translated__:key`` or ``__pb_translated__:key:a|b``
(prime_backup/utils/backup_utils.py); our own messages have the same form, with ``__prime_notify__`` in front.
"""

from __future__ import annotations

import re
from typing import Pattern, Tuple

from prime_notify.messages.catalogue import Catalogue
from prime_notify.text.clean import ELLIPSIS
from prime_notify.text.plain import plain

__all__ = [
    "comment_readings",
    "comment_text",
    "joined_messages",
    "machine_comment",
    "machine_message",
    "message_text",
]

_COMMENT = "__pb_translated__"
_MESSAGE = "__prime_notify__"
_MOST_VALUES = 4
_LONGEST_READING = 4096


def _pattern(marker: str) -> Pattern[str]:
    return re.compile(rf"{marker}:(\w+)(?::(.*))?", re.DOTALL)


_NEXT_MESSAGE = re.compile(rf"\n(?={_MESSAGE}:\w)")
_COMMENT_PATTERN = _pattern(_COMMENT)
_MESSAGE_PATTERN = _pattern(_MESSAGE)


def machine_comment(key: str) -> str:
    """The machine text for ``notification.comment.<key>``."""
    return f"{_COMMENT}:{key}"


def machine_message(key: str, *values: object) -> str:
    """The machine text for ``notification.message.<key>``.

    ``values`` fill its placeholders ``{value0}``, ``{value1}`` and so on; a ``|`` in them becomes ``¦``.
    """
    filled = "|".join(str(value).replace("|", "¦") for value in values)
    return f"{_MESSAGE}:{key}:{filled}" if values else f"{_MESSAGE}:{key}"


def joined_messages(*messages: str) -> str:
    """Several messages as one, a line for each. A text that is no machine text comes first."""
    given = [message for message in messages if message]
    return "\n".join(sorted(given, key=lambda message: message.startswith(f"{_MESSAGE}:")))


def comment_text(comment: str, language: str, catalogue: Catalogue) -> str:
    """A backup's comment as people read it: itself, or the text that it stands for.

    A machine text that the catalogue does not know (a newer Prime Backup's) is shown as its words.
    """
    return _text(_COMMENT_PATTERN, "comment", comment, language, catalogue)


def comment_readings(comment: str, catalogue: Catalogue) -> Tuple[str, ...]:
    """A backup's comment as people read it in each language, in plain text. Most comments have one reading only."""
    texts = (comment_text(comment, language, catalogue) for language in catalogue.languages)
    return tuple(dict.fromkeys(plain(text, _LONGEST_READING) for text in texts))


def message_text(message: str, language: str, catalogue: Catalogue) -> str:
    """A message as people read it, also of several (:func:`joined_messages`). Players type comments, so comments cannot
    stand for our messages.
    """
    parts = _NEXT_MESSAGE.split(message) if "\n" in message else [message]
    return "\n".join(_text(_MESSAGE_PATTERN, "message", part, language, catalogue) for part in parts)


def _text(pattern: Pattern[str], kind: str, text: str, language: str, catalogue: Catalogue) -> str:
    machine = pattern.fullmatch(text)
    if machine is None:
        return text
    name, rest = machine.groups()
    values = rest.split("|") if rest else []
    key = f"notification.{kind}.{name}"
    if catalogue.find(language, key) is None:
        return " ".join([name.replace("_", " ").strip(), *values])
    places = [*values, *[ELLIPSIS] * _MOST_VALUES]  # a missing value is shown as an ellipsis
    return catalogue.text(language, key, **{f"value{number}": value for number, value in enumerate(places)})
