"""Answers with HTTP 200 by which services refuse a message: the answer, the outcome, and a part of the hint."""

from __future__ import annotations

from typing import Any, List, Tuple

from prime_notify.model.outcome import Permanent, Retry

Refusals = List[Tuple[Any, type, str]]

_SLACK_STRANGE: List[Any] = [b"", b"<html>login</html>", b"Hello there", {"ok": False}, {"ok": "true"}, [], None]
SLACK_BOT = {"bot_token": "xoxb-1", "channel": "C0123456789"}
_DISCORD_STRANGE: List[Any] = [b"", b"<html>login</html>", b"ok", {"ok": True}, {"code": 0}, {"code": 10015}, [], None]
_TELEGRAM_STRANGE: List[Any] = [b"", b"<html>login</html>", b"ok", {"ok": "true"}, {"ok": False}, {}, [], None]
TELEGRAM_BOT = {"bot_token": "123:AA", "chat_id": "-1001234567890"}

FEISHU_REFUSALS: Refusals = [
    ({"code": 9499, "msg": "Bad Request", "data": {}}, Permanent, "custom bot"),
    ({"StatusCode": 9499, "StatusMessage": "too many request"}, Retry, "slowing"),
    ({"code": 9499, "msg": "params error, unknown card value"}, Permanent, "card was refused"),
    (
        {"code": 11232, "msg": "frequency limited psm[lark.oapi.app_platform_runtime]appID[1500]"},
        Retry,
        "100 messages",
    ),
    ({"code": 11247, "msg": "internal send message trigger rate limit"}, Retry, "100 messages"),
    ({"code": 99991400, "msg": "request trigger frequency limit"}, Retry, "100 messages"),
    ({"code": 11246, "msg": "ErrCode: 200621; ErrMsg: parse card json err"}, Permanent, "card was refused"),
    ({"code": 19001, "msg": "param invalid: incoming webhook access token invalid"}, Permanent, "webhook address"),
    ({"code": 19002, "msg": "param invalid: msg_type"}, Permanent, "custom bot"),
    ({"code": 19021, "msg": "sign match fail or timestamp is not within one hour"}, Permanent, "feishu.secret"),
    ({"code": 19022, "msg": "Ip Not Allowed"}, Permanent, "allowlist"),
    ({"code": 19024, "msg": "Key Words Not Found"}, Permanent, "feishu.keyword"),
    ({"code": 19007, "msg": "Bot Not Enabled"}, Permanent, "switch the bot on"),
    ({"code": 12345, "msg": "new"}, Retry, "error codes"),
    ({"msg": "hello"}, Retry, "check the URL"),
    ({"code": None}, Retry, "check the URL"),
    (b"", Retry, "check the URL"),
    (b"<html>portal</html>", Retry, "check the URL"),
]

DINGTALK_REFUSALS: Refusals = [
    ({"errcode": -1, "errmsg": "系统繁忙"}, Retry, "busy"),
    ({"errcode": 88, "errmsg": "access_token is blank"}, Permanent, "webhook address"),
    ({"errcode": 40035, "errmsg": "缺少参数 access_token"}, Permanent, "access_token"),
    ({"errcode": 43004, "errmsg": "无效的HTTP HEADER Content-Type"}, Permanent, "Content-Type"),
    ({"errcode": 90030, "errmsg": "webhook over limit"}, Retry, "20 messages"),
    ({"errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"}, Retry, "20 messages"),
    ({"errcode": 410100, "errmsg": "发送速度太快而限流"}, Retry, "20 messages"),
    ({"errcode": 660026, "errmsg": "sending too many messages per minute"}, Retry, "20 messages"),
    ({"errcode": 300001, "errmsg": "token is not exist"}, Permanent, "webhook address"),
    ({"errcode": 300005, "errmsg": "token is not exist"}, Permanent, "webhook address"),
    ({"errcode": 400101, "errmsg": "access_token不存在"}, Permanent, "webhook address"),
    ({"errcode": 310000, "errmsg": "keywords not in content, more: [https://x]"}, Permanent, "dingtalk.keyword"),
    ({"errcode": 310000, "errmsg": "sign not match, more: [https://x]"}, Permanent, "dingtalk.secret"),
    ({"errcode": 310000, "errmsg": "invalid timestamp"}, Permanent, "clock"),
    ({"errcode": 310000, "errmsg": "ip 1.2.3.4 not in whitelist"}, Permanent, "public address"),
    ({"errcode": 310000, "errmsg": "description:关键词不匹配;solution:..."}, Permanent, "dingtalk.keyword"),
    ({"errcode": 310000, "errmsg": "description:机器人发送签名不匹配"}, Permanent, "dingtalk.secret"),
    ({"errcode": 310000, "errmsg": "description:机器人发送签名过期"}, Permanent, "clock"),
    ({"errcode": 310000, "errmsg": "description:来源IP地址不在白名单中"}, Permanent, "public address"),
    ({"errcode": 310000, "errmsg": "?"}, Permanent, "security settings"),
    ({"errcode": 400013, "errmsg": "群已被解散"}, Permanent, "dissolved"),
    ({"errcode": 400102, "errmsg": "机器人已停用"}, Permanent, "stopped"),
    ({"errcode": 400105, "errmsg": "不支持的消息类型"}, Permanent, "custom bot"),
    ({"errcode": 400106, "errmsg": "机器人不存在"}, Permanent, "removed"),
    ({"errcode": 430101, "errmsg": "含有不安全的外链"}, Permanent, "content check"),
    ({"errcode": 430104, "errmsg": "含有不合适的内容"}, Permanent, "content check"),
    ({"errcode": 123456, "errmsg": "new"}, Retry, "error codes"),
    ({"status": 1111, "wait": 5, "source": "x5", "punish": "deny", "uuid": "24ce"}, Retry, "too many requests"),
    ({"success": True}, Retry, "check the URL"),
    (b"<html>portal</html>", Retry, "check the URL"),
]

