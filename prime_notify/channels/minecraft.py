"""The game itself: operators, named players or everybody read the message in the chat, as a title or as a boss bar.

Commands: https://minecraft.wiki/w/Commands/tellraw, ``title``, ``bossbar`` (1.13 and later), ``playsound``.
"""

from __future__ import annotations

import re
from typing import ClassVar, Iterator, List, Optional, Tuple, Union

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, field_validator
from typing_extensions import Annotated, Literal

from prime_notify.channels.common.base import Channel
from prime_notify.channels.common.layout import Content, colon, content_of, fit
from prime_notify.channels.common.urgency import Tone, tone_of
from prime_notify.config.choices import as_choice, as_list
from prime_notify.config.endpoint import EndpointConfig
from prime_notify.config.levels import Level
from prime_notify.config.option import Options, option
from prime_notify.config.units import Duration
from prime_notify.model.fact import Fact, FactKind
from prime_notify.model.item import Remark
from prime_notify.model.notification import Message
from prime_notify.model.outcome import Delivered, Outcome, Retry
from prime_notify.model.request import GameRequest, GameText, Span
from prime_notify.model.response import Response
from prime_notify.text.cutting import cut_chars
from prime_notify.text.plain import excerpt, legible
from prime_notify.text.wording import Wording

__all__ = ["Minecraft", "MinecraftEndpoint", "MinecraftOptions"]

_DAY = 86400.0
_KEPT_FOR_OTHERS = _DAY
_KEPT_FOR_NAMED = 30 * _DAY
_SHORTEST_KEEP = 60
_STAYS = (1, 300)  # seconds
_ROOM = 4096  # bytes of a text; the game takes far more, a reader does not
_IN_CHAT = (
    *(FactKind.ITEMS, FactKind.ERROR, FactKind.MESSAGE),
    *(FactKind.PROBLEMS, FactKind.BACKUPS, FactKind.LAST_BACKUP, FactKind.NEXT_BACKUP),
)  # the others are shown on hover
_MOST_LINES = 6
_LINE = 200  # characters
_NAME = re.compile(r"[A-Za-z0-9_.+-]{1,32}")  # of Java and, with the prefixes of their bridges, of Bedrock players
_SOUND = r"^[a-z0-9_.-]{1,64}(:[a-z0-9_./-]{1,64})?$"
_COLOURS = {Tone.GOOD: "green", Tone.WARNING: "yellow", Tone.BAD: "red", Tone.RUNNING: "aqua"}
_UNSUITABLE = dict.fromkeys((*range(32), *range(127, 160), 0x2028, 0x2029, 0xFE0F))
"""Control characters, line breaks, and a selector of emoji, which the game shows as boxes."""

_AUDIENCES = {
    **dict.fromkeys(("operators", "operator", "ops", "op", "admins", "admin"), "operators"),
    **dict.fromkeys(("all", "everybody", "everyone", "players", "@a"), "all"),
}
"""What people write for the two; the name of a player stands in a list, then it is one in any case."""


def _as_audience(value: object) -> object:
    chosen = as_choice(value)
    return _AUDIENCES.get(chosen, as_list(value)) if isinstance(chosen, str) else value


