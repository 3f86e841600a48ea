"""Rates as people write them: ``"20/m"``, ``"5/s"``, ``"100/10m"``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Dict

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from prime_notify.config.duration import Duration

__all__ = ["Rate"]

_PATTERN = re.compile(r"([0-9]{1,6})\s*/\s*(\S.*)", re.ASCII)
_EXAMPLES = 'write how many in what time, such as "20/m", "5/s" or "100/10m"'


@dataclass(frozen=True)
class Rate:
    """At most ``count`` attempts within any ``seconds`` seconds."""

    count: int
    seconds: float

    @classmethod
    def parse(cls, text: object) -> Rate:
        """:raises ValueError: for anything that is not a rate."""
        if isinstance(text, Rate):
            return text
        match = _PATTERN.fullmatch(text.strip()) if isinstance(text, str) else None
        if match is None:
            raise ValueError(_EXAMPLES)
        unit = match[2].strip()
        seconds = float(Duration(unit if unit[0].isdigit() or unit[0] == "." else f"1{unit}"))
        if int(match[1]) < 1 or seconds <= 0:
            raise ValueError(_EXAMPLES)
        return cls(int(match[1]), seconds)

    def __str__(self) -> str:
        return f"{self.count}/{Duration(self.seconds)}"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls.parse, serialization=core_schema.plain_serializer_function_ser_schema(str, when_used="always")
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        described: Dict[str, Any] = {"type": "string", "pattern": r"^\s*[0-9]{1,6}\s*/\s*[0-9.]*\s*[A-Za-z]+\s*$"}
        return described
