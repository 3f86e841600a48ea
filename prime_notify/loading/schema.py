"""The JSON Schema (draft 2020-12) of the config, generated from the models, for editors."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any, Dict, Iterable, List, Mapping, Set, Tuple, Type

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue, models_json_schema
from pydantic_core import core_schema

from prime_notify.channels.common.registry import channel_types
from prime_notify.config.endpoint import EndpointConfig
from prime_notify.config.models import Config
from prime_notify.config.option import MARKS, ZH
from prime_notify.loading.secret_references import LITERAL_OPTIONS

__all__ = ["config_schema", "render_schema"]

_DEFAULT_TYPE = "webhook"
_DESCRIPTIONS = ("description", ZH)
_ANNOTATIONS = (*MARKS, *_DESCRIPTIONS, "default", "examples", "title")
_NULL = {"type": "null"}
_CHANNEL = {"description": "The channel.", ZH: "渠道。"}
_REFERENCE_NAME = "SecretReference"
_REFERENCE = {
    "description": "A secret kept elsewhere.",
    ZH: "保存在别处的密钥。",
    "anyOf": [
        {
            "type": "string",
            "pattern": r"\$\{[A-Za-z_][A-Za-z0-9_]*\}",
            "description": 'The environment variable NAME, as "${NAME}".',
            ZH: "环境变量 NAME，写作 ${NAME}。",
        },
        {
            "type": "object",
            "properties": {
                "file": {
                    "type": "string",
                    "description": "Path of the file that holds it, from the config's folder.",
                    ZH: "存放它的文件的路径，从配置文件所在的文件夹算起。",
                }
            },
            "required": ["file"],
            "additionalProperties": False,
        },
    ],
}


class _Generator(GenerateJsonSchema):
    """Omits titles that repeat the names of fields, and defaults that are null or objects."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        result = super().default_schema(schema)
        if result.get("default") is None or isinstance(result["default"], dict):
            result.pop("default", None)
        return result


def config_schema(language: str = "en_us") -> Dict[str, Any]:
    """The schema of the config file with the options of every channel, described in ``en_us`` or ``zh_cn``."""
    models = {name: channel.endpoint_model for name, channel in sorted(channel_types().items())}
    wanted: List[Tuple[Type[BaseModel], JsonSchemaMode]] = [(Config, "validation")]
    wanted += [(model, "validation") for model in models.values()]
    references, schema = models_json_schema(wanted, schema_generator=_Generator)
    definitions = schema["$defs"]
    names = {name: _target(references[model, "validation"]) for name, model in models.items()}
    if EndpointConfig not in models.values():
        del definitions[_target(definitions["NotificationConfig"]["properties"]["endpoints"]["items"])]
    for name in sorted(_reachable(names.values(), definitions)):
        definitions[name] = _with_references(definitions[name], skip=LITERAL_OPTIONS if name in names.values() else ())
    definitions = {name: _lenient(definition, definitions) for name, definition in definitions.items()}
    for channel, name in names.items():
        definitions[name] = _endpoint(definitions[name], channel)
    definitions.update(_shared({name: definitions[name] for name in names.values()}))
    endpoint = [{"$ref": f"#/$defs/{name}"} for name in names.values()]
    endpoints = {"type": "array", "items": {"anyOf": endpoint}}
    definitions["NotificationConfig"]["properties"]["endpoints"]["anyOf"] = [endpoints, *endpoint, _NULL]
    root = definitions.pop("Config")
    definitions = {name: _without(definition, "title") for name, definition in definitions.items()}
    schema = {
        "$schema": GenerateJsonSchema.schema_dialect,
        **root,
        "title": "Prime Notify",
        "$defs": {**definitions, _REFERENCE_NAME: _REFERENCE},
    }
    return {key: _for_editors(value, language) for key, value in schema.items() if key != "description"}


def render_schema(language: str = "en_us") -> str:
    """The text of the schema file, described in ``en_us`` or ``zh_cn``."""
    return json.dumps(config_schema(language), indent=2, ensure_ascii=False) + "\n"


def _for_editors(value: Any, language: str) -> Any:
    """Without the marks of :func:`prime_notify.config.option.option`, and with descriptions in one language.

    A description without the other language is that of a class, which says less than the option does.
    """
    if isinstance(value, list):
        return [_for_editors(item, language) for item in value]
    if not isinstance(value, dict):
        return value
    marked = {key for key in MARKS if isinstance(value.get(key), (str, bool))}  # an option of that name is an object
    if isinstance(value.get("description"), str):
        marked.add("description")
    result = {key: _for_editors(inner, language) for key, inner in value.items() if key not in marked}
    described = value.get(ZH) if language == ZH else value.get("description")
    return {"description": described, **result} if isinstance(value.get(ZH), str) else result