def _player(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(
            Wording(
                'write names of players, such as ["Steve", "Alex"], but no selector such as @p',
                '请写玩家名，例如 ["Steve", "Alex"]，不能用 @p 之类的选择器',
            )
        )
    return name


def _sound(name: str) -> str:
    if not re.fullmatch(_SOUND, name):
        raise ValueError(
            Wording(
                'write the name of a sound, such as "minecraft:block.note_block.bell"',
                '请写音效的名称，例如 "minecraft:block.note_block.bell"',
            )
        )
    return name


_Sound = Annotated[str, AfterValidator(_sound), WithJsonSchema({"type": "string", "pattern": _SOUND})]
_Audience = Annotated[
    Union[
        Literal["operators", "all"],
        Annotated[List[Annotated[str, AfterValidator(_player)]], Field(min_length=1)],
    ],
    BeforeValidator(_as_audience),
]
_Places = Annotated[
    List[Annotated[Literal["chat", "title", "bossbar"], BeforeValidator(as_choice)]],
    BeforeValidator(as_list),
    Field(min_length=1),
]


class MinecraftOptions(Options):
    """Who sees the message, and where."""

    to: _Audience = option(
        "operators",
        'The players who see it: "operators" (those with at least `level`), "all", or a list of names. Operators and '
        "named players who are not online see it when they join.",
        '能看到消息的玩家："operators"（权限等级不低于 `level`）、"all"，或玩家名列表。'
        "不在线的管理员和列出的玩家会在上线时看到。",
        example=["Steve", "Alex"],
        public=True,
        essential=True,
    )
    level: Level = option(
        3,
        "The lowest permission level in MCDReforged of operators.",
        "管理员在 MCDReforged 中的最低权限等级。",
        example="helper",
        public=True,
        essential=True,
    )
    show: _Places = option(
        lambda: ["chat"],
        'One or more of "chat", "title" (large, in the middle) and "bossbar" (above, Minecraft 1.13 and later). For '
        "titles, boss bars and sounds, Minecraft shows a line of confirmation to its own ops, unless server.properties "
        "has broadcast-console-to-ops=false.",
        '"chat"（聊天栏）、"title"（屏幕中央的大字）、"bossbar"（屏幕上方，Minecraft 1.13 及以上）中的一种或几种。'
        "使用标题、Boss 栏或音效时，Minecraft 会给它自己的 OP 显示命令的执行结果，"
        "除非 server.properties 中设置了 broadcast-console-to-ops=false。",
        example=["chat", "title"],
        public=True,
    )
    stay: Duration = option(
        Duration("10s"),
        "The time that a title or a boss bar stays, from 1 second to 5 minutes.",
        "标题或 Boss 栏停留的时间，1 秒到 5 分钟。",
        example="30s",
        public=True,
    )
    sound: Optional[_Sound] = option(
        None,
        "The sound that is played with it. By default there is none.",
        "同时播放的音效；默认不播放。",
        example="minecraft:block.note_block.bell",
        public=True,
    )
    keep: Optional[Duration] = option(
        None,
        "The time for which it is kept for players who are not online; by default a day, for named players 30 days.",
        "为不在线的玩家保留多久；默认一天，对列出的玩家为 30 天。",
        example="3d",
        public=True,
    )

    @field_validator("stay")
    @classmethod
    def _check_stay(cls, stay: Duration) -> Duration:
        if not _STAYS[0] <= stay <= _STAYS[1]:
            raise ValueError(
                Wording('write a duration from 1s to 5m, such as "10s"', '请写 1s 到 5m 的时长，例如 "10s"')
            )
        return stay

    @field_validator("keep")
    @classmethod
    def _check_keep(cls, keep: Optional[Duration]) -> Optional[Duration]:
        if keep is not None and keep < _SHORTEST_KEEP:
            raise ValueError(Wording('write at least a minute, such as "1d"', '请写至少一分钟，例如 "1d"'))
        return keep


class MinecraftEndpoint(EndpointConfig):
    """An endpoint of type ``minecraft``: players instead of an address."""

    in_game: ClassVar[bool] = True
    type: Literal["minecraft"]
    url: str = option(
        "",
        "Not used: nothing goes over the network.",
        "不使用：不经过网络。",
        example=None,
    )
    minecraft: MinecraftOptions = option(
        MinecraftOptions(),
        "Who sees the message, and where.",
        "谁能看到消息，以及显示在哪里。",
        example={"to": "all", "show": ["chat", "title"]},
    )


class Minecraft(Channel[MinecraftEndpoint]):
    """Only MCDReforged's process can show something in the game: its edge has the transport."""

    type = "minecraft"
    endpoint_model = MinecraftEndpoint
    example = {"name": "ingame", "type": "minecraft"}
    about = {
        "en_us": (
            "Shows the notification in the game itself: to operators, to everybody or to named players, in the chat, "
            "as a title or as a boss bar, to each player in the own language. Nothing has to be set up. Operators and "
            "named players who are not online see it when they join, so the failure of the night is seen at noon. "
            "`!!pn show` says who has seen it and for whom it is kept."
        ),
        "zh_cn": (
            "直接在游戏内显示通知：可发给管理员、所有玩家或指定的玩家，显示在聊天栏、标题或 Boss 栏，"
            "每位玩家看到的是自己的语言。无需任何设置。不在线的管理员和指定的玩家会在上线时看到，"
            "因此夜里的失败，中午上线就能知道。`!!pn show` 会说明谁已看到、还为谁保留。"
        ),
    }
    status_is_answer = True

    def render(self, message: Message) -> GameRequest:
        options = self.endpoint.minecraft
        payload = message.payload
        spoken = {message.language: message, **message.translations}
        return GameRequest(
            endpoint=self.endpoint.name,
            id=payload.id,
            texts={language: self._text(one) for language, one in spoken.items()},
            language=message.language,
            level=options.level if options.to == "operators" else None,
            players=() if isinstance(options.to, str) else tuple(options.to),
            show=tuple(dict.fromkeys(options.show)),
            stay=float(options.stay),
            sound=options.sound or "",
            keep_until=0.0 if payload.test else self._keep_until(message),
            single=not payload.test and not _has_another_id(message),
            task="" if "digest" in message.beside else payload.task_id,
            is_start=payload.event.is_start,
        )

    def judge(self, response: Response) -> Outcome:
        """The transport's status is 0; the body names those who saw it, and those for whom it is kept."""
        said = excerpt(response.body)
        if response.status == 0:
            return Delivered(reached=said)
        reason = Wording("the game did not take it: {text}", "游戏没有接受：{text}", text=said or response.status)
        return Retry(reason, hint=Wording("look at the server's console", "请查看服务器的控制台"))

    def _keep_until(self, message: Message) -> float:
        options, expire = self.endpoint.minecraft, self.endpoint.expire
        usual = _KEPT_FOR_OTHERS if isinstance(options.to, str) else _KEPT_FOR_NAMED
        until = message.now + float(usual if options.keep is None else options.keep)
        limit = expire.get(message.payload.event) if isinstance(expire, dict) else expire
        return until if limit is None else min(until, message.payload.timestamp.unix + float(limit))

    def _text(self, message: Message) -> GameText:
        content = fit(content_of(message, self.endpoint, _ROOM), lambda one: _bytes(_laid_out(one, message)) <= _ROOM)
        return _laid_out(content, message)


def _has_another_id(message: Message) -> bool:
    """Whether its id is none of the history: a digest, or a reminder."""
    return "digest" in message.beside or message.beside.get("remark", {}).get("kind") == Remark.STILL.value


def _laid_out(content: Content, message: Message) -> GameText:
    separator = colon(message.language)
    lines = [line for fact in content.facts if fact.kind in _IN_CHAT for line in _fact_lines(fact, separator)]
    links = tuple(Span(f"[{_suitable(one.label)}]", "aqua", one.url) for one in content.actions)
    shown = [*lines[:_MOST_LINES], *([links] if links else [])]
    hover = [line for fact in content.facts for line in _fact_lines(fact, separator)]
    hover += [(Span(_suitable(line), "gray"),) for line in content.traceback.splitlines()]
    title = Span(_suitable(content.title) or message.payload.event.value, _COLOURS[tone_of(message.payload)])
    return GameText(title, tuple(shown), tuple(hover))


def _fact_lines(fact: Fact, separator: str) -> Iterator[Tuple[Span, ...]]:
    first, *more = fact.value.splitlines() or [""]
    label = Span(f"{_suitable(fact.label)}{separator}", "gray")
    yield label, Span(_suitable(cut_chars(first, _LINE)), "white")
    for line in more:
        yield (Span(f"  {_suitable(cut_chars(line, _LINE))}", "white"),)


def _suitable(text: str) -> str:
    """The text as the game can show it, and as the server's console can take it: half a surrogate pair cannot be."""
    return legible(text.translate(_UNSUITABLE)).encode("utf-8", "replace").decode("utf-8")


def _bytes(text: GameText) -> int:
    lines = (text.title,), *text.lines, *text.hover
    return sum(len((span.text + span.url).encode("utf-8", "replace")) for line in lines for span in line)
