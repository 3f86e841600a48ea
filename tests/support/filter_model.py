"""A plain model of the filters over the JSON of config and payload, and strategies for both."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional, Tuple

from hypothesis import strategies as st

__all__ = [
    "EVENTS",
    "blocks",
    "endpoint_documents",
    "event_fields",
    "events_of",
    "last_outcomes",
    "plainly_decided",
    "plainly_fits",
]

EVENTS = [f"{task}_{status}" for task in ("backup", "restore") for status in ("start", "success", "failure", "aborted")]
_SECONDS = {"0s": 0.0, "1s": 1.0, "5m": 300.0, 90: 90.0}


# -- configs and events -----------------------------------------------------------------------------------------------

_event_items = st.sampled_from([*EVENTS, "backup", "restore", "*_failure", "*_start", "backup_*", "*", "r*s*"])
_event_lists = st.lists(_event_items, min_size=1, max_size=3)


def _globs(*items: str) -> st.SearchStrategy[List[str]]:
    return st.lists(st.sampled_from(items), min_size=1, max_size=2)


_rules: Dict[str, st.SearchStrategy[Any]] = {
    "success_only": st.booleans(),
    "error_only": st.booleans(),
    "min_severity": st.sampled_from(["info", "warning", "error"]),
    "tasks": st.lists(st.sampled_from(["backup", "restore"]), min_size=1, max_size=2),
    "operators": _globs("player:*", "player:steve", "Steve", "console", "prime_backup:*", "*"),
    "sources": _globs("player:A*", "console", "console:", "alex", "?*"),
    "tags": _globs("scheduled", "temporary", "Sched*", "*"),
    "targets": _globs("world", "world_*", "*"),
    "comment": _globs("*release*", "?", "[a]*", "Scheduled *", "定时*", "*"),
    "min_cost": st.sampled_from(list(_SECONDS)),
    "on_change": st.booleans(),
}


def _few(rules: Dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Dict[str, Any]]:
    """Some of the rules, mostly few enough that some event passes them."""
    names = st.lists(st.sampled_from(sorted(rules)), max_size=3, unique=True) | st.just(sorted(rules))
    return names.flatmap(lambda chosen: st.fixed_dictionaries({name: rules[name] for name in chosen}))


_filters = _few({**_rules, "except": _few({**_rules, "events": _event_lists})})
endpoint_documents = st.fixed_dictionaries(
    {"name": st.just("a"), "url": st.just("http://127.0.0.1:9/hook")},
    optional={"events": _event_lists, "filter": _filters, "enabled": st.sampled_from([True, True, True, False])},
)
blocks = st.fixed_dictionaries(
    {"enabled": st.sampled_from([True, True, True, False])}, optional={"events": _event_lists}
)

_people = st.sampled_from(
    [
        {"type": "player", "name": "Steve", "full": "player:Steve"},
        {"type": "player", "name": "Alex", "full": "player:Alex"},
        {"type": "console", "name": "", "full": "console:"},
        {"type": "prime_backup", "name": "scheduled_backup", "full": "prime_backup:scheduled_backup"},
    ]
)
_sources = st.sampled_from([{"type": "player", "name": "Alex"}, {"type": "console"}, {"type": "x", "name": "y"}])
_tag_values = st.sampled_from([True, False, 1, 0, "yes"])
_backups = st.fixed_dictionaries(
    {},
    optional={
        "tags": st.dictionaries(st.sampled_from(["scheduled", "temporary", "hidden"]), _tag_values, max_size=2),
        "targets": st.lists(st.sampled_from(["world", "world_nether", "plugins"]), max_size=2),
        "comment": st.sampled_from(["", "a", "[a] b", "§aRelease 1", "__pb_translated__:scheduled_backup"]),
    },
)
event_fields = st.fixed_dictionaries(
    {},
    optional={
        "operator": _people,
        "source": _sources,
        "backup": _backups,
        "cost_s": st.sampled_from([0, 0.999, 1, 60, 299.999, 300, 1e6]),
        "severity": st.sampled_from(["info", "warning", "error"]),
    },
)
last_outcomes = st.dictionaries(
    st.tuples(st.sampled_from(["prime_backup", "other"]), st.sampled_from(["backup", "restore"])),
    st.sampled_from(["success", "failure", "aborted"]),
)


# -- the model -------------------------------------------------------------------------------------------------------


def plainly_decided(
    endpoint: Mapping[str, Any],
    block: Mapping[str, Any],
    payload: Mapping[str, Any],
    last: Mapping[Tuple[str, str], str],
) -> Dict[str, bool]:
    """Whether the payload passes each rule, by its path. It goes to the endpoint when it passes all of them."""
    result = {}
    if not block["enabled"]:
        result["notification.enabled"] = False
    if not endpoint.get("enabled", True):
        result["enabled"] = False
    if "events" in block:
        result["notification.events"] = payload["event"] in events_of(block["events"])
    if "events" in endpoint:
        result["events"] = payload["event"] in events_of(endpoint["events"])
    filters = dict(endpoint.get("filter", {}))
    excepted = filters.pop("except", {})
    for rule, value in filters.items():
        if value is not False:
            fits = _fits(rule, value, payload, last)
            result[f"filter.{rule}"] = payload["status"] in ("failure", "aborted") if fits is None else fits
    for rule, value in excepted.items():
        if value is not False:
            result[f"filter.except.{rule}"] = _fits(rule, value, payload, last) is not True
    return result


def events_of(items: List[str]) -> List[str]:
    """The events that a list of names, tasks and patterns stands for."""
    return [event for event in EVENTS for item in items if item == event.split("_")[0] or plainly_fits(item, event)]


def plainly_fits(pattern: str, text: str) -> bool:
    if not pattern:
        return not text
    if pattern[0] == "*":
        return plainly_fits(pattern[1:], text) or (text != "" and plainly_fits(pattern, text[1:]))
    return text != "" and pattern[0] in ("?", text[0]) and plainly_fits(pattern[1:], text[1:])


def _fits(rule: str, value: Any, payload: Mapping[str, Any], last: Mapping[Tuple[str, str], str]) -> Optional[bool]:
    """None where the payload lacks the fact."""
    start = payload["status"] == "start"
    backup = payload.get("backup", {})
    if rule == "events":
        return payload["event"] in events_of(value)
    if rule == "success_only":
        return payload["status"] == "success"
    if rule == "error_only":
        return payload["status"] == "failure"
    if rule == "min_severity":
        order = "info warning error"
        return order.index(payload["severity"]) >= order.index(value)
    if rule == "tasks":
        return payload["task"] in value
    if rule == "min_cost":
        return False if start else payload["cost_s"] >= _SECONDS[value] if "cost_s" in payload else None
    if rule == "on_change":
        return not start and payload["status"] != last.get((payload["plugin"]["id"], payload["task"]), "success")
    texts = _texts(rule, payload, backup)
    if texts is None:
        return None
    return any(plainly_fits(glob.lower(), text.lower()) for glob in value for text in texts)


def _texts(rule: str, payload: Mapping[str, Any], backup: Mapping[str, Any]) -> Optional[List[str]]:
    if rule in ("operators", "sources"):
        person = payload.get(rule[:-1])
        if person is None:
            return None
        name = person.get("name", "")
        return [f"{person['type']}:{name}", person["type"], name]
    if rule not in backup and rule != "comment":
        return None
    if rule == "tags":
        return [name for name, value in backup["tags"].items() if value is not False]
    if rule == "targets":
        return list(backup["targets"])
    comment = backup.get("comment")
    if comment is None:
        return None
    return ["Scheduled backup", "定时备份"] if comment.startswith("__pb") else [comment.replace("§a", "")]
