"""Bark's encryption: neither its server nor Apple can read a push. https://bark.day.app/#/en-us/encryption

AES over the JSON of the parameters: AES128, AES192 or AES256 by a key of 16, 24 or 32 characters; CBC with PKCS #7
padding, or GCM with its tag of 16 bytes at the end; Base64 (the app's Model/Algorithm.swift).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import importlib
from typing import Any, Optional

from pydantic import BeforeValidator, ConfigDict, field_validator, model_validator
from typing_extensions import Annotated, Literal

from prime_notify.config.option import Options, option
from prime_notify.text.wording import Wording

__all__ = ["BarkEncryption", "encrypt", "initialisation_vector", "sealed_length"]

_BLOCK = 16  # bytes; also the length of GCM's tag
_KEY_LENGTHS = (16, 24, 32)
_IV_LENGTHS = {"CBC": 16, "GCM": 12}


def _upper(value: Any) -> Any:
    return value.strip().upper() if isinstance(value, str) else value


class BarkEncryption(Options):
    """The app's encryption settings. Blanks around a key belong to it."""

    model_config = ConfigDict(str_strip_whitespace=False)

    key: str = option(
        ...,
        "The key from the app's encryption settings: 16, 24 or 32 characters (AES128, AES192, AES256).",
        "App 加密设置中的 Key：16、24 或 32 个字符（AES128、AES192、AES256）。",
        example="0123456789abcdef",
        essential=True,
    )
    mode: Annotated[Literal["CBC", "GCM"], BeforeValidator(_upper)] = option(
        "CBC",
        "The mode chosen in the app; GCM also proves who sent it.",
        "App 中选择的模式；GCM 还能防止伪造。",
        example="GCM",
        public=True,
        essential=True,
    )
    iv: Optional[str] = option(
        None,
        "An initialisation vector of 16 characters for all pushes (CBC only); by default each push has its own.",
        "所有推送共用的初始化向量，16 个字符（仅 CBC）；默认每条推送各用一个。",
        example="fedcba9876543210",
        content=True,
        essential=True,
    )

    @field_validator("key")
    @classmethod
    def _check_key(cls, key: str) -> str:
        if not (key.isascii() and key.isprintable()) or len(key) not in _KEY_LENGTHS:
            raise ValueError(
                Wording(
                    "write the key as it stands in the app: 16, 24 or 32 letters and digits",
                    "请填写 App 中设置的密钥：16、24 或 32 个字母和数字",
                )
            )
        return key

    @model_validator(mode="after")
    def _check_iv(self) -> BarkEncryption:
        if self.iv is not None and self.mode == "GCM":
            raise ValueError(
                Wording(
                    'leave out "iv": with GCM, one that is used twice gives the texts away',
                    '请去掉 "iv"：GCM 模式下重复使用同一个 iv 会泄露内容',
                )
            )
        if self.iv is not None and (
            not (self.iv.isascii() and self.iv.isprintable()) or len(self.iv) != _IV_LENGTHS["CBC"]
        ):
            raise ValueError(
                Wording(
                    'write an "iv" of 16 letters and digits, or leave it out', '请写 16 个字母和数字的 "iv"，或不写'
                )
            )
        return self

    @model_validator(mode="after")
    def _check_library(self) -> BarkEncryption:
        if not _is_installed():
            raise ValueError(
                Wording(
                    'bark.encryption needs the Python package cryptography: run "pip install cryptography" in '
                    'MCDReforged\'s environment, or leave out "encryption"',
                    'bark.encryption 需要 Python 包 cryptography：请在 MCDReforged 的环境中运行 "pip install '
                    'cryptography"，或去掉 "encryption"',
                )
            )
        return self


def initialisation_vector(options: BarkEncryption, moment: str, text: bytes) -> str:
    """The IV of one push, in ASCII as the app wants it. ``moment`` names the notification and the attempt.

    Rendering has no randomness, so the IV is derived with the key: nobody without the key can predict it, as CBC needs.
    It is derived from the text, too, since GCM breaks when two texts share key and IV. Here two texts would need the
    same keyed hash of 72 bits, which does not happen by chance within thousands of millions of pushes. An unchanged
    push that is rendered again is merely the same push. (The idea is that of AES-SIV, RFC 5297.)
    """
    if options.iv is not None:
        return options.iv
    length = _IV_LENGTHS[options.mode]
    message = b"prime_notify bark iv\n" + moment.encode("utf-8", "replace") + b"\n" + text
    digest = hmac.new(options.key.encode("ascii"), message, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode("ascii")[:length]


def encrypt(options: BarkEncryption, iv: str, text: bytes) -> str:
    """``text``, encrypted, in Base64."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    key, nonce = options.key.encode("ascii"), iv.encode("ascii")
    if options.mode == "GCM":
        sealed = AESGCM(key).encrypt(nonce, text, None)
    else:
        missing = _BLOCK - len(text) % _BLOCK
        encryptor = Cipher(algorithms.AES(key), modes.CBC(nonce)).encryptor()
        sealed = encryptor.update(text + bytes([missing]) * missing) + encryptor.finalize()
    return base64.b64encode(sealed).decode("ascii")


def sealed_length(options: BarkEncryption, text: bytes) -> int:
    """The number of characters of :func:`encrypt`'s result for ``text``."""
    sealed = len(text) + _BLOCK if options.mode == "GCM" else (len(text) // _BLOCK + 1) * _BLOCK
    return (sealed + 2) // 3 * 4


def _is_installed() -> bool:
    try:
        importlib.import_module("cryptography.hazmat.primitives.ciphers.aead")
    except ImportError:
        return False
    return True
