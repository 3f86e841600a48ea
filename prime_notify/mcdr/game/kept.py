"""Messages that are kept for players who are not online, in a file: they outlive a restart."""

from __future__ import annotations

import dataclasses
import json
import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, FrozenSet, List, Mapping, Optional, Tuple

from prime_notify.model.request import GameRequest, GameText, Span
from prime_notify.private_files import create_private

__all__ = ["KeptMessage", "KeptMessages"]

_MOST = 100
"""Messages in all; of more, the oldest are forgotten."""


@dataclass(frozen=True)
class KeptMessage:
    """A message, the moment at which it came (unix seconds), and the players who have seen it."""

    request: GameRequest
    at: float
    seen: Tuple[str, ...] = ()

    def was_seen_by(self, player: str) -> bool:
        return player.casefold() in {one.casefold() for one in self.seen}

    def is_for(self, player: str, level: int) -> bool:
        """Whether it is for a player with this permission level, seen or not."""
        if self.request.level is not None:
            return level >= self.request.level
        return not self.request.players or player.casefold() in {one.casefold() for one in self.request.players}

    @property
    def missing(self) -> Tuple[str, ...]:
        """The named players who have not seen it."""
        return tuple(one for one in self.request.players if not self.was_seen_by(one))

    @property
    def waits(self) -> bool:
        """Whether it is for somebody who has not seen it. A message to everybody ends with the first who sees it."""
        if self.request.level is not None:
            return True
        return bool(self.missing) if self.request.players else not self.seen


class KeptMessages:
    """The messages and the ids of open boss bars, in memory; :meth:`save` writes them to the file. From any thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._messages: Dict[Tuple[str, str], KeptMessage] = {}
        self._bars: FrozenSet[str] = frozenset()
        self._changes = self._saved = 0

    def load(self) -> bool:
        """Read the file. False for one that cannot be read: it is kept beside, with ``.broken`` in its name."""
        try:
            text = self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return True
        except (OSError, ValueError):
            return False
        try:
            document = json.loads(text)
            messages = [_read(one) for one in document["messages"]]
            bars = frozenset(map(str, document["bars"]))
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
            self._set_aside()
            return False
        with self._lock:
            self._messages = {(one.request.endpoint, one.request.id): one for one in messages}
            self._bars = bars
        return True

    def _set_aside(self) -> None:
        try:
            self._path.replace(self._path.with_name(self._path.name + ".broken"))
        except OSError:
            return  # the next writing replaces it

    def save(self) -> None:
        """Write what has changed since the last time, if anything; it is on the disk then. Raises OSError."""
        with self._writing:
            with self._lock:
                changes = self._changes
                messages, bars = list(self._messages.values()), sorted(self._bars)
            if changes == self._saved:
                return
            _write(self._path, {"messages": [dataclasses.asdict(one) for one in messages], "bars": bars})
            self._saved = changes

    # messages

    def put(self, request: GameRequest, seen: Tuple[str, ...], now: float) -> KeptMessage:
        """Keep a message, which these players have just seen. A retry adds to those who had."""
        with self._lock:
            former = self._messages.get((request.endpoint, request.id))
            before = () if former is None else former.seen
            message = KeptMessage(request, now, tuple(dict.fromkeys((*before, *seen))))
            self._messages[request.endpoint, request.id] = message
            self._forget(now)
            self._changes += 1
            return message

    def find(self, endpoint: str, id: str) -> Optional[KeptMessage]:
        """A message of an endpoint, as long as it is kept."""
        with self._lock:
            return self._messages.get((endpoint, id))

    def take(self, player: str, level: int, now: float) -> List[KeptMessage]:
        """The messages for a player who has just joined, the newest first. They count as seen from now on.

        The start of a task is left out where its end is among them.
        """
        with self._lock:
            self._forget(now)
            found = [
                (key, one)
                for key, one in self._messages.items()
                if one.waits and one.is_for(player, level) and not one.was_seen_by(player)
            ]
            for key, one in found:
                self._messages[key] = dataclasses.replace(one, seen=(*one.seen, player))
            self._changes += bool(found)
        ended = {(one.request.endpoint, one.request.task) for _, one in found if not one.request.is_start}
        shown = [
            one for _, one in found if not one.request.is_start or (one.request.endpoint, one.request.task) not in ended
        ]
        return sorted(shown, key=lambda one: (one.at, one.request.id), reverse=True)

    def _forget(self, now: float) -> None:
        old = [key for key, one in self._messages.items() if one.request.keep_until <= now]
        for key in old:
            del self._messages[key]
        for key in sorted(self._messages, key=lambda key: self._messages[key].at)[:-_MOST]:
            del self._messages[key]

    # boss bars

    @property
    def bars(self) -> FrozenSet[str]:
        """The boss bars that the game may still show: it saves them with the world."""
        return self._bars

    def set_bar(self, id: str, *, is_open: bool) -> None:
        with self._lock:
            self._bars = self._bars | {id} if is_open else self._bars - {id}
            self._changes += 1


def _write(path: Path, document: Mapping[str, Any]) -> None:
    draft = path.with_name(path.name + ".new")
    create_private(draft)
    with draft.open("w", encoding="utf-8") as file:
        json.dump(document, file, ensure_ascii=True)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _read(document: Mapping[str, Any]) -> KeptMessage:
    values = dict(document["request"])
    values["texts"] = {language: _text(text) for language, text in values["texts"].items()}
    values.update(players=tuple(values["players"]), show=tuple(values["show"]))
    request = GameRequest(**values)
    request.text  # noqa: B018 - raises for a text that is missing
    return KeptMessage(request, float(document["at"]), tuple(map(str, document["seen"])))


def _text(document: Mapping[str, Any]) -> GameText:
    lines, hover = ([tuple(Span(*span) for span in line) for line in document[name]] for name in ("lines", "hover"))
    return GameText(Span(*document["title"]), tuple(lines), tuple(hover))
