"""Signatures, by which a receiver can verify that a request is genuine, complete and new."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from typing import Dict

from pydantic import BeforeValidator, model_validator
from typing_extensions import Annotated, Literal

from prime_notify.config.choices import TextList, as_choice
from prime_notify.config.option import Options, option
from prime_notify.text.wording import Wording

__all__ = ["SigningOptions", "signature_headers"]

_PREFIX = "whsec_"
_SHORTEST, _LONGEST = 24, 64  # bytes of a key (the Standard Webhooks specification, "Symmetric")


def _key(secret: str) -> bytes:
    """The bytes of a Standard Webhooks secret.

    :raises ValueError: it is none.
    """
    text = secret[len(_PREFIX) :] if secret.startswith(_PREFIX) else secret
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(
            Wording('write a secret of the form "whsec_" + base64', '请写 "whsec_" 加 Base64 形式的密钥')
        ) from None


class SigningOptions(Options):
    """How requests are signed."""

    scheme: Annotated[Literal["standard", "feishu"], BeforeValidator(as_choice)] = option(
        "standard",
        '"standard": Standard Webhooks (standardwebhooks.com); "feishu": X-Lark-Signature, as Feishu signs its events.',
        "standard：Standard Webhooks 规范（standardwebhooks.com）；feishu：与飞书事件相同的 X-Lark-Signature。",
        example="feishu",
        public=True,
    )
    secret: TextList = option(
        ...,
        'The key that the receiver has, too: "whsec_..." for standard. Write several while you replace a key.',
        "与接收端共享的密钥：standard 为 whsec_...；更换密钥期间可写多个。",
        example="whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
        min_length=1,
        max_length=5,
    )

    @model_validator(mode="after")
    def _check_secrets(self) -> SigningOptions:
        if self.scheme == "feishu":
            if len(self.secret) > 1:
                raise ValueError(
                    Wording(
                        'write one "secret": this scheme has room for one signature',
                        '请只写一个 "secret"：此方案只能放一个签名',
                    )
                )
            return self
        for secret in self.secret:
            if not _SHORTEST <= len(_key(secret)) <= _LONGEST:
                raise ValueError(
                    Wording(
                        'write a secret of {shortest} to {longest} bytes, such as "whsec_" + the output of '
                        '"openssl rand -base64 32"',
                        '请写 {shortest} 到 {longest} 字节的密钥，例如 "whsec_" 加上 "openssl rand -base64 32" 的输出',
                        shortest=_SHORTEST,
                        longest=_LONGEST,
                    )
                )
        return self


def signature_headers(options: SigningOptions, id: str, now: float, body: bytes) -> Dict[str, str]:
    """The headers that prove ``body``. Pure: the same notification at the same moment gets the same signature.

    :param now: the moment of the attempt, unix seconds.
    """
    timestamp = str(int(now))
    if options.scheme == "feishu":
        return _feishu(options.secret[0], id, timestamp, body)
    signed = f"{id}.{timestamp}.".encode() + body
    signatures = [hmac.new(_key(secret), signed, hashlib.sha256).digest() for secret in options.secret]
    return {
        "webhook-id": id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{base64.b64encode(one).decode('ascii')}" for one in signatures),
    }


def _feishu(key: str, id: str, timestamp: str, body: bytes) -> Dict[str, str]:
    """SHA-256 of timestamp, nonce, key and body. The nonce need not be random, but must be new each time."""
    nonce = hashlib.sha256(f"{id}.{timestamp}".encode()).hexdigest()[:32]
    signature = hashlib.sha256(f"{timestamp}{nonce}{key}".encode() + body).hexdigest()
    return {
        "X-Lark-Request-Timestamp": timestamp,
        "X-Lark-Request-Nonce": nonce,
        "X-Lark-Signature": signature,
    }
