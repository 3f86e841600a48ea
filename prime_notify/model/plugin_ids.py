"""The ids of the plugins that the package knows by name."""

from __future__ import annotations

__all__ = ["PRIME_BACKUP", "PRIME_NOTIFY", "QUICK_BACKUP"]

PRIME_BACKUP = "prime_backup"
PRIME_NOTIFY = "prime_notify"
QUICK_BACKUP = "quick_backup_multi"
