"""Answers with 2xx that are no proof of a delivery, for each channel: each would pass a careless look."""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

Answers = List[Tuple[int, Any]]

_TS = {"ok": True, "channel": "C1", "ts": "1.2"}
_STORED = {"id": "a1", "time": 1, "event": "message", "topic": "minecraft-4f2a91c6"}

UNPROVEN: Dict[str, Answers] = {
    "alertmanager": [
        (200, {"status": "error", "errorType": "bad_data", "error": "bad label"}),
        (200, {"code": 503, "message": "", "error": "unavailable"}),
        (200, {}),
        (200, b"Hello, world"),
        (200, b"\xef\xbb\xbf<html>login</html>"),
    ],
    "bark": [
        (200, {"message": "success"}),
        (200, {"code": 400, "message": "failed to get device token"}),
        (200, {"code": 200, "message": "push failed: BadDeviceToken"}),
        (200, {"code": 200, "success": False}),
        (204, b""),
    ],
    "dingtalk": [
        (200, {"errcode": 310000, "errmsg": "sign not match"}),
        (200, {"errcode": 0, "errmsg": "ok", "success": False}),
        (200, {"success": True}),
        (204, b""),
    ],
    "discord": [
        (204, b""),
        (200, b"ok"),
        (200, {"id": None}),
        (200, {"id": "webhook"}),
        (200, {"id": "1", "error": "Unknown Channel"}),
    ],
    "feishu": [
        (200, {"code": 19002, "msg": "param invalid"}),
        (200, {"StatusCode": 0, "code": 19024, "msg": "Key Words Not Found"}),
        (200, {"code": 0, "StatusCode": 19021}),
        (200, {"code": 0, "data": {"error": "no such chat"}}),
        (202, b""),
    ],
    "gotify": [
        (200, {"id": 0}),
        (200, {"id": True}),
        (200, {"id": "25"}),
        (200, {"id": 3, "error": "Unauthorized", "errorCode": 401}),
        (204, b""),
    ],
    "healthchecks": [
        (200, b"OK (not found)"),
        (200, b"OK (rate limited)"),
        (200, b"OK (paused by an operator)"),
        (200, b"OKAY"),
        (204, b""),
    ],
    "kook": [
        (200, {"code": 0, "message": "ok"}),
        (200, {"code": 0, "message": "操作成功", "data": []}),
        (200, {"code": 0, "data": {"msg_id": ""}}),
        (200, {"code": 0, "data": {"msg_id": 7}}),
        (200, {"code": 0, "data": {"msg_id": "a-b", "error": "no such channel"}}),
        (200, {"code": 40101, "message": "无效的 token", "data": {"msg_id": "a-b"}}),
        (200, {"message": "操作成功", "data": {"msg_id": "a-b"}}),
        (204, b""),
    ],
    "lark": [
        (200, {"code": 19002, "msg": "param invalid"}),
        (200, {"StatusCode": 0, "code": 19024, "msg": "Key Words Not Found"}),
        (200, {"code": 800004509, "msg": "webhook trigger workflow is disabled"}),
        (202, b""),
    ],
    "matrix": [
        (200, {"event_id": ""}),
        (200, {"event_id": "event"}),
        (200, {"event_id": 7}),
        (200, {"event_id": "$1", "error": "M_UNKNOWN"}),
        (200, {"errcode": "M_FORBIDDEN", "error": "not in room"}),
        (204, b""),
    ],
    "mattermost": [
        (200, b"okay"),
        (200, {"ok": True}),
        (200, {"id": "web.incoming_webhook.invalid.app_error", "message": "Invalid webhook."}),
        (204, b""),
    ],
    "ntfy": [
        (200, {**_STORED, "event": "keepalive"}),
        (200, {**_STORED, "event": "open"}),
        (200, {**_STORED, "id": ""}),
        (200, {**_STORED, "id": None}),
        (200, {**_STORED, "topic": "another"}),
        (200, {**_STORED, "error": "unauthorized"}),
    ],
    "onebot": [
        (200, {"status": "async", "retcode": 1, "data": None}),
        (200, {"status": "async", "retcode": 0}),
        (200, {"status": "failed", "retcode": 0}),
        (200, {"status": "maybe", "retcode": 0}),
        (200, {"status": "ok", "retcode": 1200}),
        (200, {"status": "ok"}),
    ],
    "pushplus": [
        (200, {"code": 903, "msg": "无效的用户令牌"}),
        (200, {"code": 200, "success": False}),
        (200, {"code": 200, "msg": "x", "data": {"error": "blocked"}}),
        (200, {"msg": "请求成功"}),
    ],
    "rocketchat": [
        (200, {"success": "true"}),
        (200, {"success": False, "error": "invalid-channel"}),
        (200, {"success": True, "error": "unknown-error"}),
        (200, {"success": True, "responses": [{"channel": "#x", "error": "invalid-channel"}]}),
        (200, b"ok"),
        (204, b""),
    ],
    "serverchan": [
        (200, {"code": 0, "data": {"errno": 1024}}),
        (200, {"code": 0, "data": {"errno": "1024", "error": "FAIL"}}),
        (200, {"code": 0, "errno": 1}),
        (200, {"code": 0, "error": "bad key"}),
        (200, {"code": "0"}),
    ],
    "slack": [
        (200, {"ok": True, "error": "channel_not_found"}),
        (200, {"ok": False, "error": "invalid_auth"}),
        (200, b"okay"),
        (200, b"no_service"),
        (204, b""),
    ],
    "teams": [
        (200, b""),
        (200, b"1"),
        (202, b"<html>login</html>"),
        (202, {"error": {"code": "WorkflowTriggerIsNotEnabled", "message": "trigger is not enabled"}}),
        (204, b""),
    ],
    "telegram": [
        (200, {"ok": True}),
        (200, {"ok": True, "result": True}),
        (200, {"ok": True, "result": {}}),
        (200, {"ok": True, "result": {"message_id": "1"}}),
        (200, {"ok": True, "result": {"message_id": 1}, "error_code": 400}),
        (200, {"ok": "true", "result": {"message_id": 1}}),
    ],
    "uptime_kuma": [
        (200, {"ok": False, "msg": "Monitor not found or not active."}),
        (200, {"ok": "true"}),
        (200, {"ok": 1}),
        (200, {"type": "entryPage", "entryPage": None}),
        (200, b"OK"),
        (204, b""),
    ],
    "wecom": [
        (200, {"errcode": 93000, "errmsg": "invalid webhook url"}),
        (200, {"errcode": 0, "errmsg": "ok", "error": "no such bot"}),
        (200, {"errmsg": "ok"}),
        (204, b""),
    ],
}
"""A webhook is not among them: its owner says which statuses are a success."""

UNPROVEN_BOT: Answers = [
    (200, {"ok": True}),
    (200, {**_TS, "ts": ""}),
    (200, {**_TS, "ts": None}),
    (200, {**_TS, "error": "msg_too_long"}),
    (200, {**_TS, "ok": "true"}),
    (200, b"ok"),
]
"""Those for a Slack endpoint with a bot."""
