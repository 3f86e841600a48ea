"""The sender that a message shows in place of the webhook's own."""

from __future__ import annotations

import re
from typing import Dict, Optional

from pydantic import field_validator

from prime_notify.config.option import Options, option
from prime_notify.text.wording import Wording

__all__ = ["SenderOptions"]


class SenderOptions(Options):
    """Base of the options of services that let a webhook choose the name and the picture of the sender."""

    username: Optional[str] = option(
        None,
        "The name shown as the sender, where the server lets webhooks choose it.",
        "显示的发送者名称（服务器须允许 webhook 自定义名称）。",
        example="Backups",
        min_length=1,
        max_length=64,
        content=True,
    )
    icon: Optional[str] = option(
        None,
        'The sender\'s picture: an emoji (":floppy_disk:") or the URL of an image; needs what username needs.',
        "发送者的头像：表情（“:floppy_disk:”）或图片网址；所需权限同 username。",
        example=":floppy_disk:",
        content=True,
    )

    @field_validator("icon")
    @classmethod
    def _check_icon(cls, icon: Optional[str]) -> Optional[str]:
        if icon is None or re.fullmatch(r":[^:\s]+:|https?://\S+", icon):
            return icon
        raise ValueError(
            Wording(
                'write an emoji, such as ":floppy_disk:", or the URL of an image',
                '请写表情，例如 ":floppy_disk:"，或图片的网址',
            )
        )

    @property
    def sender(self) -> Dict[str, str]:
        """The fields of a message that name the sender; none where the options do not."""
        shown = {"username": self.username}
        shown["icon_emoji" if (self.icon or "").startswith(":") else "icon_url"] = self.icon
        return {name: value for name, value in shown.items() if value is not None}
