"""The config of a Bark endpoint: https://bark.day.app, and github.com/Finb/bark-server (docs/API_V2.md)."""

from __future__ import annotations

from typing import Any, Callable, List, Optional, Tuple
from urllib.parse import parse_qs, urlsplit

from pydantic import BeforeValidator, Field, WithJsonSchema, field_validator, model_validator
from typing_extensions import Annotated, Literal

from prime_notify.channels.bark.address import PUBLIC_HOST
from prime_notify.channels.bark.encryption import BarkEncryption
from prime_notify.config.endpoint import EndpointConfig
from prime_notify.config.option import Options, option
from prime_notify.text.wording import Wording

__all__ = ["BarkEndpoint", "BarkOptions"]

_PUBLIC_MAX_KEYS = 10
_ID_BYTES = 64  # APNs: apns-collapse-id


def _as_text(value: Any) -> Any:
    """Every option but ``badge`` is sent as a string: the server crashes on a group that is a number."""
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


class BarkOptions(Options):
    """Every documented field of a push, in Bark's own spelling."""

    key: Optional[_Text] = option(
        None,
        "The device's key, for {key} in the url; the same as device_key.",
        "设备的 key，填入 url 中的 {key}；与 device_key 相同。",
        example="<key>",
    )
    device_key: Optional[_Text] = option(
        None,
        "The device's key, for a url that ends in /push.",
        "设备的 key，用于以 /push 结尾的 url。",
        example="<key>",
    )
    device_keys: Optional[_Keys] = option(
        None,
        "The keys of several devices (at most 10 on api.day.app).",
        "多台设备的 key（api.day.app 上至多 10 个）。",
        example=["<key>", "<another key>"],
    )
    title: Optional[_Text] = option(None, "Replaces the title.", "替换标题。", example="Minecraft", content=True)
    subtitle: Optional[_Text] = option(None, "A second title.", "副标题。", example="Survival", content=True)
    body: Optional[_Text] = option(None, "Replaces the text.", "替换正文。", example="See the console.", content=True)
    markdown: Optional[_Text] = option(
        None,
        "A text in Markdown, shown instead of the body; true sends the notification's.",
        "代替正文显示的 Markdown 文本；true 表示发送通知自带的。",
        example=True,
        content=True,
    )
    level: Optional[_Level] = option(
        None,
        "Urgency; by default passive on success without warnings, critical on failure, else active.",
        "紧急程度；默认成功且无警告为 passive，失败为 critical，其余为 active。",
        example="timeSensitive",
        public=True,
    )
    volume: Optional[_Text] = option(
        None, "Loudness of a critical push, 0 to 10.", "critical 推送的音量，0 到 10。", example=5, content=True
    )
    badge: Optional[int] = option(
        None, "The number on the app's icon.", "App 图标上的数字。", example=1, ge=0, public=True
    )
    call: Optional[_Text] = option(
        None, "1 repeats the sound for half a minute.", "1 表示铃声重复半分钟。", example=1, content=True
    )
    autoCopy: Optional[_Text] = option(  # noqa: N815 - Bark's spelling
        None, "1 copies the push's text.", "1 表示自动复制推送内容。", example=1, content=True
    )
    copy_: Optional[_Text] = option(
        None, "The text that is copied.", "被复制的文本。", example="!!pb list", alias="copy", content=True
    )
    sound: Optional[_Text] = option(
        None, 'The sound, such as "minuet".', '铃声，例如 "minuet"。', example="minuet", content=True
    )
    icon: Optional[_Text] = option(
        None, "URL of an icon.", "图标的 URL。", example="https://example.com/icon.png", content=True
    )
    image: Optional[_Text] = option(
        None, "URL of an image.", "图片的 URL。", example="https://example.com/map.png", content=True
    )
    group: Optional[_Text] = option(
        None,
        "The group in which the phone files the push.",
        "推送在手机上所属的分组。",
        example="backups",
        content=True,
    )
    url: Optional[_Text] = option(
        None,
        "The URL that a tap on the push opens.",
        "点击推送时打开的地址。",
        example="https://example.com/backups",
        content=True,
    )
    action: Optional[_Text] = option(
        None, '"none": a tap does nothing.', '"none" 表示点击无动作。', example="none", content=True
    )
    isArchive: Optional[_Text] = option(  # noqa: N815 - Bark's spelling
        None, "1 keeps the push in the app's history.", "1 表示保存到 App 的历史记录。", example=1, content=True
    )
    ttl: Optional[_Text] = option(
        None, "Seconds for which the app keeps the push.", "App 保留推送的秒数。", example=86400, content=True
    )
    id: Optional[_Text] = option(
        None,
        "Pushes with the same id replace each other; by default each notification has its own.",
        "相同 id 的推送互相替换；默认每条通知各有其 id。",
        example="last-backup",
        content=True,
        essential=True,
    )
    delete: Optional[_Text] = option(
        None,
        "1 deletes the push with this id from the phone; needs id.",
        "1 表示从手机上删除此 id 的推送；需要 id。",
        example=1,
        content=True,
        essential=True,
    )
    ciphertext: Optional[_Text] = option(
        None,
        "Encrypted parameters; encryption makes them by itself.",
        "加密后的参数；使用 encryption 时自动生成。",
        example="<Base64>",
        content=True,
        essential=True,
    )
    iv: Optional[_Text] = option(
        None,
        "The initialisation vector of ciphertext.",
        "ciphertext 的初始化向量。",
        example="fedcba9876543210",
        content=True,
        essential=True,
    )
    encryption: Optional[BarkEncryption] = option(
        None,
        "Encrypts all pushes for the app; the key is set there. Needs the Python package cryptography.",
        "加密所有推送，密钥在 App 中设置。需要 Python 包 cryptography。",
        example={"key": "0123456789abcdef"},
        essential=True,
    )

    @field_validator("volume")
    @classmethod
    def _check_volume(cls, volume: Optional[str]) -> Optional[str]:
        try:
            if volume is None or 0 <= float(volume) <= 10:
                return volume
        except ValueError:
            pass
        raise ValueError(Wording("write a number from 0 to 10", "请写 0 到 10 的数字"))

    @field_validator("id")
    @classmethod
    def _check_id(cls, value: Optional[str]) -> Optional[str]:
        if value is not None and len(value.encode("utf-8", "replace")) > _ID_BYTES:
            raise ValueError(Wording("write at most {most} bytes", "至多 {most} 字节", most=_ID_BYTES))
        return value

    @model_validator(mode="after")
    def _check_delete(self) -> BarkOptions:
        if self.delete == "1" and not self.id:
            raise ValueError(
                Wording('add the "id" of the push that "delete" is to delete', '请添加要用 "delete" 删除的推送的 "id"')
            )
        return self

    @model_validator(mode="after")
    def _check_encryption(self) -> BarkOptions:
        if self.encryption and (self.ciphertext or self.iv):
            raise ValueError(
                Wording(
                    'write either "encryption", or "ciphertext" and "iv" of your own',
                    '请填写 "encryption"，或自备的 "ciphertext" 与 "iv"，不要都写',
                )
            )
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
    url: str = option(
        f"https://{PUBLIC_HOST}/push",
        "The address that the app shows, https://api.day.app/<key>; or .../push with bark.device_key or device_keys.",
        "App 中显示的地址 https://api.day.app/<key>；或 .../push 加上 bark.device_key 或 device_keys。",
        example="https://api.day.app/<key>",
    )
    bark: BarkOptions = option(
        BarkOptions(), "Fields of the push.", "推送的字段。", example={"group": "backups", "sound": "minuet"}
    )

    @model_validator(mode="after")
    def _check_keys(self) -> BarkEndpoint:
        parts = urlsplit(self.url)
        if ("{key}" in self.url or "{device_key}" in self.url) and not self.bark.single_key:
            raise ValueError(
                Wording(
                    'write the key that the url asks for: "bark": {{"device_key": "..."}}',
                    '请填写 url 所需的 key："bark": {{"device_key": "..."}}',
                )
            )
        keyless = parts.path.rstrip("/") in ("", "/push") and "device_key" not in parse_qs(parts.query)
        if keyless and not self.bark.single_key and not self.bark.keys:
            raise ValueError(
                Wording(
                    'write the device\'s key: "url": "https://api.day.app/<key>", or "bark": {{"device_key": ...}}',
                    '请填写设备的 key："url": "https://api.day.app/<key>"，或 "bark": {{"device_key": ...}}',
                )
            )
        if parts.hostname == PUBLIC_HOST and len(self.bark.keys) > _PUBLIC_MAX_KEYS:
            raise ValueError(
                Wording(
                    "{host} accepts at most {most} device_keys: write two endpoints",
                    "{host} 至多接受 {most} 个 device_keys：请写成两个推送目标",
                    host=PUBLIC_HOST,
                    most=_PUBLIC_MAX_KEYS,
                )
            )
        return self