def _endpoint(definition: Dict[str, Any], channel: str) -> Dict[str, Any]:
    """The definition of an endpoint, with a constant ``type`` that distinguishes it from other channels."""
    properties = dict(definition["properties"])
    required = [name for name in definition.get("required", []) if name != "type"]
    properties["type"] = {"const": channel, **_CHANNEL}
    if channel == _DEFAULT_TYPE:
        properties["type"] = {**_optional({"const": channel}), **_CHANNEL, "default": channel}
    else:
        required.append("type")
    return {**definition, "properties": properties, "required": required}


def _shared(endpoints: Mapping[str, Dict[str, Any]]) -> Dict[str, Any]:
    """The same definitions, in which an option of several types is defined once."""
    copies = Counter(
        (name, json.dumps(schema)) for endpoint in endpoints.values() for name, schema in endpoint["properties"].items()
    )
    common = {name: text for (name, text), count in copies.items() if count > len(endpoints) / 2}
    result: Dict[str, Any] = {f"Endpoint.{name}": json.loads(text) for name, text in common.items()}
    for title, endpoint in endpoints.items():
        properties = {
            name: {"$ref": f"#/$defs/Endpoint.{name}"} if json.dumps(schema) == common.get(name) else schema
            for name, schema in endpoint["properties"].items()
        }
        result[title] = {**endpoint, "properties": properties}
    return result


def _with_references(definition: Dict[str, Any], skip: Iterable[str]) -> Dict[str, Any]:
    properties = definition.get("properties", {})
    replaced = {key: value if key in skip else _with_reference(value) for key, value in properties.items()}
    return {**definition, "properties": replaced} if properties else definition


def _with_reference(schema: Dict[str, Any]) -> Dict[str, Any]:
    """The same schema, in which strings may be references to secrets."""
    if "items" in schema:
        return {**schema, "items": _with_reference(schema["items"])}
    if isinstance(schema.get("additionalProperties"), dict):
        return {**schema, "additionalProperties": _with_reference(schema["additionalProperties"])}
    alternatives, annotations = _alternatives(schema)
    if not any(_is_text(alternative) for alternative in alternatives):
        return {**schema, "anyOf": [_with_reference(one) for one in alternatives]} if "anyOf" in schema else schema
    return {"anyOf": [*alternatives, {"$ref": f"#/$defs/{_REFERENCE_NAME}"}], **annotations}


def _lenient(definition: Dict[str, Any], definitions: Mapping[str, Any]) -> Dict[str, Any]:
    """The same object as the loader accepts it: a single item for a list, and null for an absent option."""
    properties = dict(definition.get("properties", {}))
    for name, schema in properties.items():
        inherited = {key: text for key, text in _referred(schema, definitions).items() if key in _DESCRIPTIONS}
        schema = _with_single_item({**inherited, **schema})
        properties[name] = schema if name in definition.get("required", ()) else _optional(schema)
    return {**definition, "properties": properties} if properties else definition


def _with_single_item(schema: Dict[str, Any]) -> Dict[str, Any]:
    alternatives, annotations = _alternatives(schema)
    items = [one["items"] for one in alternatives if one.get("type") == "array"]
    single = [one for item in items for one in _alternatives(item)[0]]
    return {"anyOf": [*single, *alternatives], **annotations} if single else schema


def _optional(schema: Dict[str, Any]) -> Dict[str, Any]:
    alternatives, annotations = _alternatives(schema)
    takes_null = {} in alternatives or _NULL in alternatives
    return schema if takes_null else {"anyOf": [*alternatives, _NULL], **annotations}


def _alternatives(schema: Dict[str, Any]) -> Tuple[List[Dict[str, Any]], Dict[str, Any]]:
    """The alternatives of a schema, and the annotations that they share."""
    rest = {key: value for key, value in schema.items() if key not in _ANNOTATIONS}
    annotations = {key: value for key, value in schema.items() if key in _ANNOTATIONS}
    return list(schema.get("anyOf", [rest])), annotations


def _referred(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> Mapping[str, Any]:
    """The definition that ``schema`` refers to, or the schema itself."""
    return definitions.get(_target(schema), schema) if "$ref" in schema else schema


def _is_text(schema: Dict[str, Any]) -> bool:
    return "string" in schema.get("type", ()) and "enum" not in schema and "const" not in schema


def _reachable(names: Iterable[str], definitions: Mapping[str, Any]) -> Set[str]:
    """The names of these definitions and of all that they refer to."""
    reachable: Set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in reachable:
            reachable.add(name)
            waiting += re.findall(r'"#/\$defs/([^"]+)"', json.dumps(definitions[name]))
    return reachable


def _target(reference: Mapping[str, Any]) -> str:
    return str(reference["$ref"]).rpartition("/")[2]


def _without(schema: Dict[str, Any], key: str) -> Dict[str, Any]:
    return {name: value for name, value in schema.items() if name != key}
