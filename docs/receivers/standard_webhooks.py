"""Verifies requests signed with `"signing": {"secret": "whsec_..."}` (Standard Webhooks). Python 3.9, nothing else."""

import base64
import hashlib
import hmac
import time


def verify(secret, headers, body, tolerance=300):
    """Whether `body` (bytes, as received) is ours and not older than `tolerance` seconds; headers in lower case."""
    timestamp = headers["webhook-timestamp"]
    if abs(time.time() - int(timestamp)) > tolerance:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{timestamp}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return any(hmac.compare_digest(expected, given) for given in headers["webhook-signature"].split(" "))
