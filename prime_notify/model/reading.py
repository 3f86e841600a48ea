"""The reading of an event's fields: each is read on its own, so no field costs another."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Mapping, Tuple

from prime_notify.model.event import EventName
from prime_notify.text.clean import JsonCleaner, as_dict, clean_text

__all__ = ["Fields", "Parse", "Reading", "UnusableError"]

_MOST_UNKNOWN = 64


class UnusableError(Exception):
    """A field's value cannot be used. The text names the expected kind of value."""


class Reading:
    """The reading of one event: the context and the warnings of its field parsers."""

    def __init__(self, name: EventName, plugin_id: str, now: float) -> None:
        self.name = name
        self.now = now
        self.warnings: List[str] = []
        self.unknown: Dict[str, Any] = {}
        self._origin = f"{plugin_id}.{name.value}"

    def warn(self, text: str) -> None:
        self.warnings.append(f"{self._origin}: {text}")

    def take(self, path: str, value: Any, parse: Parse) -> Any:
        """The field's clean value, or None when it is absent or left out with a warning. Never raises."""
        if value is None:
            return None
        try:
            return parse(self, path, value)
        except UnusableError as problem:
            expected = str(problem)
        except Exception:  # noqa: BLE001  (a foreign object's own code)
            expected = "a value that can be read"
        self.warn(f'field "{path}" is left out: found {_type_name(value)}, expected {expected}')
        return None

    def members(self, value: Any, fields: Fields) -> Dict[str, Any]:
        """The known members of a mapping, clean. Unknown members are kept for ``extra`` under their dotted path."""
        known: Dict[str, Any] = {}
        strangers: List[Tuple[Any, Any]] = []
        for key, member in list(as_dict(value).items()):
            parser = fields.parsers.get(key)
            if parser is None:
                strangers.append((key, member))
            elif member is not None:
                name, path, parse = parser
                clean = self.take(path, member, parse)
                if clean is not None:
                    known[name] = clean
        if strangers:
            self._keep_unknown(strangers, fields)
        return known

    def _keep_unknown(self, strangers: List[Tuple[Any, Any]], fields: Fields) -> None:
        named = [(key, member) for key, member in strangers if isinstance(key, str)][:_MOST_UNKNOWN]
        for key, member in named:
            self.unknown[fields.prefix + str.__str__(key)] = member
        if len(named) < len(strangers):
            where = f' of "{fields.prefix[:-1]}"' if fields.prefix else ""
            lost = len(strangers) - len(named)
            self.warn(f"{lost} unknown fields{where} are left out: too many, or their names are not texts")

    def json(self, path: str, value: Mapping[Any, Any], budget: int) -> Dict[str, Any]:
        """A clean copy of free data. Values without a JSON form are left out with one warning."""
        cleaner = JsonCleaner(budget)
        clean = cleaner.clean(value, path)
        if cleaner.dropped:
            more = f" and {cleaner.dropped - 1} more" if cleaner.dropped > 1 else ""
            self.warn(f"{cleaner.first_dropped}{more} left out")
        return clean


Parse = Callable[[Reading, str, Any], Any]


class Fields:
    """The known members of one object in the payload. ``parsers``: name, path and parser of each."""

    def __init__(self, prefix: str, parsers: Mapping[str, Parse]) -> None:
        self.prefix = prefix
        self.parsers: Dict[str, Tuple[str, str, Parse]] = {
            name: (name, prefix + name, parse) for name, parse in parsers.items()
        }


def _type_name(value: Any) -> str:
    try:
        return clean_text(type(value).__name__, 64)
    except Exception:  # noqa: BLE001  (a metaclass can break even this)
        return "an object"
