"""Bark's encryption: another implementation reads what is sent, and the examples of Bark's documents come out."""

from __future__ import annotations

import base64
import dataclasses
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict

import pytest
from Crypto.Cipher import AES
from Crypto.Util.Padding import unpad
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from prime_notify.channels.bark import apns_size
from prime_notify.channels.bark.encryption import BarkEncryption, encrypt, sealed_length
from prime_notify.loading.load import load_config
from prime_notify.model.notification import Message, Texts
from tests.support.examples import examples
from tests.support.hostile import HOSTILE, real_messages
from tests.support.messages import NOW, channel, composed, message, sent

KEYS = {16: "1234567890123456", 24: "123456789012345678901234", 32: "12345678901234567890123456789012"}
TEXTS = Texts("标题 <&>", "正文", "")

every_cipher = pytest.mark.parametrize("mode", ["CBC", "GCM"])
every_key = pytest.mark.parametrize("length", list(KEYS))


def bark(more: Any = None, encryption: Any = None, **options: Any) -> Any:
    encryption = {"key": KEYS[16], **(encryption or {})}
    return channel(
        "bark", **{"url": "https://api.day.app/K", "bark": {"encryption": encryption, **options}, **(more or {})}
    )


def decrypted(document: Dict[str, Any], key: str, mode: str) -> Dict[str, Any]:
    """As the app does it: Model/Algorithm.swift."""
    sealed, iv = base64.b64decode(document["ciphertext"], validate=True), document["iv"].encode("ascii")
    if mode == "GCM":
        assert len(iv) == 12
        text = AES.new(key.encode(), AES.MODE_GCM, nonce=iv).decrypt_and_verify(sealed[:-16], sealed[-16:])
    else:
        assert len(iv) == 16
        text = unpad(AES.new(key.encode(), AES.MODE_CBC, iv=iv).decrypt(sealed), 16, style="pkcs7")
    return json.loads(text.decode("utf-8"))


@every_cipher
@every_key
def test_another_implementation_reads_what_was_encrypted(length: int, mode: str) -> None:
    sender = bark(encryption={"key": KEYS[length], "mode": mode}, group="mc", sound="minuet", badge=1)
    document = sent(sender, message(texts=TEXTS))
    assert decrypted(document, KEYS[length], mode) == {
        "title": "标题 <&>", "body": "正文", "level": "passive", "group": "mc", "sound": "minuet", "badge": 1,
    }  # fmt: skip


def test_nothing_but_what_the_server_acts_upon_stays_outside() -> None:
    sender = bark({"url": "https://h/push"}, device_key="K", id="backup", delete=True, group="mc", level="critical")
    document = sent(sender, message(texts=TEXTS))
    assert set(document) == {"id", "delete", "ciphertext", "iv", "device_key"}
    assert (document["id"], document["delete"], document["device_key"]) == ("backup", "1", "K")


@pytest.mark.parametrize(
    ("iv", "ciphertext"),
    [
        ("1111111111111111", "d3QhjQjP5majvNt5CjsvFWwqqj2gKl96RFj5OO+u6ynTt7lkyigDYNA3abnnCLpr"),
        ("1234567890123456", "+aPt5cwN9GbTLLSFri60l3h1X00u/9j1FENfWiTxhNHVLGU+XoJ15JJG5W/d/yf0"),
    ],
)
def test_the_examples_of_barks_documents_come_out(iv: str, ciphertext: str) -> None:
    text = b'{"body": "test", "sound": "birdsong"}'
    assert encrypt(BarkEncryption(key=KEYS[16]), iv, text) == ciphertext


@every_cipher
@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, 31, 32, 33])
def test_the_length_is_known_beforehand(mode: str, size: int) -> None:
    options = BarkEncryption(key=KEYS[16], mode=mode)
    iv = "x" * (12 if mode == "GCM" else 16)
    assert len(encrypt(options, iv, b"a" * size)) == sealed_length(options, b"a" * size)


@every_cipher
def test_rendering_is_repeatable_and_every_attempt_and_text_has_its_own_vector(mode: str) -> None:
    sender = bark(encryption={"mode": mode})
    first = message(texts=TEXTS)
    variants = [
        first,
        dataclasses.replace(first, now=NOW + 0.001),
        message(texts=Texts("another", "text", "")),
        message(texts=TEXTS, id="another"),
    ]
    assert sender.render(first) == sender.render(message(texts=TEXTS))
    assert len({sent(sender, one)["iv"] for one in variants}) == len(variants)


def test_the_vector_depends_on_the_key() -> None:
    vectors = {sent(bark(encryption={"key": key}), message())["iv"] for key in KEYS.values()}
    assert len(vectors) == len(KEYS)


