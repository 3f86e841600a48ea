"""Slack's workflows that begin with a webhook: they take flat variables, and no message with blocks.

https://slack.com/help/articles/360041352714 and docs.slack.dev/tools/slack-github-action (webhook triggers)
"""

from __future__ import annotations

from urllib.parse import urlsplit

__all__ = ["is_workflow"]


def is_workflow(url: str) -> bool:
    """Whether an address begins a workflow: ``/workflows/...`` of the former builder, ``/triggers/...`` of today's."""
    return urlsplit(url).path.startswith(("/workflows/", "/triggers/"))
