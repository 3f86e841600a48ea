"""The answer to a push to several devices.

A batch is always HTTP 200. Each device has its own result, in any order of their keys.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple

from prime_notify.channels.common.http_status import Refusal
from prime_notify.channels.common.recipients import combined, receipt_of
from prime_notify.model.outcome import Delivered, Outcome, Permanent
from prime_notify.model.response import Response
from prime_notify.text.wording import Wording

__all__ = ["judge_batch"]

Judge = Callable[[Response, Dict[str, Any]], Refusal]
"""The outcome that one device's result means."""


def judge_batch(
    response: Response, answer: Dict[str, Any], keys: Sequence[str], asked: Sequence[str], refused: Judge
) -> Outcome:
    """``keys``: all of the endpoint. ``asked``: those in the request; the others had the push before."""
    status = response.status
    results = answer.get("data")
    if not isinstance(results, list):
        hint = Wording(
            "this server does not know device_keys: update it, or write one endpoint for each device",
            "该服务器不支持 device_keys：请升级，或为每台设备各写一个推送目标",
        )
        return Permanent(
            Wording("the answer has no result for any device", "应答中没有任何设备的结果"), status, hint=hint
        )
    by_key = {one.get("device_key"): one for one in results if _is_result(one)}
    failures: List[Tuple[str, Refusal]] = []
    taken: List[str] = []
    for number, key in enumerate(keys, 1):
        result = by_key.get(key, {"message": "it is not in the answer"})
        if key not in asked or result.get("code") == 200:
            taken.append(key)
        else:
            failures.append((f"device {number} ({_masked(key)})", refused(response, result)))
    if not failures:
        return Delivered(status, detail=f"{len(keys)} devices")
    return _combined_devices(failures, len(keys), status, receipt_of(taken) if taken else None)


def _combined_devices(
    refused: Sequence[Tuple[str, Refusal]], devices: int, status: int, receipt: Optional[Mapping[str, str]]
) -> Refusal:
    reasons = "; ".join(f"{name}: {outcome.reason}" for name, outcome in refused)
    reason = Wording(
        "{count} of {devices} devices got nothing: {reasons}",
        "{devices} 台设备中有 {count} 台没有收到：{reasons}",
        count=len(refused),
        devices=devices,
        reasons=reasons,
    )
    return combined([outcome for _, outcome in refused], reason, status, throttled=any, receipt=receipt)


def _is_result(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("device_key"), str)


def _masked(key: str) -> str:
    return f"{key[:2]}…{key[-2:]}" if len(key) >= 12 else "***"
