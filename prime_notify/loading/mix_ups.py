"""Mix-ups of names: types under other names, addresses of another service, options in the wrong place."""

from __future__ import annotations

from typing import Any, Container, Dict, Iterable, Optional
from urllib.parse import urlsplit

from prime_notify.config.endpoint import EndpointConfig
from prime_notify.config.filter import Filter
from prime_notify.config.models import Config, NotificationConfig
from prime_notify.model.annotations import field_at, option_names
from prime_notify.text.suggestions import closest, one_of
from prime_notify.text.wording import NOTHING, Wording, joined, verbatim

__all__ = ["meant_type", "misplaced", "move_into", "other_service", "unknown_type"]

_ALIASES: Dict[str, str] = {
    **dict.fromkeys(("feishu_bot", "飞书"), "feishu"),
    **dict.fromkeys(("larksuite", "lark_suite", "lark_bot"), "lark"),
    **dict.fromkeys(("ding", "dingding", "ding_talk", "dingtalk_bot", "钉钉"), "dingtalk"),
    **dict.fromkeys(
        (
            "wecom_bot",
            "wechat_work",
            "wechatwork",
            "workwechat",
            "wxwork",
            "qywx",
            "qyweixin",
            "work_wechat",
            "企业微信",
        ),
        "wecom",
    ),
    **dict.fromkeys(
        ("wechat", "weixin", "wx", "微信", "serverchan3", "server_chan", "sct", "ftqq", "server酱"), "serverchan"
    ),
    **dict.fromkeys(
        ("qq", "cqhttp", "gocqhttp", "go_cqhttp", "napcat", "llonebot", "lagrange", "onebot11", "onebot_v11"), "onebot"
    ),
    **dict.fromkeys(("tg", "telegram_bot"), "telegram"),
    **dict.fromkeys(("push_plus", "pushplus_plus"), "pushplus"),
    **dict.fromkeys(("slack_webhook", "slack_bot"), "slack"),
    **dict.fromkeys(("discord_webhook", "discord_bot"), "discord"),
    **dict.fromkeys(
        ("http", "https", "json", "post", "rest", "url", "custom", "generic", "web_hook", "hook"), "webhook"
    ),
    **dict.fromkeys(("shell", "script", "exec", "program", "cmd", "bash", "run"), "command"),
    **dict.fromkeys(("healthcheck", "health_checks", "hc_ping", "hc"), "healthchecks"),
    **dict.fromkeys(("prometheus", "alert_manager"), "alertmanager"),
    **dict.fromkeys(("iphone", "ios", "apns", "bark_app"), "bark"),
    **dict.fromkeys(("email", "e_mail", "smtp", "mailto"), "mail"),
    **dict.fromkeys(("msteams", "ms_teams", "microsoft_teams", "power_automate"), "teams"),
    **dict.fromkeys(("uptimekuma", "kuma"), "uptime_kuma"),
    **dict.fromkeys(("rocket_chat", "rocket.chat"), "rocketchat"),
    **dict.fromkeys(("game", "ingame", "chat", "mc"), "minecraft"),
    **dict.fromkeys(("kaiheila", "开黑啦"), "kook"),
    **dict.fromkeys(("element", "synapse"), "matrix"),
    **dict.fromkeys(("mm", "matter_most"), "mattermost"),
}
"""The type that people mean by another name."""

_THROUGH_APPRISE = {
    "pushover": "pover://user@token",
    "pushdeer": "pushdeer://key",
    "twilio": "twilio://sid:token@from/to",
    "line": "line://token/user",
    "signal": "signal://host/from/to",
    "whatsapp": "whatsapp://token@from/to",
    "zulip": "zulip://bot@organisation/token/stream",
    "webex": "wxteams://token",
    "google_chat": "gchat://workspace/key/token",
    "home_assistant": "hassios://host/token",
    "mqtt": "mqtts://host/topic",
    "pushbullet": "pbul://token",
    "mastodon": "mastodons://token@host",
}
"""Services without a type of their own, with the form of their address for the library Apprise."""

