"""A program of the owner: a script can do whatever no channel does."""

from __future__ import annotations

import re
import signal
from typing import Any, ClassVar, Dict, Iterable, Iterator, List, Mapping, Tuple

from pydantic import Field, field_validator
from typing_extensions import Annotated, Literal

from prime_notify.channels.common.base import Channel
from prime_notify.config.endpoint import EndpointConfig
from prime_notify.config.option import Options, option
from prime_notify.config.problem import Location
from prime_notify.config.programs import is_surely_missing
from prime_notify.model.notification import Message
from prime_notify.model.outcome import Delivered, Outcome, Permanent, Retry
from prime_notify.model.request import CommandRequest
from prime_notify.model.response import Response
from prime_notify.text.cutting import cut_bytes
from prime_notify.text.json_text import to_json
from prime_notify.text.plain import last_line
from prime_notify.text.wording import Wording

__all__ = ["Command", "CommandEndpoint", "CommandOptions"]

_PREFIX = "PRIME_NOTIFY_"
_VALUE_BYTES = 4096
_ALL_BYTES = 16 * 1024  # Linux takes 128 KiB for one string; Windows 32,767 characters for the whole environment

_SAFE = ("event", "task", "status", "severity", "id")
"""The fields that an argument may contain. A player can type none of them.

A player's text as an argument could be taken for an option (``--config=...``), and many scripts pass their arguments to
a shell. On stdin and in the environment it is data.
"""
_PLACEHOLDER = re.compile(r"\{(" + "|".join(_SAFE) + r")\}")
_UNSAFE = re.compile(r"\{(title|body|desp|comment|message|error|operator|source|backup|extra)[a-z._]*\}")

_HINTS = {
    126: Wording(
        "a command in it may not be executed: chmod +x, or name its interpreter",
        "其中某个命令没有执行权限：请 chmod +x，或写明解释器",
    ),
    127: Wording(
        "a command in it was not found: check the PATH that MCDReforged was started with",
        "其中某个命令找不到：请检查启动 MCDReforged 时的 PATH",
    ),
}


class CommandOptions(Options):
    """The program, and the meaning of its exit code."""

    argv: List[str] = option(
        ...,
        "The program and its arguments, one item each; no shell is involved. {event}, {task}, {status}, {severity} and "
        "{id} are filled in; everything else comes on stdin (JSON) and as PRIME_NOTIFY_* environment variables.",
        "程序及其参数，每项一个；不经过 shell。可用占位符 {event}、{task}、{status}、{severity} 和 {id}；"
        "其余内容通过标准输入（JSON）与环境变量 PRIME_NOTIFY_* 传入。",
        example=["/opt/scripts/on-backup.sh", "{event}"],
        min_length=1,
        content=True,
        essential=True,
    )
    cwd: str = option(
        "",
        "The folder in which it runs; by default the one in which MCDReforged runs.",
        "运行时的工作目录；默认为 MCDReforged 的工作目录。",
        example="/opt/scripts",
        content=True,
        essential=True,
    )
    environment: Dict[str, str] = option(
        dict,
        "More environment variables, beside those of MCDReforged; their values are secret.",
        "除 MCDReforged 自身的环境变量外，额外的环境变量；其值会被隐藏。",
        example={"REGION": "eu"},
        essential=True,
    )
    permanent_exit_codes: List[Annotated[int, Field(ge=1)]] = option(
        lambda: [64, 65, 78],
        "Exit codes after which a retry makes no sense; by default EX_USAGE, EX_DATAERR and EX_CONFIG of sysexits.h. "
        "0 is delivered, all others are retried.",
        "表示重试无意义的退出码；默认为 sysexits.h 中的 EX_USAGE、EX_DATAERR 和 EX_CONFIG。0 表示成功，其余会重试。",
        example=[2, 64],
        public=True,
    )

    @field_validator("argv")
    @classmethod
    def _check_argv(cls, argv: List[str]) -> List[str]:
        if not argv[0]:
            raise ValueError(Wording("write the program as the first item", "请把程序写在第一项"))
        for argument in argv:
            _refuse_nul(argument)
            unsafe = _UNSAFE.search(argument)
            if unsafe:
                raise ValueError(
                    Wording(
                        "{field} may be what a player typed, which must not become an argument: read it from "
                        "stdin (JSON) or from the environment ({prefix}...)",
                        "{field} 可能是玩家输入的内容，不能作为参数：请从标准输入（JSON）或环境变量（{prefix}...）读取",
                        field=unsafe[0],
                        prefix=_PREFIX,
                    )
                )
        return argv

    @field_validator("cwd")
    @classmethod
    def _check_cwd(cls, cwd: str) -> str:
        return _refuse_nul(cwd)

    @field_validator("environment")
    @classmethod
    def _check_environment(cls, environment: Dict[str, str]) -> Dict[str, str]:
        for name, value in environment.items():
            if not name or "=" in name or name.upper().startswith(_PREFIX):
                raise ValueError(
                    Wording(
                        'write names without "=" that do not begin with {prefix}',
                        '名称中不能有 "="，且不能以 {prefix} 开头',
                        prefix=_PREFIX,
                    )
                )
            _refuse_nul(name)
            _refuse_nul(value)
        return environment