WECOM_REFUSALS: Refusals = [
    ({"errcode": -1, "errmsg": "system busy"}, Retry, "busy"),
    ({"errcode": 40008, "errmsg": "invalid message type"}, Permanent, "group bot"),
    ({"errcode": 40058, "errmsg": "markdown.content exceed max length 4096"}, Permanent, "invalid"),
    ({"errcode": 44004, "errmsg": "content is empty"}, Permanent, "empty"),
    ({"errcode": 45002, "errmsg": "content size out of range"}, Permanent, "too long"),
    ({"errcode": 45009, "errmsg": "api freq out of limit, more info at https://x"}, Retry, "20 messages"),
    ({"errcode": 45033, "errmsg": "api concurrent out of limit"}, Retry, "20 messages"),
    ({"errcode": 93000, "errmsg": "invalid webhook url, hint: [17], from ip: 1.2.3.4"}, Permanent, "webhook address"),
    ({"errcode": 93004, "errmsg": "robot stopped"}, Permanent, "switch it on"),
    ({"errcode": 93008, "errmsg": "not in chat"}, Permanent, "not in the group"),
    ({"errcode": 99999, "errmsg": "new"}, Retry, "error code"),
    ({"ok": True}, Retry, "check the URL"),
    (b"ok", Retry, "check the URL"),
]

ONEBOT_REFUSALS: Refusals = [
    ({"status": "failed", "retcode": 1400}, Permanent, "group_id"),
    ({"status": "failed", "retcode": 1401}, Permanent, "access_token"),
    ({"status": "failed", "retcode": 1403, "message": "token验证失败"}, Permanent, "access_token"),
    ({"status": "failed", "retcode": 1404}, Permanent, "HTTP server"),
    ({"status": "failed", "retcode": 100, "wording": "群聊不存在", "msg": "GROUP_NOT_FOUND"}, Permanent, "member"),
    ({"status": "failed", "retcode": 1200, "message": "get Uid Error"}, Permanent, "member"),
    ({"status": "failed", "retcode": 1200, "message": "Timeout: NTEvent sendMsg"}, Retry, "log"),
    ({"status": "failed", "retcode": 100, "msg": "SEND_MSG_API_ERROR"}, Retry, "log"),
    ({"status": "failed", "retcode": 0}, Retry, "log"),
    ({"status": "failed", "retcode": "x"}, Retry, "log"),
    ({"status": "ok", "retcode": 1}, Retry, "log"),
    ({"status": "async", "retcode": 0.0}, Retry, "check the URL"),
    ({"status": "ok"}, Retry, "check the URL"),
    (b"", Retry, "check the URL"),
    (b"<html>WebUI</html>", Retry, "check the URL"),
]

