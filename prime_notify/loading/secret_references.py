"""References to secrets: ``${NAME}`` stands for an environment variable, ``{"file": "path"}`` for a file's content."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, List, Mapping

from prime_notify.config.problem import Location, describe
from prime_notify.loading.secrecy import Secrecy, secrecy_at
from prime_notify.model.annotations import member, takes_objects
from prime_notify.text.wording import Wording, system_reason, verbatim

__all__ = ["LITERAL_OPTIONS", "Resolver", "Unresolved"]

LITERAL_OPTIONS = ("name", "type")
"""Options of an endpoint in which nothing is a reference: everybody sees them."""

_FILE_SIZE_CAP = 64 * 1024
_REFERENCE = re.compile(r"\$?\$\{([^{}]*)\}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


@dataclass(frozen=True)
class Unresolved:
    """A reference to a variable or a file that cannot be used."""

    location: Location
    found: Wording
    remedy: Wording


@dataclass
class Resolver:
    """Replaces the references in one endpoint by the secrets they stand for.

    ``model``: of the endpoint. ``values`` collects these secrets, ``unresolved`` the references that cannot be used.
    """

    model: Any
    environ: Mapping[str, str]
    base_dir: Path
    values: List[str] = field(default_factory=list)
    unresolved: List[Unresolved] = field(default_factory=list)

    @property
    def unresolved_locations(self) -> List[Location]:
        return [reference.location for reference in self.unresolved]

    def resolve(self, value: Any, annotation: Any, at: Location = ()) -> Any:
        """A copy of ``value`` without references. ``annotation``: the type that the model expects there."""
        if at and at[0] in LITERAL_OPTIONS:
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
            self._fail(
                at,
                Wording("${{…}} without a variable's name", "没有变量名的 ${{…}}"),
                Wording(
                    'write "${{NAME}}", or "$${{" for a literal "${{"', '请写 "${{NAME}}"；要写 "${{" 本身，请写 "$${{"'
                ),
            )
        elif not self.environ.get(name):
            remedy = Wording(
                "set the environment variable {name} before MCDReforged starts",
                "请在 MCDReforged 启动前设置环境变量 {name}",
                name=name,
            )
            self._fail(at, verbatim(f'"${{{name}}}"'), remedy)
        else:
            self._remember(self.environ[name], at)
            return self.environ[name]
        return ""

    def _file(self, name: str, at: Location) -> str:
        try:
            text = _read(self.base_dir / name)
        except (OSError, ValueError) as error:
            reason = system_reason(error) if isinstance(error, OSError) else error.args[0]
            remedy = Wording(
                "put the secret, alone, into that file; the path starts at the config's folder ({reason})",
                "请把密钥单独放在该文件中；路径从配置文件所在的文件夹算起（{reason}）",
                reason=reason,
            )
            found = Wording("the file {name}", "文件 {name}", name=str(describe(name, public=True)))
            self._fail(at, found, remedy)
            return ""
        self._remember(text, at)
        return text

    def _remember(self, value: str, at: Location) -> None:
        if secrecy_at(self.model, at) is Secrecy.PUBLIC:
            return  # "true" for `enabled` is no secret, and a mask over it would garble every text
        self.values.append(value)
        self.values.extend(line for line in value.splitlines() if line != value)

    def _fail(self, at: Location, found: Wording, remedy: Wording) -> None:
        self.unresolved.append(Unresolved(at, found, remedy))


def _read(path: Path) -> str:
    """The text of a small file without the line break at its end.

    :raises OSError: it cannot be read.
    :raises ValueError: it is no regular file, empty, too large or not UTF-8.
    """
    if not path.is_file():  # a pipe would block
        raise ValueError(Wording("there is no such file", "没有这个文件"))
    with path.open("rb") as file:
        content = file.read(_FILE_SIZE_CAP + 1)
    if len(content) > _FILE_SIZE_CAP:
        size = _FILE_SIZE_CAP // 1024
        raise ValueError(Wording("it is larger than {size} KiB", "它大于 {size} KiB", size=size))
    try:
        text = content.decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError:
        raise ValueError(Wording("it is not UTF-8 text", "它不是 UTF-8 文本")) from None
    if not text:
        raise ValueError(Wording("it is empty", "它是空的"))
    return text
