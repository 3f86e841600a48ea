"""The generated parts of the documentation, in both languages: channels and options from the models, events from
their table and its texts. Also the files that are written beside a config.

``python3 scripts/dev.py docs`` writes them again. A test fails when they are out of date.
"""

from __future__ import annotations

import enum
import json
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping, Sequence, Tuple, Type, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from typing_extensions import Literal

from prime_notify.channels.common.base import Channel
from prime_notify.channels.common.registry import channel_types
from prime_notify.config.endpoint import EndpointConfig
from prime_notify.config.models import Config
from prime_notify.config.option import chinese_description
from prime_notify.config.units import Duration, Rate, Size
from prime_notify.loading.schema import render_schema
from prime_notify.messages.catalogue import Catalogue
from prime_notify.model.event import EventName
from scripts.examples import render_examples
from scripts.first_mistakes import mistakes_page
from scripts.reference_texts import TEXTS
from scripts.venvs import ROOT

__all__ = ["LANGUAGES", "channels_page", "options_page", "pages", "readme"]

LANGUAGES = ("en", "zh")
_IMAGES = ROOT / "docs" / "images"
_FULL = {"en": "en_us", "zh": "zh_cn"}
_README = {"en": "README.md", "zh": "README_cn.md"}


def pages() -> Iterator[Tuple[str, str]]:
    """Path and text of every file that is generated, completely or in part."""
    for language in LANGUAGES:
        yield f"docs/{language}/channels.md", channels_page(language)
        yield f"docs/{language}/options.md", options_page(language)
        yield f"docs/{language}/first-config-mistakes.md", mistakes_page(language)
        yield _README[language], readme(language)
    for language, ending in (("en_us", "json"), ("zh_cn", "zh_cn.json")):
        yield f"schema/config.schema.{ending}", render_schema(language)
        yield f"schema/config.examples.{ending}", render_examples(language)


def write(root: Path) -> None:
    """Write all pages."""
    for path, text in pages():
        (root / path).write_bytes(text.encode("utf-8"))


# -- channels ------------------------------------------------------------------------------------------------------


def channels_page(language: str) -> str:
    """The page of all channels: for each its purpose, its smallest working config, and its options."""
    words = TEXTS[language]
    parts = [f"# {words['channels']}\n\n{words['channels_links']}\n\n{words['channels_intro']}\n"]
    parts.append(_contents(sorted(channel_types())))
    parts += [_channel(channel, language) for channel in channel_types().values()]
    return "\n".join(parts).rstrip() + "\n"


def _contents(names: Sequence[str]) -> str:
    return " · ".join(f"[{name}](#{name})" for name in names) + "\n"


def _channel(channel: Type[Channel[Any]], language: str) -> str:
    words = TEXTS[language]
    document = {"notification": {"enabled": True, "endpoints": [dict(channel.example)]}}
    lines = [f"## {channel.type}", "", channel.about[_FULL[language]], "", "```json", *_json(document), "```", ""]
    lines += _picture(channel.type, language)
    own = _own_fields(channel.endpoint_model)
    plain = {name: info for name, info in own.items() if _model_of(info.annotation) is None}
    if plain:
        lines += [words["special"], "", *_rows(plain, language), ""]
    for name, info in own.items():
        model = _model_of(info.annotation)
        if model is not None:
            lines += [words["options_of"].format(name=name), "", *_table(model, language), ""]
            lines += _nested(model, name, language)
    lines += _facts(channel, language)
    return "\n".join(lines)


def _picture(name: str, language: str) -> List[str]:
    """The picture that ``python -m scripts.gallery`` has drawn, if there is one, preferably in this language."""
    for file in (f"{name}.{language}.png", f"{name}.png"):
        if (_IMAGES / file).exists():
            words = TEXTS[language]
            return [f"![{words['picture'].format(name=name)}](../images/{file})", "", words["drawn"], ""]
    return []


def _own_fields(model: Type[EndpointConfig]) -> Dict[str, FieldInfo]:
    """The options that no other type has, and those with a special meaning here."""
    common = {name: info.description for name, info in EndpointConfig.model_fields.items()}
    fields = {name: info for name, info in model.model_fields.items() if name != "type"}
    return {name: info for name, info in fields.items() if common.get(name) != info.description}


def _facts(channel: Type[Channel[Any]], language: str) -> List[str]:
    words = TEXTS[language]
    lines: List[str] = []
    if channel.rate_limits:
        lines += [words["rates"].format(rates=", ".join(f"`{rate}`" for rate in channel.rate_limits)), ""]
    more = sorted(channel.lifecycles - {"separate"})
    if more:
        lines += [words["lifecycles"].format(lifecycles=", ".join(f"`{one}`" for one in more)), ""]
    return lines


def _json(document: object) -> List[str]:
    """Indented JSON, with each short endpoint on one line."""
    text = json.dumps(document, indent=2, ensure_ascii=False)
    return text.splitlines()


# -- events --------------------------------------------------------------------------------------------------------


def readme(language: str) -> str:
    """The present README, with a newly generated table of events."""
    text = (ROOT / _README[language]).read_text(encoding="utf-8")
    words, catalogue = TEXTS[language], Catalogue.load()
    head = f"| {words['event']} | {words['when']} |\n| --- | --- |\n"
    before, after = text.split(head)
    rows = "".join(
        f"| `{event.value}` | {catalogue.text(_FULL[language], f'notification.when.{event.value}')} |\n"
        for event in EventName
    )
    return before + head + rows + after[after.index("\n\n") + 1 :]


# -- options -------------------------------------------------------------------------------------------------------