PUSHPLUS_REFUSALS: Refusals = [
    ({"code": 302, "msg": "未登录"}, Permanent, "token"),
    ({"code": 401, "msg": "请求未授权"}, Permanent, "token"),
    ({"code": 403, "msg": "请求IP未授权"}, Permanent, "allowlist"),
    ({"code": 500, "msg": "系统异常，请稍后再试"}, Retry, "problem"),
    ({"code": 600, "msg": "数据异常，操作失败"}, Permanent, "options"),
    ({"code": 805, "msg": "无权查看"}, Permanent, "topic"),
    ({"code": 888, "msg": "积分不足，需要充值"}, Permanent, "points"),
    ({"code": 900, "msg": "用户账号使用受限"}, Retry, "restricted"),
    ({"code": 903, "msg": "无效的用户令牌"}, Permanent, "token"),
    ({"code": 905, "msg": "账户未进行实名认证"}, Permanent, "verify"),
    ({"code": 999, "msg": "服务端验证错误"}, Permanent, "invalid"),
    ({"code": 0, "msg": "ok"}, Retry, "codes"),
    ({"msg": "ok"}, Retry, "check the URL"),
    (b"", Retry, "check the URL"),
    (b"<html>portal</html>", Retry, "check the URL"),
]

SLACK_REFUSALS: Refusals = [
    *((value, Retry, "check the URL") for value in [*_SLACK_STRANGE, b"ok"]),
    *(
        ({"ok": False, "error": word}, kind, words)
        for word, kind, words in [
            ("invalid_auth", Permanent, "slack.bot_token"),
            ("token_revoked", Permanent, "install the app again"),
            ("channel_not_found", Permanent, "slack.channel"),
            ("not_in_channel", Permanent, "/invite"),
            ("missing_scope", Permanent, "chat:write"),
            ("is_archived", Permanent, "unarchive"),
            ("msg_too_long", Permanent, "report"),
            ("brand_new_error", Permanent, "chat.postMessage"),
            ("ratelimited", Retry, "one message a second"),
            ("message_limit_exceeded", Retry, "free workspaces"),
            ("service_unavailable", Retry, "Slack has a problem"),
            ("message_not_found", Retry, "a message of its own"),
        ]
    ),
]

SLACK_WEBHOOK_REFUSALS: Refusals = [
    *((value, Retry, "check the URL") for value in [*_SLACK_STRANGE, {"ok": True, "error": "x y"}, b"brand_new_error"]),
    (b"no_service", Permanent, "create a new webhook"),
    (b"channel_is_archived", Permanent, "unarchive"),
    (b"rollup_error", Retry, "Slack has a problem"),
]

DISCORD_REFUSALS: Refusals = [(value, Retry, "check the URL") for value in _DISCORD_STRANGE]

TELEGRAM_REFUSALS: Refusals = [
    *((value, Retry, "check the URL") for value in _TELEGRAM_STRANGE),
    *(
        ({"ok": False, "error_code": code, "description": description}, kind, words)
        for code, description, kind, words in [
            (400, "Bad Request: chat not found", Permanent, "telegram.chat_id"),
            (401, "Unauthorized", Permanent, "@BotFather"),
            (403, "Forbidden: bot was blocked by the user", Permanent, "unblock"),
            (429, "Too Many Requests: retry after 5", Retry, "20 a minute"),
            (500, "Internal Server Error", Retry, "Telegram has a problem"),
            (400, "Bad Request: message to edit not found", Retry, "a message of its own"),
        ]
    ),
]

LARK_REFUSALS: Refusals = [
    ({"code": 19021, "msg": "sign match fail or timestamp is not within one hour"}, Permanent, "lark.secret"),
    ({"code": 19024, "msg": "Key Words Not Found"}, Permanent, "lark.keyword"),
    ({"code": 11232, "msg": "frequency limited"}, Retry, "100 messages"),
    ({"code": 800004509, "msg": "webhook trigger workflow is disabled"}, Permanent, "automation on again"),
    (b"", Retry, "check the URL"),
]

MATTERMOST_REFUSALS: Refusals = [
    *((value, Retry, "check the URL") for value in [b"", b"<html>login</html>", b"OK.", {"ok": True}, [], None]),
    ({"id": "web.incoming_webhook.invalid.app_error", "message": "Invalid webhook."}, Retry, "check the URL"),
]

ROCKETCHAT_REFUSALS: Refusals = [
    *((value, Retry, "check the URL") for value in [b"", b"<html>login</html>", b"ok", {"success": 1}, {}, [], None]),
    ({"success": False, "error": "invalid-channel"}, Permanent, "no such channel"),
    ({"success": False, "error": "unknown-error"}, Retry, "check the URL"),
    ({"success": True, "responses": [{"error": "Not enough permission"}]}, Permanent, "message-impersonate"),
]

MATRIX_BOT = {"access_token": "syt_1", "room_id": "!a:example.org"}
MATRIX_REFUSALS: Refusals = [
    *((value, Retry, "check the URL") for value in [b"", b"<html>login</html>", {"event_id": "1"}, {}, [], None]),
    ({"errcode": "M_FORBIDDEN", "error": "User not in room"}, Permanent, "invite"),
]
