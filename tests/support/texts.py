"""The texts of ``lang/``, read once for all tests of a process."""

from __future__ import annotations

from prime_notify.messages.catalogue import Catalogue

__all__ = ["CATALOGUE"]

CATALOGUE = Catalogue.load()
