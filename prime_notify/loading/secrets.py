"""References to secrets: ``${NAME}`` stands for an environment variable, ``{"file": "path"}`` for a file's content."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, List, Mapping

from prime_notify.config.problem import Location, describe
from prime_notify.loading.secret_values import SHOWN_FIELDS
from prime_notify.model.annotations import member, takes_objects

__all__ = ["Resolver", "Unresolved"]

_LITERAL_FIELDS = ("name", "type")  # never references: they are shown to everyone
_FILE_SIZE_CAP = 64 * 1024
_REFERENCE = re.compile(r"\$?\$\{([^{}]*)\}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


@dataclass(frozen=True)
class Unresolved:
    """A reference that leads nowhere."""

    location: Location
    found: str
    remedy: str


@dataclass
class Resolver:
    """Replaces the references of one endpoint by what they stand for.

    ``values`` collects the secrets that were found so, ``unresolved`` the references that lead nowhere.
    """

    environ: Mapping[str, str]
    base_dir: Path
    values: List[str] = field(default_factory=list)
    unresolved: List[Unresolved] = field(default_factory=list)

    @property
    def unresolved_locations(self) -> List[Location]:
        return [reference.location for reference in self.unresolved]

    def resolve(self, value: Any, annotation: Any, at: Location = ()) -> Any:
        """A copy of ``value`` without references; ``annotation`` is the type that the model expects there."""
        if at and at[0] in _LITERAL_FIELDS:
            return value
        if isinstance(value, str):
            return _REFERENCE.sub(lambda match: self._variable(match, at), value)
        if isinstance(value, list):
            return [self.resolve(item, member(annotation, index), (*at, index)) for index, item in enumerate(value)]
        if isinstance(value, dict):
            if list(value) == ["file"] and isinstance(value["file"], str) and not takes_objects(annotation):
                return self._file(value["file"], at)
            return {key: self.resolve(item, member(annotation, key), (*at, key)) for key, item in value.items()}
        return value

    def _variable(self, match: re.Match[str], at: Location) -> str:
        text, name = match[0], match[1]
        if text.startswith("$$"):
            return text[1:]
        if not _VARIABLE.fullmatch(name):
            self._fail(at, "${…} without a variable's name", 'write "${NAME}", or "$${" for a literal "${"')
        elif not self.environ.get(name):
            self._fail(at, f'"${{{name}}}"', f"set the environment variable {name} before MCDReforged starts")
        else:
            self._remember(self.environ[name], at)
            return self.environ[name]
        return ""

    def _file(self, name: str, at: Location) -> str:
        try:
            text = _read(self.base_dir / name)
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            remedy = f"put the secret, alone, into that file; the path starts at the config's folder ({reason})"
            self._fail(at, f"the file {describe(name, shown=True)}", remedy)
            return ""
        self._remember(text, at)
        return text

    def _remember(self, value: str, at: Location) -> None:
        if at[:1] and at[0] in SHOWN_FIELDS:
            return  # "true" for `enabled` is no secret, and masking it would garble every text
        self.values.append(value)
        self.values.extend(line for line in value.splitlines() if line != value)

    def _fail(self, at: Location, found: str, remedy: str) -> None:
        self.unresolved.append(Unresolved(at, found, remedy))


def _read(path: Path) -> str:
    """The text of a small file without the line break at its end.

    :raises OSError: it cannot be read.
    :raises ValueError: it is not what a secret's file is.
    """
    if not path.is_file():  # also keeps us from waiting for a pipe
        raise ValueError("there is no such file")
    with path.open("rb") as file:
        content = file.read(_FILE_SIZE_CAP + 1)
    if len(content) > _FILE_SIZE_CAP:
        raise ValueError(f"it is larger than {_FILE_SIZE_CAP // 1024} KiB")
    try:
        text = content.decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8 text") from None
    if not text:
        raise ValueError("it is empty")
    return text
