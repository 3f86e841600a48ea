"""Signatures, verified by code that is not ours and by the code that we show to the writers of receivers."""

from __future__ import annotations

import base64
import importlib.util
import json
import shutil
import subprocess
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, Dict, List

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from prime_notify.model.request import Request
from tests.support.configs import hook, load_endpoints, problems
from tests.support.messages import NOW, channel, message

PROJECT = Path(__file__).parents[3]
RECEIVERS = PROJECT / "docs" / "receivers"
NODE_PACKAGES = PROJECT / "tests" / "node"
NODE = shutil.which("node")
SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
OLD = "whsec_" + base64.b64encode(bytes(range(24))).decode()
KEY = "feishu-encrypt-key"

needs_node = pytest.mark.skipif(NODE is None, reason="Node is not installed")
needs_package = pytest.mark.skipif(
    not (NODE_PACKAGES / "node_modules" / "standardwebhooks").is_dir(),
    reason="the npm package is not installed: npm install --prefix tests/node",
)


def signed(*, now: Any = None, endpoint: Any = None, method: str = "POST", **signing: Any) -> Request:
    webhook = {"signing": signing or {"secret": SECRET}, "method": method}
    built = channel("webhook", url="https://example.com/hook", webhook=webhook, **(endpoint or {}))
    return built.render(replace(message("backup_failure", message="备份 ✗"), now=time.time() if now is None else now))


def lower(request: Request) -> Dict[str, str]:
    return {name.lower(): value for name, value in request.headers.items()}


# -- what is sent ----------------------------------------------------------------------------------------------------


def test_the_same_moment_gives_the_same_signature_and_each_attempt_its_own_timestamp() -> None:
    first, again, later = signed(now=NOW), signed(now=NOW), signed(now=NOW + 60)
    assert first == again
    assert first.headers["webhook-timestamp"] == "1767323045"
    assert first.headers["webhook-id"] == later.headers["webhook-id"] == message().payload.id
    assert first.headers["webhook-signature"] != later.headers["webhook-signature"]


def test_while_a_key_is_being_replaced_both_sign() -> None:
    request = signed(secret=[SECRET, OLD])
    assert request.headers["webhook-signature"].count("v1,") == 2
    for secret in (SECRET, OLD):
        Webhook(secret).verify(request.body, lower(request))


def test_the_owners_headers_cannot_break_the_signature() -> None:
    request = signed(endpoint={"headers": {"Webhook-Id": "other", "WEBHOOK-TIMESTAMP": "1"}})
    Webhook(SECRET).verify(request.body, lower(request))
    assert len([name for name in request.headers if name.lower() == "webhook-id"]) == 1


def test_a_request_without_a_body_is_signed_too() -> None:
    request = signed(method="GET")
    signature = base64.b64decode(request.headers["webhook-signature"].partition(",")[2])
    assert request.body == b""
    assert len(signature) == 32


def test_feishus_nonce_is_never_the_same_again() -> None:
    nonces = {signed(now=NOW + s, scheme="feishu", secret=KEY).headers["X-Lark-Request-Nonce"] for s in range(5)}
    assert len(nonces) == 5
    assert signed(now=NOW, scheme="feishu", secret=KEY) == signed(now=NOW, scheme="feishu", secret=KEY)


# -- the standardwebhooks packages -----------------------------------------------------------------------------------


def test_the_python_package_verifies_it_and_refuses_a_forgery() -> None:
    request = signed()
    assert Webhook(SECRET).verify(request.body, lower(request))["event"] == "backup_failure"
    for secret, body in ((OLD, request.body), (SECRET, request.body + b" ")):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(body, lower(request))


@needs_node
@needs_package
def test_the_npm_package_verifies_it_and_refuses_a_forgery() -> None:
    script = """
        const { Webhook } = require("standardwebhooks");
        const accepts = (one) => {
          try { new Webhook(one.secret).verify(Buffer.from(one.body, "base64"), one.headers); return true; }
          catch (error) { if (/signature/i.test(error.message)) return false; throw error; }
        };
        let input = "";
        process.stdin.on("data", (data) => input += data);
        process.stdin.on("end", () => console.log(JSON.stringify(JSON.parse(input).map(accepts))));
    """
    assert _node(["-e", script], _cases(signed(secret=[OLD, SECRET]), SECRET)) == [True, False, False]