def test_a_vector_of_the_owners_is_used_as_it_is() -> None:
    document = sent(bark(encryption={"iv": 1111111111111111, "mode": "cbc"}), message(texts=TEXTS))
    assert document["iv"] == "1111111111111111"
    assert decrypted(document, KEYS[16], "CBC")["body"] == "正文"


@every_cipher
@examples(40)
@given(message=real_messages(), markdown=st.booleans())
def test_no_encrypted_push_exceeds_apples_limit(message: Message, mode: str, markdown: bool) -> None:
    options = {"markdown": True} if markdown else {}
    document = sent(bark({"traceback": True}, {"mode": mode}, subtitle="s", **options), message)
    # What the server shows of a push without texts counts as well
    assert apns_size({**document, "body": "Empty Message"}) <= 4096
    assert decrypted(document, KEYS[16], mode)["title"]


@every_cipher
def test_the_space_there_is_is_used(mode: str) -> None:
    document = sent(bark(encryption={"mode": mode}), message(texts=Texts("t", "x" * 9000, "")))
    assert 4000 < apns_size({**document, "body": "Empty Message"}) <= 4096
    assert len(decrypted(document, KEYS[16], mode)["body"]) > 2700


@pytest.mark.parametrize("typed", HOSTILE)
def test_what_players_type_arrives_as_it_is(typed: str) -> None:
    document = sent(bark(), composed(backup={"id": 7, "comment": typed}))
    assert "#7" in decrypted(document, KEYS[16], "CBC")["body"]


@pytest.mark.parametrize(
    ("encryption", "remedy"),
    [
        ({"key": "short"}, "16, 24 or 32"),
        ({"key": "密" * 16}, "16, 24 or 32"),
        ({"key": "a\n" * 8}, "16, 24 or 32"),
        ({"key": True}, "valid string"),
        ({"mode": "ECB"}, "CBC"),
        ({"mode": 1}, "CBC"),
        ({"mode": "GCM", "iv": "1" * 12}, 'leave out "iv"'),
        ({"iv": "1" * 12}, '"iv" of 16'),
        ({"iv": "\n" * 16}, '"iv" of 16'),
        ({"padding": "pkcs7"}, "not permitted"),
    ],
)
def test_a_wrong_config_says_what_to_write(encryption: Dict[str, Any], remedy: str) -> None:
    with pytest.raises(ValidationError, match=remedy):
        bark(encryption=encryption)


@pytest.mark.parametrize("option", [{"ciphertext": "c"}, {"iv": "1" * 16}])
def test_a_cipher_text_of_the_owners_and_encryption_exclude_each_other(option: Dict[str, str]) -> None:
    with pytest.raises(ValidationError, match='either "encryption"'):
        bark(**option)


def test_without_the_library_the_config_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.ciphers.aead", None)
    with pytest.raises(ValidationError, match="pip install cryptography"):
        bark()


def test_a_problem_names_its_place_and_never_the_key() -> None:
    endpoint = {
        "name": "a",
        "type": "bark",
        "url": "https://h/K",
        "bark": {"encryption": {"key": "no-key-of-this-length"}},
    }
    loaded = load_config({"notification": {"endpoints": [endpoint]}}, environ={}, base_dir=Path())
    [problem] = loaded.problems
    assert problem.path == "notification.endpoints[0].bark.encryption.key"
    assert "no-key-of-this-length" not in str(problem)


def test_the_key_is_masked_in_what_the_endpoint_says() -> None:
    endpoint = {"name": "a", "type": "bark", "url": "https://h/K", "bark": {"encryption": {"key": KEYS[32]}}}
    [loaded] = load_config({"notification": {"endpoints": [endpoint]}}, environ={}, base_dir=Path()).endpoints
    assert KEYS[32] not in loaded.redact(f"quoted: {KEYS[32]}")


def test_the_library_is_loaded_only_where_it_is_needed() -> None:
    code = "import sys, prime_notify.channels.bark; sys.exit('cryptography' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_end_of_a_task_updates_its_start_also_when_encrypted() -> None:
    sender = bark({"lifecycle": "update"})
    start, end = sent(sender, message("backup_start", id="A")), sent(sender, message("backup_success", id="B"))
    assert start["id"] == end["id"]
    assert start["iv"] != end["iv"]


def test_an_encrypted_push_goes_to_the_key_without_the_text_behind_it() -> None:
    sender = channel("bark", url="http://h/sub/K/push", bark={"encryption": {"key": "0123456789abcdef"}})
    assert sender.render(message()).url == "http://h/sub/K"
