"""Durations, rates and sizes as people write them: ``"500ms"``, ``"5s"``, ``"10m"`` or seconds; ``"20/m"``,
``"100/10m"``; ``"10GiB"``, ``"500 MB"`` or bytes.

The units are those of Prime Backup's configuration (its ``types/units.py``): a month has 30 days, a year 365.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Dict, Tuple, Union

from pydantic import AfterValidator, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema
from typing_extensions import Annotated

from prime_notify.text.wording import Wording

__all__ = ["Duration", "Rate", "Size", "Timeout"]

_UNITS = {
    "ms": Decimal("0.001"),
    **dict.fromkeys(("", "s", "sec"), Decimal(1)),
    **dict.fromkeys(("m", "min"), Decimal(60)),
    **dict.fromkeys(("h", "hour"), Decimal(3600)),
    **dict.fromkeys(("d", "day"), Decimal(86400)),
    **dict.fromkeys(("mon", "month"), Decimal(86400 * 30)),
    **dict.fromkeys(("y", "year"), Decimal(86400 * 365)),
}
_UNIT_NAMES = "|".join(sorted(filter(None, _UNITS), key=len, reverse=True))
_NUMBER = r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_LONGEST_TEXT = 400  # the smallest float needs fewer digits
_DURATION = re.compile(rf"\+?({_NUMBER})\s*({_UNIT_NAMES})?", re.ASCII | re.IGNORECASE)
_SHOWN_UNITS = (("d", 86400), ("h", 3600), ("m", 60))
_MAXIMUM = 100 * 365 * 86400  # sockets and locks refuse timeouts of centuries
_RATE = re.compile(r"([0-9]{1,6})\s*/\s*(\S.*)", re.ASCII)
_NO_DURATION = Wording(
    'a duration is "500ms", "5s", "10m", "2h", "1d", or a number of seconds',
    '时长写作 "500ms"、"5s"、"10m"、"2h"、"1d"，或秒数',
)
_IMPOSSIBLE_DURATION = Wording("a duration is at least 0 and at most 100 years", "时长不能小于 0，也不能超过 100 年")
_NO_RATE = Wording(
    'write how many in what time, such as "20/m", "5/s" or "100/10m"',
    '请写一段时间内的次数，例如 "20/m"、"5/s" 或 "100/10m"',
)


class Duration(float):
    """A number of seconds, from 0 to a hundred years. Its ``str`` has a unit.

    :raises ValueError: for anything that is not a duration.
    """

    def __new__(cls, value: Union[str, float]) -> Duration:
        seconds = _parse(value) if isinstance(value, str) else value
        if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
            raise ValueError(_NO_DURATION)  # noqa: TRY004 - Pydantic expects ValueError
        if not 0 <= seconds <= _MAXIMUM:  # NaN fails this, too
            raise ValueError(_IMPOSSIBLE_DURATION)
        return super().__new__(cls, seconds)

    def __str__(self) -> str:
        """The shortest exact text: ``Duration(str(d)) == d``."""
        seconds = float(self)
        for unit, size in _SHOWN_UNITS:
            if seconds and seconds % size == 0:
                return f"{seconds / size:.0f}{unit}"
        milliseconds = round(seconds * 1000)
        if 0 < seconds < 1 and milliseconds / 1000 == seconds:
            return f"{milliseconds}ms"
        text = format(Decimal(repr(seconds)), "f")
        return (text[:-2] if text.endswith(".0") else text) + "s"

    def __repr__(self) -> str:
        return f"Duration({str(self)!r})"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls, serialization=core_schema.plain_serializer_function_ser_schema(str, when_used="always")
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        units = "|".join("".join(f"[{char}{char.upper()}]" for char in unit) for unit in _UNIT_NAMES.split("|"))
        return {
            "anyOf": [
                {"type": "string", "pattern": rf"^\s*\+?{_NUMBER}\s*({units})?\s*$"},
                {"type": "number", "minimum": 0},
            ]
        }


def _above_zero(seconds: Duration) -> Duration:
    if not seconds:
        raise ValueError(Wording('write a duration above zero, such as "10s"', '请写大于零的时长，例如 "10s"'))
    return seconds


Timeout = Annotated[Duration, AfterValidator(_above_zero)]


def _parse(text: str) -> float:
    match = _DURATION.fullmatch(text.strip()) if len(text) <= _LONGEST_TEXT else None
    if match is None:
        raise ValueError(_NO_DURATION)
    number, unit = match.groups()
    return float(Decimal(number) * _UNITS[(unit or "").lower()])


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
        match = _RATE.fullmatch(text.strip()) if isinstance(text, str) else None
        if match is None:
            raise ValueError(_NO_RATE)
        unit = match[2].strip()
        seconds = float(Duration(unit if unit[0].isdigit() or unit[0] == "." else f"1{unit}"))
        if int(match[1]) < 1 or seconds <= 0:
            raise ValueError(_NO_RATE)
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


_SIZES = {
    "": 1,
    "B": 1,
    **{f"{unit}IB": 1024**power for power, unit in enumerate("KMGTPE", start=1)},
    **{f"{unit}B": 1000**power for power, unit in enumerate("KMGTPE", start=1)},
    **{unit: 1024**power for power, unit in enumerate("KMGTPE", start=1)},  # as du and df mean them
    **{f"{unit}I": 1024**power for power, unit in enumerate("KMGTPE", start=1)},
}
_SIZE = re.compile(rf"({_NUMBER})\s*((?:[KMGTPE]i?)?B?)", re.ASCII | re.IGNORECASE)
_LARGEST = 2**63 - 1


def _in_units(size: int, base: int, suffix: str) -> Tuple[int, str]:
    """A number of the largest unit that divides ``size``, and the unit."""
    unit = "B"
    for letter in "KMGTPE":
        if not size or size % base:
            break
        size, unit = size // base, letter + suffix
    return size, unit


_NO_SIZE = Wording('a size is "10GiB", "500MB", or a number of bytes', '大小写作 "10GiB"、"500MB"，或字节数')


class Size(int):
    """A number of bytes, not negative. ``GiB`` and ``G`` are powers of 1024, ``GB`` of 1000. Its ``str`` has a unit.

    :raises ValueError: for anything that is not a size.
    """

    def __new__(cls, value: Union[str, int]) -> Size:
        if isinstance(value, str):
            match = _SIZE.fullmatch(value.strip()) if len(value) <= _LONGEST_TEXT else None
            if match is None:
                raise ValueError(_NO_SIZE)
            value = int(Decimal(match[1]) * _SIZES[match[2].upper()])
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _LARGEST:
            raise ValueError(_NO_SIZE)
        return super().__new__(cls, value)

    def __str__(self) -> str:
        """The exact text with the smallest number, rather in powers of 1024: ``Size(str(s)) == s``."""
        binary, decimal = _in_units(int(self), 1024, "iB"), _in_units(int(self), 1000, "B")
        return "{}{}".format(*min(binary, decimal, key=lambda text: len(str(text[0]))))

    def __repr__(self) -> str:
        return f"Size({str(self)!r})"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls, serialization=core_schema.plain_serializer_function_ser_schema(str, when_used="always")
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        pattern = rf"^\s*{_NUMBER}\s*([KMGTPEkmgtpe][iI]?)?[bB]?\s*$"
        return {"anyOf": [{"type": "string", "pattern": pattern}, {"type": "integer", "minimum": 0}]}