# -- the receivers' code in the documentation ------------------------------------------------------------------------

SCHEMES: Any = pytest.mark.parametrize(
    ("name", "signing", "secret"),
    [
        ("standard_webhooks", {"secret": [OLD, SECRET]}, SECRET),
        ("feishu_style", {"scheme": "feishu", "secret": KEY}, KEY),
    ],
)


@SCHEMES
def test_the_python_receiver_verifies_it_and_refuses_a_forgery(name: str, signing: Any, secret: str) -> None:
    spec = importlib.util.spec_from_file_location(f"receiver_{name}", RECEIVERS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    receiver = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(receiver)
    request, late = signed(**signing), signed(now=time.time() - 301, **signing)
    assert receiver.verify(secret, lower(request), request.body)
    assert not receiver.verify(secret, lower(request), request.body + b" ")
    assert not receiver.verify(OLD.replace("A", "B"), lower(request), request.body)
    assert not receiver.verify(secret, lower(late), late.body)


@needs_node
@SCHEMES
def test_the_node_receiver_verifies_it_and_refuses_a_forgery(name: str, signing: Any, secret: str) -> None:
    script = f"""
        import {{ verify }} from {json.dumps((RECEIVERS / f"{name}.mjs").as_uri())};
        let input = "";
        for await (const data of process.stdin) input += data;
        const accepts = (one) => verify(one.secret, one.headers, Buffer.from(one.body, "base64"));
        console.log(JSON.stringify(JSON.parse(input).map(accepts)));
    """
    late = signed(now=time.time() - 301, **signing)
    cases = [*_cases(signed(**signing), secret), *_cases(late, secret)[:1]]
    assert _node(["--input-type=module", "-e", script], cases) == [True, False, False, False]


def _cases(request: Request, secret: str) -> List[Dict[str, Any]]:
    """The request as it is, changed, and checked with another key."""
    body = base64.b64encode(request.body).decode()
    forged = base64.b64encode(request.body + b" ").decode()
    genuine = {"secret": secret, "headers": lower(request), "body": body}
    other = "whsec_" + base64.b64encode(b"k" * 32).decode()
    return [genuine, {**genuine, "body": forged}, {**genuine, "secret": other}]


def _node(arguments: List[str], cases: Any) -> Any:
    command = [str(NODE), *arguments]
    done = subprocess.run(
        command,
        input=json.dumps(cases),
        cwd=NODE_PACKAGES,
        capture_output=True,
        timeout=60,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


# -- the config ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("signing", "path", "told"),
    [
        ({"secret": "whsec_" + base64.b64encode(b"short").decode()}, "signing", "24 to 64 bytes"),
        ({"secret": "whsec_" + base64.b64encode(b"l" * 65).decode()}, "signing", "24 to 64 bytes"),
        ({"secret": "whsec_***"}, "signing", '"whsec_" + base64'),
        ({"secret": "contraseña"}, "signing", '"whsec_" + base64'),
        ({"secret": []}, "signing.secret", "at least 1"),
        ({}, "signing.secret", 'add "secret"'),
        ({"scheme": "feishu", "secret": ["a", "b"]}, "signing", 'write one "secret"'),
        ({"scheme": "github", "secret": "a"}, "signing.scheme", '"standard", "feishu"'),
    ],
)
def test_a_mistake_is_told_without_the_secret(signing: Any, path: str, told: str) -> None:
    loaded = load_endpoints(hook(webhook={"signing": signing}))
    problem = problems(loaded)[f"[0].webhook.{path}"]
    assert problem.fatal
    assert told in problem.remedy
    for secret in signing.get("secret", []):
        assert len(secret) < 4 or secret not in str(problem)


@pytest.mark.parametrize("secret", [SECRET, SECRET[len("whsec_") :], " " + SECRET])
def test_the_prefix_may_be_left_out(secret: str) -> None:
    (endpoint,) = load_endpoints(hook(webhook={"signing": {"scheme": "Standard", "secret": secret}})).endpoints
    request = endpoint.channel.render(replace(message(), now=time.time()))
    Webhook(SECRET).verify(request.body, lower(request))
