"""Each of Apprise's plugins against services that refuse with HTTP 200: which of them notice?

``tests/support/apprise_urls.json`` has a URL for each scheme, from the tests of Apprise (BSD-2-Clause).
"""

from __future__ import annotations

import json
import logging
import warnings
from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple

import apprise
import pytest
from apprise.plugins import N_MGR

from prime_notify.channels.apprise.confirmation import READS_THE_ANSWER, STATUS_IS_ANSWER, is_confirmed
from prime_notify.model.outcome import Delivered
from prime_notify.transport.apprise import AppriseTransport
from tests import support
from tests.support.messages import answer, channel, message
from tests.support.refusing import RefusingProxy
from tests.unit.transport.conftest import VARIABLES

URLS: Dict[str, str] = json.loads((Path(support.__file__).parent / "apprise_urls.json").read_text(encoding="utf-8"))

NO: Dict[str, Any] = {
    **dict.fromkeys(("code", "errcode", "errCode", "error_code", "retcode", "ret"), 1),
    **dict.fromkeys(("errmsg", "msg", "message", "detail"), "refused"),
    **dict.fromkeys(("status", "state", "stat", "result"), "error"),
    "errno": 1024,
    "ok": False,
    "success": False,
    "errors": ["refused"],
    "error": {"code": 105, "message": "refused"},
}
"""The words by which services refuse, all in one."""

LOGGED_IN = {"access_token": "x", "token": "x", "id": "1", "ts": "1", "data": {"id": "1"}, "expires_in": 3600}
"""And the fields that a plugin needs to go on to its next request."""


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[RefusingProxy]:
    with RefusingProxy() as proxy, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Apprise's many imports, and of TLS without verification
        for name in VARIABLES:
            monkeypatch.delenv(name, raising=False)
            monkeypatch.delenv(name.lower(), raising=False)
        for name in ("http_proxy", "https_proxy"):
            monkeypatch.setenv(name, proxy.url)
        yield proxy


def unverified(url: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}verify=no"


def calls_it_a_success(url: str, proxy: RefusingProxy, body: bytes, monkeypatch: pytest.MonkeyPatch) -> bool:
    instance = apprise.Apprise.instantiate(unverified(url), asset=apprise.AppriseAsset(async_mode=False))
    assert instance is not None, url
    monkeypatch.setattr(instance, "request_rate_per_sec", 0)
    proxy.body, before = body, proxy.requests
    try:
        succeeded = bool(instance.notify(title="title", body="body"))
    except Exception:  # a plugin that cannot read the answer
        succeeded = False
    assert proxy.requests > before, f"{url} sent nothing"
    return succeeded


@pytest.fixture
def succeeded(proxy: RefusingProxy, monkeypatch: pytest.MonkeyPatch) -> Iterator[Dict[str, Tuple[bool, bool]]]:
    """For each scheme, whether its plugin takes a refusal, and one with a login's fields, for a success."""
    logging.disable(logging.CRITICAL)
    bodies = (json.dumps(NO).encode(), json.dumps({**NO, **LOGGED_IN}).encode())
    yield {
        scheme: (
            calls_it_a_success(url, proxy, bodies[0], monkeypatch),
            calls_it_a_success(url, proxy, bodies[1], monkeypatch),
        )
        for scheme, url in URLS.items()
    }
    logging.disable(logging.NOTSET)


def test_only_schemes_that_notice_a_refusal_or_have_an_honest_status_are_confirmed(
    succeeded: Dict[str, Tuple[bool, bool]],
) -> None:
    deceived = {scheme for scheme, found in succeeded.items() if any(found)}
    assert len(deceived) > 80  # most of Apprise's plugins
    assert {"synology", "pushdeer", "bark", "dingtalk"} <= deceived
    assert not deceived & READS_THE_ANSWER
    assert {scheme for scheme in deceived if is_confirmed(scheme)} <= STATUS_IS_ANSWER


def test_each_scheme_with_a_confirmation_is_one_of_apprises() -> None:
    known: List[str] = list(N_MGR.schemas())
    assert {*READS_THE_ANSWER, *STATUS_IS_ANSWER} <= set(known)
    assert not READS_THE_ANSWER & STATUS_IS_ANSWER
    assert not is_confirmed("a-plugin-of-tomorrow")


@pytest.mark.parametrize(
    ("url", "confirmed"),
    [
        (URLS["synology"], False),
        (URLS["pushdeer"], False),
        ("json://localhost/hook", True),
        ("JSON://localhost/hook", True),
    ],
)
def test_what_no_plugin_reads_is_accepted_but_not_delivered(url: str, confirmed: bool, proxy: RefusingProxy) -> None:
    proxy.body = json.dumps({"success": False, "error": {"code": 105}}).encode()
    sender = channel("apprise", apprise={"urls": unverified(url)})
    transport = AppriseTransport()
    response: Any = transport.send(sender.render(message("backup_failure")), timeout=60)
    transport.close()
    assert sender.judge(response) == Delivered(confirmed=confirmed)


def test_one_url_without_confirmation_leaves_the_whole_message_without() -> None:
    sender = channel("apprise", apprise={"urls": ["json://host", "synology://host/token"]})
    both = [{"service": name, "state": "delivered", "said": ""} for name in ("json", "synology")]
    assert sender.judge(answer(0, {"urls": both})) == Delivered(detail="2 URLs", confirmed=False)
