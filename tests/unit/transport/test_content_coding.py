"""Answers that are compressed although the transport asks for none, also over real sockets."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import Any, Callable, Dict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prime_notify.channels.common.registry import channel_types
from prime_notify.model.outcome import Delivered
from prime_notify.model.request import Request
from prime_notify.model.response import Response
from prime_notify.transport.content_coding import decoded
from prime_notify.transport.http import HttpTransport
from tests.support.examples import examples
from tests.support.messages import channel, failed
from tests.support.receiver import Answer, Receiver

LIMIT = 1000


def bare(content: bytes) -> bytes:
    coder = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return coder.compress(content) + coder.flush()


CODINGS: Dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "GZIP": gzip.compress,
    "deflate": zlib.compress,
    " deflate ": bare,
    "identity, gzip": gzip.compress,
    "deflate, gzip": lambda content: gzip.compress(zlib.compress(content)),
    "": bytes,
}
every_coding = pytest.mark.parametrize("coding", CODINGS)


@every_coding
@pytest.mark.parametrize("content", [b"", b"ok", b'{"code": 0}' * 40])
def test_the_content_comes_back(coding: str, content: bytes) -> None:
    assert decoded(CODINGS[coding](content), {"content-encoding": coding}, LIMIT) == content


@every_coding
def test_no_more_than_the_limit_is_decoded(coding: str) -> None:
    bomb = CODINGS[coding](b"\0" * 20_000_000)
    assert len(decoded(bomb, {"content-encoding": coding}, LIMIT)) == LIMIT or not coding


def test_members_after_the_first_count_as_well() -> None:
    two = gzip.compress(b"one ") + gzip.compress(b"two")
    assert decoded(two, {"content-encoding": "gzip"}, LIMIT) == b"one two"
    assert decoded(two + b"rubbish", {"content-encoding": "gzip"}, LIMIT) == b"one two"
    assert decoded(gzip.compress(b"x" * 600) * 9, {"content-encoding": "gzip"}, LIMIT) == b"x" * LIMIT


def test_a_body_that_was_cut_short_gives_its_beginning() -> None:
    content = json.dumps(list(range(2000))).encode()
    part = decoded(gzip.compress(content)[:900], {"content-encoding": "gzip"}, 100_000)
    assert part
    assert content.startswith(part)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "gzip, br", "gzip, gzip, gzip, gzip", "no/name"])
def test_what_cannot_be_decoded_stays_as_it_is(coding: str) -> None:
    assert decoded(b"{}", {"content-encoding": coding}, LIMIT) == b"{}"


@examples(200)
@given(body=st.binary(max_size=200), coding=st.sampled_from([*CODINGS, "br", "gzip,deflate"]))
def test_any_body_is_read(body: bytes, coding: str) -> None:
    assert len(decoded(body, {"content-encoding": coding}, LIMIT)) <= LIMIT


@pytest.mark.parametrize("chunked", [False, True])
def test_a_compressed_answer_arrives_decoded_and_the_connection_stays(
    transport: HttpTransport, receiver: Receiver, chunked: bool
) -> None:
    body = gzip.compress(b'{"code": 0}')
    headers = {"Content-Encoding": "gzip"}
    if chunked:
        body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
        headers["Transfer-Encoding"] = "chunked"
    receiver.behave(Answer(headers=headers, body=body))
    for _ in range(2):
        got = transport.send(Request("POST", receiver.url("/"), body=b"{}"), timeout=10)
        assert isinstance(got, Response)
        assert (got.body, got.truncated) == (b'{"code": 0}', False)
    assert [seen.connection for seen in receiver.requests] == [receiver.requests[0].connection] * 2


def test_a_bomb_is_cut_at_the_cap(receiver: Receiver) -> None:
    transport = HttpTransport(body_cap=LIMIT)
    receiver.behave(Answer(headers={"Content-Encoding": "gzip"}, body=gzip.compress(b"\0" * 500_000)))
    got = transport.send(Request("POST", receiver.url("/"), body=b"{}"), timeout=10)
    transport.close()
    assert isinstance(got, Response)
    assert (len(got.body), got.truncated) == (LIMIT, True)


SUCCESSES: Dict[str, Any] = {
    "bark": {"code": 200},
    "dingtalk": {"errcode": 0},
    "discord": {"id": "1", "channel_id": "2"},
    "feishu": {"code": 0},
    "gotify": {"id": 1},
    "onebot": {"status": "ok", "retcode": 0},
    "pushplus": {"code": 200},
    "serverchan": {"code": 0},
    "telegram": {"ok": True, "result": {"message_id": 1}},
    "wecom": {"errcode": 0},
}


@pytest.mark.parametrize("type", SUCCESSES)
def test_a_byte_order_mark_and_a_coding_hide_no_success(
    transport: HttpTransport, receiver: Receiver, type: str
) -> None:
    example = {**channel_types()[type].example, "url": receiver.url("/hook")}
    sender = channel(type, **{name: value for name, value in example.items() if name != "type"})
    body = b"\xef\xbb\xbf" + json.dumps(SUCCESSES[type]).encode()
    receiver.behave(Answer(headers={"Content-Encoding": "gzip"}, body=gzip.compress(body)))
    got = transport.send(sender.render(failed()), timeout=10)
    assert isinstance(got, Response)
    assert isinstance(sender.judge(got), Delivered), got.body
