"""What a Bark endpoint's config may say: https://bark.day.app, and github.com/Finb/bark-server (docs/API_V2.md)."""

from __future__ import annotations

from typing import Any, Callable, List, Optional, Tuple
from urllib.parse import parse_qs, urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, field_validator, model_validator
from typing_extensions import Annotated, Literal

from prime_notify.channels.bark.encryption import BarkEncryption
from prime_notify.config.endpoint import EndpointConfig
from prime_notify.config.option import option

__all__ = ["BarkEndpoint", "BarkOptions"]

_PUBLIC_HOST = "api.day.app"
_PUBLIC_MAX_KEYS = 10
_ID_BYTES = 64  # APNs: apns-collapse-id


def _as_text(value: Any) -> Any:
    """Everything but ``badge`` is a string on the wire: the server crashes on a group that is a number."""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, (int, float)) else value


def _spelled(*words: str) -> Callable[[Any], Any]:
    """Accepts the words in any case."""
    by_lower = {word.lower(): word for word in words}
    return lambda value: by_lower.get(value.strip().lower(), value) if isinstance(value, str) else value


def _listed(value: Any) -> Any:
    """Several keys in one string are separated by commas, as the server itself reads them."""
    items = value if isinstance(value, list) else [value]
    if not all(isinstance(item, str) for item in items):
        return value
    return [key.strip() for item in items for key in item.split(",") if key.strip()]


_TEXT_SCHEMA = {"type": ["string", "number", "boolean"]}
_Text = Annotated[str, BeforeValidator(_as_text), WithJsonSchema(_TEXT_SCHEMA)]
_LEVELS = ("critical", "active", "timeSensitive", "passive")
_Level = Annotated[Literal["critical", "active", "timeSensitive", "passive"], BeforeValidator(_spelled(*_LEVELS))]
_Keys = Annotated[List[Annotated[str, Field(min_length=1)]], BeforeValidator(_listed)]


def _option(description: str, *, secret: bool = False) -> Any:
    return Field(None, description=description, json_schema_extra={"secret": True} if secret else None)


class BarkOptions(BaseModel):
    """Every documented field of a push, in Bark's own spelling."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, hide_input_in_errors=True)

    key: Optional[_Text] = _option("The device's key, for {key} in the url; the same as device_key.", secret=True)
    device_key: Optional[_Text] = _option("The device's key, for a url that ends in /push.", secret=True)
    device_keys: Optional[_Keys] = _option("The keys of several devices (at most 10 on api.day.app).", secret=True)
    title: Optional[_Text] = _option("Replaces the title.")
    subtitle: Optional[_Text] = _option("A second title.")
    body: Optional[_Text] = _option("Replaces the text.")
    markdown: Optional[_Text] = _option("A text in Markdown, shown instead of the body; true sends the notification's.")
    level: Optional[_Level] = _option("Urgency; by default passive on success, critical on failure, else active.")
    volume: Optional[_Text] = _option("Loudness of a critical push, 0 to 10.")
    badge: Optional[int] = Field(None, ge=0, description="The number on the app's icon.")
    call: Optional[_Text] = _option("1 repeats the sound for half a minute.")
    autoCopy: Optional[_Text] = _option("1 copies the push's text.")  # noqa: N815 - Bark's spelling
    copy_: Optional[_Text] = Field(None, alias="copy", description="The text that is copied.")
    sound: Optional[_Text] = _option('The sound, such as "minuet".')
    icon: Optional[_Text] = _option("URL of an icon.")
    image: Optional[_Text] = _option("URL of an image.")
    group: Optional[_Text] = _option("The group in which the phone files the push.")
    url: Optional[_Text] = _option("What a tap on the push opens.")
    action: Optional[_Text] = _option('"none": a tap does nothing.')
    isArchive: Optional[_Text] = _option("1 keeps the push in the app's history.")  # noqa: N815 - Bark's spelling
    ttl: Optional[_Text] = _option("Seconds for which the app keeps the push.")
    id: Optional[_Text] = _option(
        "Pushes with the same id replace each other; by default each notification has its own."
    )
    delete: Optional[_Text] = _option("1 deletes the push with this id from the phone; needs id.")
    ciphertext: Optional[_Text] = _option("Encrypted parameters; encryption makes them by itself.")
    iv: Optional[_Text] = _option("The initialisation vector of ciphertext.")
    encryption: Optional[BarkEncryption] = option(
        None,
        "Encrypts all pushes for the app; the key is set there. Needs the Python package cryptography.",
        "加密所有推送，密钥在 App 中设置。需要 Python 包 cryptography。",
    )

    @field_validator("volume")
    @classmethod
    def _check_volume(cls, volume: Optional[str]) -> Optional[str]:
        try:
            if volume is None or 0 <= float(volume) <= 10:
                return volume
        except ValueError:
            pass
        raise ValueError("write a number from 0 to 10")

    @field_validator("id")
    @classmethod
    def _check_id(cls, value: Optional[str]) -> Optional[str]:
        if value is not None and len(value.encode("utf-8", "replace")) > _ID_BYTES:
            raise ValueError(f"write at most {_ID_BYTES} bytes")
        return value

    @model_validator(mode="after")
    def _check_delete(self) -> BarkOptions:
        if self.delete == "1" and not self.id:
            raise ValueError('add the "id" of the push that "delete" is to delete')
        return self

    @model_validator(mode="after")
    def _check_encryption(self) -> BarkOptions:
        if self.encryption and (self.ciphertext or self.iv):
            raise ValueError('write either "encryption", or "ciphertext" and "iv" of your own')
        return self

    @property
    def keys(self) -> Tuple[str, ...]:
        """The devices of a batch."""
        return tuple(self.device_keys or ())

    @property
    def single_key(self) -> Optional[str]:
        return self.device_key or self.key


class BarkEndpoint(EndpointConfig):
    """An endpoint of type ``bark``: the key stands in ``url``, or among the options."""

    type: Literal["bark"]
    url: str = Field(
        f"https://{_PUBLIC_HOST}/push",
        description="https://api.day.app/<key>, or .../push with bark.device_key or bark.device_keys.",
        json_schema_extra={"secret": True},
    )
    bark: BarkOptions = Field(BarkOptions(), description="Fields of the push.")

    @model_validator(mode="after")
    def _check_keys(self) -> BarkEndpoint:
        parts = urlsplit(self.url)
        if ("{key}" in self.url or "{device_key}" in self.url) and not self.bark.single_key:
            raise ValueError('write the key that the url asks for: "bark": {"device_key": "..."}')
        keyless = parts.path.rstrip("/") in ("", "/push") and "device_key" not in parse_qs(parts.query)
        if keyless and not self.bark.single_key and not self.bark.keys:
            raise ValueError(
                'write the device\'s key: "url": "https://api.day.app/<key>", or "bark": {"device_key": ...}'
            )
        if parts.hostname == _PUBLIC_HOST and len(self.bark.keys) > _PUBLIC_MAX_KEYS:
            raise ValueError(f"{_PUBLIC_HOST} takes at most {_PUBLIC_MAX_KEYS} device_keys: write two endpoints")
        return self
