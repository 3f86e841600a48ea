"""A new owner reaches the first message within two minutes, and the documentation shows what was typed and answered."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.real_client.new_owner import LANGUAGES, SERVICES, run, shown_in
from tests.support.mcdr import PROJECT

TWO_MINUTES = 120


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("service", SERVICES)
def test_the_packed_plugin_sends_its_first_message_within_two_minutes_of_typing(
    tmp_path: Path, prime_notify: Path, service: str, language: str
) -> None:
    result = run(service, language, prime_notify, tmp_path)
    assert len(result.requests) == 1
    assert result.typing < TWO_MINUTES  # without the machine, which may be busy
    page = (PROJECT / "docs" / language / "setup.md").read_text(encoding="utf-8")
    assert _without_times("\n".join(result.lines) + "\n") == _without_times(shown_in(page, service))


def _without_times(text: str) -> str:
    return re.sub(r"\d+ ms", "… ms", text)
