"""The process that a task began in."""

from __future__ import annotations

import os

import psutil

__all__ = ["process_token"]


def process_token() -> str:
    """Names this process, also across a reload of the plugin, which starts with fresh modules."""
    return f"{os.getpid()}:{psutil.Process().create_time():.2f}"
