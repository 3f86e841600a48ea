"""What an event's ``message`` says: machine texts, so that every reader gets them in their own language."""

from __future__ import annotations

from typing import Sequence

from prime_notify.messages.machine_texts import machine_message

__all__ = ["failed_restore", "files_not_restored"]


def files_not_restored(count: int, files: Sequence[str]) -> str:
    """Lists ``files``, the first of ``count``."""
    listed = "; ".join(files).replace("|", "¦")  # a bar would begin the next value
    more = count - len(files)
    if more > 0:
        return f"{machine_message('more_files_not_restored')}:{count}|{listed}|{more}"
    return f"{machine_message('files_not_restored')}:{count}|{listed}"


def failed_restore(*, restored: bool, running: bool) -> str:
    """In what state a failed restore leaves the world and the server; empty when there is nothing to say."""
    if restored:
        return machine_message("failed_after_restore" if running else "failed_after_restore_left_stopped")
    return "" if running else machine_message("server_left_stopped")
