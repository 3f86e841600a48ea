"""Verifies requests signed with `"signing": {"scheme": "feishu", "secret": "..."}`. Python 3.9, nothing else."""

import hashlib
import hmac
import time


def verify(key, headers, body, tolerance=300):
    """Whether `body` (bytes, as received) is ours and not older than `tolerance` seconds; headers in lower case."""
    timestamp = headers["x-lark-request-timestamp"]
    if abs(time.time() - int(timestamp)) > tolerance:
        return False
    signed = f"{timestamp}{headers['x-lark-request-nonce']}{key}".encode() + body
    return hmac.compare_digest(hashlib.sha256(signed).hexdigest(), headers["x-lark-signature"])
