"""Changes of the text of a config: endpoints come, go and get other names. What is not concerned stays byte for byte.

The text is one that :func:`prime_notify.loading.document.parse_document` takes. Places and forms are those that loading
takes: a block without its ``notification`` around it, one endpoint in place of a list, ``null`` for what is absent, and
of a key that is written twice, the last.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

from prime_notify.config.models import NotificationConfig
from prime_notify.config.problem import json_path
from prime_notify.loading.json_draft import Draft, edited
from prime_notify.loading.json_nodes import Node, parsed
from prime_notify.loading.names import endpoint_names
from prime_notify.text.wording import Wording

__all__ = ["Change", "EditError", "add_endpoint", "endpoints_in", "remove_endpoint", "rename_endpoint",
           "replace_endpoint"]  # fmt: skip

_BLOCK = "notification"
_ENDPOINTS = "endpoints"


class EditError(Exception):
    """The text cannot be changed so. ``reason``: why, and what to do, in both languages."""

    def __init__(self, reason: Wording) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True)
class Change:
    """The new text, and what else was changed in it.

    ``switched_on``: notifications were off, and are on. ``fallback_of``: the endpoints that named it as their fallback.
    ``group_removed``: the group of which it was the only member. ``group_left``: the group in which one is left.
    """

    text: str
    switched_on: bool = False
    fallback_of: Tuple[str, ...] = ()
    group_removed: str = ""
    group_left: str = ""


def endpoints_in(text: str) -> Sequence[Tuple[str, Any]]:
    """Name and value of each endpoint in a text, in its order. An endpoint without a name has that of its place."""
    _, endpoints = _found(parsed(text.lstrip("\ufeff")))
    values = _values(endpoints)
    return list(zip(endpoint_names(values), values))


def add_endpoint(text: str, endpoint: Mapping[str, Any]) -> Change:
    """The text with one more endpoint, the last one. Switches notifications on where they are off.

    :raises EditError: another endpoint has the name, or there is no place for it.
    """
    if endpoint["name"] in dict(endpoints_in(text)):
        raise EditError(
            Wording(
                'there is an endpoint "{name}" already; choose another name',
                "已有名为“{name}”的推送目标；请换一个名称",
                name=endpoint["name"],
            )
        )
    return _switched_on(text, edited(text, lambda draft: _add(draft, dict(endpoint))))


def replace_endpoint(text: str, name: str, endpoint: Mapping[str, Any]) -> Change:
    """The text with ``endpoint`` in the place of the endpoint ``name``.

    :raises EditError: there is no such endpoint, or more than one.
    """

    def act(draft: Draft) -> None:
        place = _place(draft, name)
        draft.put(place.start, place.end, draft.written(dict(endpoint), draft.indent_at(place.start)))

    return _switched_on(text, edited(text, act))


def remove_endpoint(text: str, name: str) -> Change:
    """The text without an endpoint, and without what names it: fallbacks, and a group with no other member.

    :raises EditError: there is no such endpoint, or more than one.
    """
    place = _place(Draft.of(text), name)
    group = str(place.value.get("group") or "") if isinstance(place.value, dict) else ""
    users = _users(text, name)
    while _users(text, name):  # once more where a name or an option is written twice
        for user in _users(text, name):
            text = edited(text, lambda draft, user=user: _forget_fallback(draft, user, name))  # type: ignore[misc]
    text = edited(text, lambda draft: _take_out(draft, _place(draft, name)))
    left = [one for _, one in endpoints_in(text) if isinstance(one, dict) and group and one.get("group") == group]
    removed = ""
    if group and not left:
        without = edited(text, lambda draft: _forget_group(draft, group))
        removed, text = (group, without) if without != text else ("", text)
    return Change(text, False, users, removed, group if len(left) == 1 else "")


def rename_endpoint(text: str, old: str, new: str) -> Change:
    """The text with another name for an endpoint. Fallbacks that name it follow.

    :raises EditError: there is no such endpoint or more than one, or another endpoint has the new name.
    """
    if new in dict(endpoints_in(text)):
        reason = Wording('there is an endpoint "{name}" already', "已有名为“{name}”的推送目标", name=new)
        raise EditError(reason)
    users = _users(text, old)

    def act(draft: Draft) -> None:
        place = _place(draft, old)
        if not isinstance(place.value, dict):
            raise _no_object(draft, place)
        name = place.get("name")
        if name is None:
            draft.insert(place, "name", new)
        else:
            draft.put(name.start, name.end, draft.written(new, ""))

    for user in users:
        text = edited(text, lambda draft, user=user: _follow(draft, user, old, new))  # type: ignore[misc]
    return Change(edited(text, act), False, users)


def _found(root: Node) -> Tuple[Optional[Node], Optional[Node]]:
    """The block, and the value of its endpoints. Each is None where it is absent."""
    block = root.get(_BLOCK)
    if block is None and any(one.key in NotificationConfig.model_fields for one in root.members or []):
        block = root
    if block is None or block.value is None:
        return None, None
    endpoints = block.get(_ENDPOINTS)
    return block, None if endpoints is None or endpoints.value is None else endpoints


def _values(endpoints: Optional[Node]) -> List[Any]:
    if endpoints is None:
        return []
    if endpoints.items is not None:
        return list(endpoints.value)
    return [endpoints.value] if isinstance(endpoints.value, dict) and endpoints.value else []


def _place(draft: Draft, name: str) -> Node:
    """The value of the endpoint ``name``."""
    _, endpoints = _found(draft.root)
    nodes = endpoints.items if endpoints is not None and endpoints.items is not None else [endpoints]
    found = [node for node, one in zip(nodes, endpoint_names(_values(endpoints))) if one == name]
    if len(found) == 1 and found[0] is not None:
        return found[0]
    if not found:
        raise EditError(Wording('the file has no endpoint "{name}"', "文件中没有名为“{name}”的推送目标", name=name))
    raise EditError(
        Wording(
            'the file has {count} endpoints named "{name}"; give each its own name there',
            "文件中有 {count} 个推送目标都叫“{name}”；请先在文件中起不同的名称",
            name=name,
            count=len(found),
        )
    )


def _no_object(draft: Draft, node: Node) -> EditError:
    line = draft.text.count("\n", 0, node.start) + 1
    return EditError(Wording("line {line} is no object", "第 {line} 行不是对象", line=line))


def _add(draft: Draft, endpoint: Dict[str, Any]) -> None:
    block, endpoints = _found(draft.root)
    if block is None:
        _put_value(draft, draft.root, _BLOCK, {"enabled": True, _ENDPOINTS: [endpoint]})
    elif block.members is None:
        raise _not_understood((_BLOCK,))
    elif endpoints is None or endpoints.value == {}:
        _put_value(draft, block, _ENDPOINTS, [endpoint])
    elif endpoints.items is not None:
        draft.insert(endpoints, None, endpoint)
    elif endpoints.members is not None:  # one endpoint that stands in place of the list
        _put_value(draft, block, _ENDPOINTS, [endpoints.value, endpoint])
    else:
        raise _not_understood((_BLOCK, _ENDPOINTS))


def _not_understood(at: Sequence[str]) -> EditError:
    reason = Wording("{place} is of a form that is not understood", "无法理解 {place} 的写法", place=json_path(at))
    return EditError(reason)


def _put_value(draft: Draft, node: Node, key: str, value: Any, *, first: bool = False) -> None:
    """Write the value of a key, whether the object has it or not."""
    if node.members is None:
        raise _not_understood(())
    present = node.get(key)
    if present is None:
        draft.insert(node, key, value, first=first)
    else:
        draft.put(present.start, present.end, draft.written(value, draft.indent_at(present.start)))


def _switched_on(before: str, text: str) -> Change:
    """The change of ``before`` to ``text``, in which notifications are on."""

    def act(draft: Draft) -> None:
        place, _ = _found(draft.root)
        if place is not None:
            _put_value(draft, place, "enabled", True, first=True)

    return Change(edited(text, act) if _is_off(text) else text, switched_on=_is_off(before))


def _is_off(text: str) -> bool:
    """Whether notifications are off. A value that does not fit counts as on, as it does when the config is loaded."""
    block, _ = _found(parsed(text.lstrip("\ufeff")))
    value = block.value.get("enabled", False) if block is not None and block.members is not None else False
    return value is None or str(value).strip().lower() in ("false", "0", "off", "no", "n", "f")


def _take_out(draft: Draft, place: Node) -> None:
    block, endpoints = _found(draft.root)
    if endpoints is not None and endpoints.items is not None:
        starts = [one.start for one in endpoints.items]
        draft.remove(endpoints, starts.index(place.start))
    elif block is not None and endpoints is not None:
        draft.put(endpoints.start, endpoints.end, "[]")


def _users(text: str, name: str) -> Tuple[str, ...]:
    """The endpoints whose fallback is the endpoint ``name``."""
    found = [(user, one.get("fallback")) for user, one in endpoints_in(text) if isinstance(one, dict)]
    return tuple(user for user, names in found if any(_is(one, name) for one in _listed(names)))


def _forget_fallback(draft: Draft, user: str, name: str) -> None:
    place = _place(draft, user)
    fallback = place.get("fallback")
    if fallback is None:
        return
    found = [_is(one, name) for one in _listed(fallback.value)]
    if not all(found):
        draft.remove(fallback, found.index(True))
    else:
        keys = [member.key for member in place.members or []]
        draft.remove(place, len(keys) - 1 - keys[::-1].index("fallback"))


def _follow(draft: Draft, user: str, old: str, new: str) -> None:
    fallback = _place(draft, user).get("fallback")
    for node in reversed((fallback.items or [fallback]) if fallback is not None else []):
        if _is(node.value, old):
            draft.put(node.start, node.end, json.dumps(new, ensure_ascii=False))


def _is(written: Any, name: str) -> bool:
    """Whether a value of the document is the name of an endpoint. A name may be written as a number."""
    return written is not None and str(written).strip() == name


def _listed(value: Any) -> List[Any]:
    return value if isinstance(value, list) else [value]


def _forget_group(draft: Draft, group: str) -> None:
    block, _ = _found(draft.root)
    groups = block.get("groups") if block is not None else None
    keys = [member.key for member in (groups.members or [])] if groups is not None else []
    if groups is not None and group in keys:
        draft.remove(groups, keys.index(group))