def options_page(language: str) -> str:
    """The page of all options except those of the channels."""
    words = TEXTS[language]
    parts = [f"# {words['options']}\n\n{words['options_links']}\n\n{words['options_intro']}\n"]
    for name, info in Config.model_fields.items():
        model = _model_of(info.annotation)
        if model is not None:
            parts.append(f"## {name}\n\n{_description(info, language)}\n")
            parts.append("\n".join(_table(model, language)) + "\n")
            parts += ["\n".join(_nested(model, name, language))]
    top = {name: info for name, info in Config.model_fields.items() if _model_of(info.annotation) is None}
    parts.append(f"## {words['top_level']}\n\n" + "\n".join(_rows(top, language)) + "\n")
    parts.append(f"## {words['endpoint']}\n\n{words['endpoint_intro']}\n")
    parts.append("\n".join(_table(EndpointConfig, language)) + "\n")
    parts.append("\n".join(_nested(EndpointConfig, "", language)))
    return "\n".join(part for part in parts if part).rstrip() + "\n"


def _nested(model: Type[BaseModel], path: str, language: str) -> List[str]:
    """Tables of the objects inside an object."""
    lines: List[str] = []
    for name, info in model.model_fields.items():
        inner = _model_of(info.annotation)
        if inner is not None and not issubclass(inner, EndpointConfig):
            place = f"{path}.{info.alias or name}".lstrip(".")
            lines += [TEXTS[language]["options_of"].format(name=place), "", *_table(inner, language), ""]
            lines += _nested(inner, place, language)
    return lines


def _table(model: Type[BaseModel], language: str) -> List[str]:
    return _rows(model.model_fields, language)


def _rows(fields: Mapping[str, FieldInfo], language: str) -> List[str]:
    words = TEXTS[language]
    columns = ("option", "kind", "default", "example", "meaning")
    lines = ["| " + " | ".join(words[column] for column in columns) + " |", "| --- " * len(columns) + "|"]
    for name, info in fields.items():
        shown = (f"`{info.alias or name}`", _kind(info.annotation, language), _default(info, language), _example(info))
        meaning = _cell(" ".join(filter(None, (_description(info, language), _bounds(info, language)))))
        lines.append("| " + " | ".join((*shown, meaning)) + " |")
    return lines


def _bounds(info: FieldInfo, language: str) -> str:
    """The bounds of a value: of a number, of the length of a text, or of the number of items."""
    words = TEXTS[language]
    bounds = {
        name: getattr(one, name)
        for one in info.metadata
        for name in ("ge", "gt", "le", "min_length", "max_length")
        if getattr(one, name, None) is not None
    }
    least, most = bounds.get("ge", bounds.get("gt")), bounds.get("le")
    if most is not None:
        return words["between"].format(least=least, most=most)
    if least is not None:
        return words["at_least"].format(least=least)
    if "max_length" in bounds:
        unit = words["items" if _is_list(info.annotation) else "characters"]
        return words["at_most"].format(most=bounds["max_length"], unit=unit)
    return ""


def _is_list(annotation: Any) -> bool:
    return "List[" in str(annotation) or "list[" in str(annotation)


def _description(info: FieldInfo, language: str) -> str:
    return (chinese_description(info) if language == "zh" else None) or info.description or ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def _default(info: FieldInfo, language: str) -> str:
    value = info.get_default(call_default_factory=True) if not info.is_required() else PydanticUndefined
    if value is PydanticUndefined:
        return TEXTS[language]["required"]
    if value is None or value == [] or value == {} or isinstance(value, BaseModel):
        return ""
    return _code(value)


def _example(info: FieldInfo) -> str:
    return _code(info.examples[0]) if info.examples else ""


def _code(value: object) -> str:
    return f"`{_as_json(value)}`".replace("|", "\\|")


def _as_json(value: object) -> str:
    def plain(one: object) -> object:
        if isinstance(one, (Duration, Rate, Size)):
            return str(one)
        if isinstance(one, enum.Enum):
            return one.value
        if isinstance(one, (list, tuple)):
            return [plain(item) for item in one]
        return one

    return json.dumps(plain(value), ensure_ascii=False)


def _kind(annotation: Any, language: str) -> str:
    names = dict.fromkeys(_kinds(annotation, language))
    return " / ".join(names)


def _kinds(annotation: Any, language: str) -> Iterator[str]:
    words = TEXTS[language]
    origin, arguments = get_origin(annotation), get_args(annotation)
    if annotation is type(None):
        return
    if hasattr(annotation, "__metadata__"):
        yield from _kinds(arguments[0], language)
    elif origin is Union or getattr(origin, "__name__", "") == "UnionType":
        for argument in arguments:
            yield from _kinds(argument, language)
    elif origin is Literal:
        yield ", ".join(f"`{'false' if value is False else value}`" for value in arguments)
    elif origin in (list, tuple):
        yield words["list"].format(items=_kind(arguments[0], language))
    else:
        yield _simple(origin or annotation, words)


def _simple(kind: Any, words: Mapping[str, str]) -> str:
    if not isinstance(kind, type):
        return words["any"]
    if issubclass(kind, enum.Enum):
        return words["event"] if kind is EventName else ", ".join(f"`{one.value}`" for one in kind)
    for base, word in _SIMPLE:
        if issubclass(kind, base):
            return words[word]
    return words["any"]


_SIMPLE: Sequence[Tuple[type, str]] = (
    (Duration, "duration"),
    (Rate, "rate"),
    (Size, "size"),
    (bool, "bool"),
    (int, "number"),
    (float, "number"),
    (str, "text"),
    (BaseModel, "object"),
    (dict, "object"),
)


def _model_of(annotation: Any) -> Any:
    """The model of an object, or of the items in a list of objects; None for any other type."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in get_args(annotation):
        model = _model_of(argument)
        if model is not None:
            return model
    return None
