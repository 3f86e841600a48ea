"""Which endpoints of a group get a notification that several of them want. Pure."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Callable, Dict, List, Mapping, Sequence

if TYPE_CHECKING:
    from prime_notify.config.load import Endpoint

__all__ = ["members_after", "share_out"]

_SHARING = ("first_ok", "round_robin")


def share_out(
    names: Sequence[str],
    endpoints: Sequence[Endpoint],
    groups: Mapping[str, str],
    task_id: str,
    is_well: Callable[[str], bool],
) -> Sequence[str]:
    """Of ``names``, which want a notification, those that get it.

    ``first_ok``: the first that is well. ``round_robin``: one that the task decides, so that its start and its end go
    to the same; the next one where that is not well. Where none is, it is the same as if all were.
    """
    by_group: Dict[str, List[str]] = {}
    for endpoint in endpoints:
        group = endpoint.config.group
        if endpoint.name in names and group is not None and groups.get(group) in _SHARING:
            by_group.setdefault(group, []).append(endpoint.name)
    left_out = set()
    for group, members in by_group.items():
        if groups[group] == "round_robin":
            members = sorted(members, key=lambda name: hashlib.sha256(f"{task_id}\n{name}".encode()).digest())
        chosen = next((name for name in members if is_well(name)), members[0])
        left_out |= {name for name in members if name != chosen}
    return [name for name in names if name not in left_out]


def members_after(name: str, endpoints: Sequence[Endpoint], groups: Mapping[str, str]) -> Sequence[str]:
    """The others of an endpoint's group, where they share the notifications: those after it, then those before."""
    group = next((one.config.group for one in endpoints if one.name == name), None)
    if group is None or groups.get(group) not in _SHARING:
        return ()
    members = [one.name for one in endpoints if one.config.group == group]
    position = members.index(name)
    return (*members[position + 1 :], *members[:position])