class CommandEndpoint(EndpointConfig):
    """An endpoint of type ``command``: a program instead of an address."""

    shows_bars: ClassVar[bool] = False  # it may send an SMS
    type: Literal["command"]
    url: str = option(
        "",
        "Not used: nothing goes over the network.",
        "不使用：不经过网络。",
        example=None,
    )
    command: CommandOptions = option(
        ..., "What is run.", "要运行的程序。", example={"argv": ["/opt/scripts/on-backup.sh"]}
    )

    def warnings(self) -> Iterable[Tuple[Location, Wording]]:
        """Also a program that does not exist, if it is named by a whole path or looked for in PATH."""
        yield from super().warnings()
        program = self.command.argv[0]
        if self.enabled and "{" not in program and is_surely_missing(program):
            yield (
                ("command", "argv", 0),
                Wording(
                    "there is no such program that can be run: write its whole path, and make it executable; "
                    "without / it "
                    "is looked for in PATH",
                    "没有这个可执行的程序：请写完整的路径，并赋予执行权限；不含 / 的会在 PATH 中查找",
                ),
            )


class Command(Channel[CommandEndpoint]):
    """Runs a program; exit code 0 is the only success."""

    type = "command"
    console_only = True
    endpoint_model = CommandEndpoint
    example = {"name": "script", "type": "command", "command": {"argv": ["/opt/scripts/on-backup.sh"]}}
    about = {
        "en_us": (
            "Runs a program of your own, without a shell. It gets the payload as JSON on its standard input, and each "
            "field as an environment variable (`PRIME_NOTIFY_EVENT`, `PRIME_NOTIFY_TITLE`, "
            "`PRIME_NOTIFY_BACKUP_ID`, …). Exit code 0 means delivered; after `timeout` it is killed with all that it "
            "started. A batch file of Windows must read them as `!PRIME_NOTIFY_TITLE!`, after "
            "`setlocal EnableDelayedExpansion`: `%PRIME_NOTIFY_TITLE%` would run what players type as commands."
        ),
        "zh_cn": (
            "运行你自己的程序，不经过 shell。标准输入为 JSON 载荷，各字段也以环境变量提供"
            "（`PRIME_NOTIFY_EVENT`、`PRIME_NOTIFY_TITLE`、`PRIME_NOTIFY_BACKUP_ID` 等）。"
            "退出码 0 表示成功；超过 `timeout` 后，它及其启动的所有进程都会被终止。"
            "Windows 的批处理文件必须先 `setlocal EnableDelayedExpansion`，再以 `!PRIME_NOTIFY_TITLE!` 读取："
            "`%PRIME_NOTIFY_TITLE%` 会把玩家输入的内容当作命令执行。"
        ),
    }
    status_is_answer = True

    def render(self, message: Message) -> CommandRequest:
        options = self.endpoint.command
        document = self._document(message)
        safe = {name: str(document[name]) for name in _SAFE}
        return CommandRequest(
            argv=tuple(_PLACEHOLDER.sub(lambda match: safe[match[1]], argument) for argument in options.argv),
            stdin=to_json(document),
            environment={**options.environment, **_variables(document, message.language)},
            folder=options.cwd,
        )

    def judge(self, response: Response) -> Outcome:
        """The exit code stands in the reason only: an outcome's ``status`` is an HTTP status."""
        code = response.status
        if code == 0:
            return Delivered()
        text = last_line(response.body)
        ended = _ended(code)
        reason = Wording("{ended}: {text}", "{ended}：程序输出：{text}", ended=ended, text=text) if text else ended
        if code in self.endpoint.command.permanent_exit_codes:
            return Permanent(
                reason,
                hint=Wording(
                    "the program says that a retry makes no sense; read its output",
                    "程序表示重试无意义；请查看其输出",
                ),
            )
        return Retry(
            reason,
            hint=_HINTS.get(
                code,
                Wording(
                    "read the program's output; exit code 0 means delivered", "请查看程序的输出；退出码 0 表示成功"
                ),
            ),
        )

    def _document(self, message: Message) -> Dict[str, Any]:
        texts = message.texts
        document = message.payload.to_dict()
        document.update(title=texts.title, body=texts.body, desp=texts.desp)
        error = document.get("error")
        if error and not self.endpoint.traceback:
            error.pop("traceback", None)
        return document


def _variables(document: Mapping[str, Any], language: str) -> Dict[str, str]:
    """Every scalar of the payload under its path, such as ``PRIME_NOTIFY_BACKUP_ID``, cut to the limits of an
    environment.
    """
    variables: Dict[str, str] = {}
    left = _ALL_BYTES
    for path, value in [("language", language), *_scalars(document)]:
        name = _PREFIX + path.upper()
        limit = min(_VALUE_BYTES, left - len(name) - 2)  # "=" and the NUL at the end
        # Sliced first: cutting looks at the whole text again and again
        text = cut_bytes(_harmless(value[: _VALUE_BYTES + 1]), limit) if limit > 0 else ""
        if text or (not value and limit > 0):
            variables[name] = text
            left -= len(name) + len(text.encode("utf-8")) + 2
    return variables


def _scalars(document: Mapping[str, Any]) -> Iterator[Tuple[str, str]]:
    """Paths and texts of the payload's fields and of the members of its parts.

    Free data (``extra``, tags) is left out, since its names could be anything, and so is the traceback. Both are on
    stdin.
    """
    for name, value in document.items():
        if isinstance(value, Mapping) and name != "extra":
            members = {f"{name}_{key}": inner for key, inner in value.items() if key != "traceback"}
            yield from ((path, text) for path, inner in members.items() for text in _text_of(inner))
        else:
            yield from ((name, text) for text in _text_of(value))


def _text_of(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (bool, int, float)):
        yield to_json(value).decode("utf-8")


def _harmless(text: str) -> str:
    """The text without the characters that an environment cannot hold."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def _refuse_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError(Wording("write it without NUL characters", "不能有 NUL 字符"))
    return text


def _ended(code: int) -> Wording:
    if code >= 0:
        return Wording("exit code {code}", "退出码 {code}", code=code)
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    return Wording("killed by {name}", "被 {name} 终止", name=name)
