"""How an endpoint wants to be connected to: its own proxy, CA and client certificate."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Optional, Tuple, Union

__all__ = ["DIRECT", "ConnectionOptions"]

DIRECT = "direct"
"""Instead of a proxy's address: none, whatever the environment says."""


@dataclass(frozen=True)
class ConnectionOptions:
    """``proxy``: an address, :data:`DIRECT`, or None for what the environment says.

    ``verify``: whether the peer's certificate is, or the path of the CAs against which it is. ``cert``: the paths of a
    client certificate and of its key, or of one file with both.
    """

    proxy: Optional[str] = field(default=None, repr=False)
    verify: Union[bool, str] = True
    cert: Tuple[str, ...] = ()
