"""Messages for endpoints, and payloads for other plugins, in their languages."""

from __future__ import annotations

import dataclasses
from typing import Any, Dict, Mapping, Optional, Sequence

from prime_notify.config.endpoint import EndpointConfig
from prime_notify.config.models import Config
from prime_notify.messages.catalogue import Catalogue
from prime_notify.messages.composer import Composer
from prime_notify.messages.digest import digest_of
from prime_notify.messages.owner_texts import with_templates
from prime_notify.messages.remarks import remark_values, remarked
from prime_notify.messages.texts import localize, message_of
from prime_notify.model.fact import Fact, FactKind
from prime_notify.model.item import Item
from prime_notify.model.notification import Message, Notification
from prime_notify.text.rich import plain_of

__all__ = ["Messages"]


class Messages:
    """Makes messages. Safe from any thread.

    The language is the endpoint's, or the config's, or ``language``, whichever is set first. The time zone is
    the endpoint's, which the loading fills in where it is set for all, or this machine's.
    """

    def __init__(self, config: Config, catalogue: Catalogue, language: str) -> None:
        self._config = config
        self._catalogue = catalogue
        self._composer = Composer(catalogue)
        self._language = language

    def use(self, config: Config) -> None:
        """Put another config in force."""
        self._config = config

    def message(
        self,
        items: Sequence[Item],
        endpoint: EndpointConfig,
        now: float,
        previous: Optional[Mapping[str, str]] = None,
    ) -> Message:
        """The message about ``items``, with the texts of the endpoint's own templates; several items are a digest.

        ``now``: unix seconds of the attempt. ``previous``: the receipt of the start of the same task. In the game,
        where the endpoint has no language, it is in all languages.
        """
        language = self._language_of(endpoint)
        message = self._in(language, items, endpoint, now, previous)
        if endpoint.language is not None or not endpoint.in_game:
            return message
        others = (one for one in self._catalogue.languages if one != language)
        return dataclasses.replace(
            message, translations={other: self._in(other, items, endpoint, now, previous) for other in others}
        )

    def _in(
        self,
        language: str,
        items: Sequence[Item],
        endpoint: EndpointConfig,
        now: float,
        previous: Optional[Mapping[str, str]],
    ) -> Message:
        message = self._composed(items, language, endpoint, now, previous)
        message = with_templates(message, endpoint.templates, traceback=endpoint.traceback)
        if message.custom_body is None and message.custom_markdown is None:
            return message
        # A channel that lays out facts shows the owner's own text instead of them
        label = self._catalogue.text(language, f"notification.label.{FactKind.MESSAGE.value}")
        markdown = message.custom_markdown or ""
        text = plain_of(markdown) if message.custom_body is None else message.custom_body
        return dataclasses.replace(message, facts=(Fact(FactKind.MESSAGE, label, text, markdown),))

    def prepare(self, notification: Notification, endpoint: EndpointConfig) -> None:
        """Compose the texts that a message about one notification begins with, and keep them for it."""
        language = self._language_of(endpoint)
        self._composer.message(notification, language, endpoint.timezone, now=0.0, bars=endpoint.shows_bars)

    def _language_of(self, endpoint: EndpointConfig) -> str:
        return self._catalogue.best(endpoint.language or self._config.language or self._language)

    def _composed(
        self,
        items: Sequence[Item],
        language: str,
        endpoint: EndpointConfig,
        now: float,
        previous: Optional[Mapping[str, str]],
    ) -> Message:
        (item, *others), catalogue, timezone, bars = items, self._catalogue, endpoint.timezone, endpoint.shows_bars
        if others:
            return digest_of(items, language, catalogue, now=now, timezone=timezone)
        if item.remark is None:
            return self._composer.message(item.notification, language, timezone, now=now, previous=previous, bars=bars)
        notification = remarked(
            item, language, catalogue, timezone
        )  # another payload, which the composer must not keep
        message = message_of(
            notification, language, catalogue, now=now, previous=previous, timezone=timezone, bars=bars
        )
        return dataclasses.replace(message, beside=remark_values(item, language, catalogue, timezone))

    def describe(self, notification: Notification) -> Dict[str, Any]:
        """The payload for other plugins, with its texts in the configured language."""
        language = self._catalogue.best(self._config.language or self._language)
        return localize(notification.payload, language, self._catalogue, self._config.notification.timezone).to_dict()