_HOSTS: Dict[str, str] = {
    "hooks.slack.com": "slack",
    "slack.com": "slack",
    "discord.com": "discord",
    "discordapp.com": "discord",
    "canary.discord.com": "discord",
    "ptb.discord.com": "discord",
    "open.feishu.cn": "feishu",
    "open.larksuite.com": "lark",
    "oapi.dingtalk.com": "dingtalk",
    "qyapi.weixin.qq.com": "wecom",
    "api.telegram.org": "telegram",
    "api.day.app": "bark",
    "sctapi.ftqq.com": "serverchan",
    "www.kookapp.cn": "kook",
    "ntfy.sh": "ntfy",
    "www.pushplus.plus": "pushplus",
    "hc-ping.com": "healthchecks",
}
_SAME_BOT = {"feishu", "lark"}
_ANY_ADDRESS = ("apprise", "command")
_JUDGED_ANYWAY = ("serverchan",)
"""Types whose answers are understood in a ``webhook``, too."""


def unknown_type(name: str, types: Iterable[str]) -> Wording:
    """The remedy for a type that does not exist."""
    known = sorted(types)
    meant = _meant(name)
    if meant in known:
        similar = Wording('did you mean "{word}"? ', '是否应为 "{word}"？', word=meant)
    elif meant in _THROUGH_APPRISE:
        address = f'"type": "apprise", "apprise": {{"urls": ["{_THROUGH_APPRISE[meant]}"]}}'
        return Wording(
            "the library Apprise serves it: write {address}",
            "可通过 Apprise 库发送，请写 {address}",
            address=address,
        )
    else:
        similar = closest(name, known)
    return Wording("{meant}write one of {types}", "{meant}请写以下之一：{types}", meant=similar, types=one_of(known))


def meant_type(name: str, types: Container[str]) -> Optional[str]:
    """The type that a word names, also by another name; None where it names none."""
    meant = _meant(name)
    return meant if meant in types else None


def _meant(name: str) -> str:
    word = name.strip().lower().replace("-", "_").replace(" ", "_")
    return _ALIASES.get(word, word)


def other_service(config: EndpointConfig, types: Container[str]) -> Optional[Wording]:
    """The remedy for an address that belongs to a service of another type; None for any other address."""
    try:
        parts = urlsplit(config.url)
    except ValueError:
        return None
    meant = _HOSTS.get((parts.hostname or "").lower())
    if meant is None or {meant, config.type} <= _SAME_BOT or meant == config.type or meant not in types:
        return None
    slack_compatible = config.type == "slack" and parts.path.rstrip("/").endswith("/slack")
    if slack_compatible or config.type in _ANY_ADDRESS:
        return None
    if config.type == "webhook" and (meant in _JUDGED_ANYWAY or _has_own_request(config)):
        return None
    return Wording(
        'this is an address of {service}; write "type": "{service}"',
        '这是 {service} 的地址；请写 "type": "{service}"',
        service=meant,
    )


def _has_own_request(config: EndpointConfig) -> bool:
    """Whether the owner has written the request of a webhook for the service."""
    return bool(getattr(config, "webhook").model_fields_set)  # noqa: B009 - the channel's model, which is no import here


def misplaced(name: str, model: Any, section: str) -> Wording:
    """The remedy for an unknown option that belongs elsewhere; empty for any other name.

    ``model``: of the object in which it stands. ``section``: the name of that object; empty for an endpoint.
    """
    if section == "" and field_at(Filter, name):
        return Wording('move it into "filter": {{...}}', '请移到 "filter": {{...}} 中')
    if section and field_at(Config, name):
        return Wording("move it to the top level", "请移到最外层")
    if field_at(NotificationConfig, name) and section != "notification":
        return Wording('move it into "notification"', '请移到 "notification" 中')
    if section == "notification" and field_at(EndpointConfig, name):
        return Wording('move it into each endpoint of "endpoints"', '请移到 "endpoints" 的每个推送目标中')
    if section == "" and field_at(Config, name):
        return Wording("move it to the top level", "请移到最外层")
    homes = {key: info.annotation for key, info in Config.model_fields.items() if option_names(info.annotation)}
    home = next(
        (key for key, kind in homes.items() if key not in ("notification", section) and field_at(kind, name)), ""
    )
    if home and not closest(name, option_names(model)):
        return Wording('move it into "{section}": {{...}}', '请移到 "{section}": {{...}} 中', section=home)
    return NOTHING


def move_into(names: Iterable[str], section: str) -> Wording:
    """The remedy for options that stand beside the object in which they belong."""
    return Wording(
        'move {names} into "{section}": {{...}}',
        '请把 {names} 移到 "{section}": {{...}} 中',
        names=joined(map(verbatim, names), " and ", " 和 "),
        section=section,
    )
