"""Which endpoints of a group get a notification that several of them want. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Callable, Dict, List, Mapping, Optional, Sequence, Tuple

from prime_notify.config.endpoint import EndpointConfig

__all__ = ["Share", "Sharing", "group_of", "is_sharing", "members_after", "share_out"]

_SHARING = ("first_ok", "round_robin")


def is_sharing(mode: Optional[str]) -> bool:
    """Whether of a group of that mode one member is to tell a notification; None: there is no such group."""
    return mode in _SHARING


@dataclass(frozen=True)
class Sharing:
    """What the members of groups go by. ``endpoints``: all of the config, in its order. ``groups``: how each shares.

    ``turns``: by group, who had the newest turn. ``is_open_to_more``: whether an endpoint is tried, not left alone.
    ``holders``: who has the start of the task that a notification ends; asked only where a group has to choose.
    """

    endpoints: Sequence[EndpointConfig]
    groups: Mapping[str, str]
    turns: Mapping[str, str] = field(default_factory=dict)
    is_open_to_more: Callable[[str], bool] = lambda name: True
    holders: Callable[[], Sequence[str]] = lambda: ()


@dataclass(frozen=True)
class Share:
    """One group's choice. ``left_alone``: those before ``chosen`` that are left alone for now. ``kept``: it has the
    start of the task. ``after``: whose turn was before. ``waits``: all are left alone, ``chosen`` as well."""

    group: str
    mode: str
    chosen: str
    members: Tuple[str, ...]
    left_alone: Tuple[str, ...] = ()
    kept: bool = False
    after: Optional[str] = None
    waits: bool = False

    @property
    def turn(self) -> Dict[str, str]:
        """What is to be remembered of it."""
        return {self.group: self.chosen} if self.mode == "round_robin" and not self.kept else {}


def share_out(wanted: Sequence[str], sharing: Sharing) -> Tuple[Sequence[str], Sequence[Share]]:
    """Of the names ``wanted``, which want a notification, those that get it; and what each group chose.

    A task's end goes where its start went, if that works. Otherwise, ``first_ok``: to the first that works;
    ``round_robin``: to the next that works after the one that had the newest turn. Where none works, it is the same as
    if all did.
    """
    by_group: Dict[str, List[str]] = {}
    for endpoint in sharing.endpoints:
        group = endpoint.group
        if group is not None and is_sharing(sharing.groups.get(group)):
            by_group.setdefault(group, []).append(endpoint.name)
    shares = [
        _share(group, members, [name for name in members if name in wanted], sharing)
        for group, members in by_group.items()
        if any(name in wanted for name in members)
    ]
    left_out = {name for share in shares for name in share.members if name != share.chosen}
    return [name for name in wanted if name not in left_out], shares


def _share(group: str, members: Sequence[str], wanted: Sequence[str], sharing: Sharing) -> Share:
    mode, after, order = sharing.groups[group], None, wanted
    if mode == "round_robin":
        after = sharing.turns.get(group)
        following = members.index(after) + 1 if after in members else 0
        order = [name for name in (*members[following:], *members[:following]) if name in wanted]
    if len(wanted) > 1:
        holder = next((name for name in sharing.holders() if name in wanted), None)
        if holder is not None and sharing.is_open_to_more(holder):
            return Share(group, mode, holder, tuple(wanted), kept=True, after=after)
    chosen = next((name for name in order if sharing.is_open_to_more(name)), None)
    left_alone = tuple(order[: order.index(chosen)]) if chosen else ()
    return Share(group, mode, chosen or order[0], tuple(wanted), left_alone, after=after, waits=chosen is None)


def group_of(name: str, endpoints: Sequence[EndpointConfig]) -> Optional[str]:
    """The group that an endpoint is in."""
    return next((one.group for one in endpoints if one.name == name), None)


def members_after(name: str, endpoints: Sequence[EndpointConfig], groups: Mapping[str, str]) -> Sequence[str]:
    """The others of an endpoint's group, where they share the notifications: those after it, then those before."""
    group = group_of(name, endpoints)
    if group is None or not is_sharing(groups.get(group)):
        return ()
    members = [one.name for one in endpoints if one.group == group]
    position = members.index(name)
    return (*members[position + 1 :], *members[:position])
