"""Comments and messages that stand for texts."""

from __future__ import annotations

import pytest

from prime_notify.messages.catalogue import Catalogue
from prime_notify.messages.machine_texts import comment_text, machine_comment, machine_message, message_text
from tests.support.texts import CATALOGUE


@pytest.mark.parametrize(
    ("comment", "english", "chinese"),
    [
        ("__pb_translated__:scheduled_backup", "Scheduled backup", "定时备份"),
        (
            "__pb_translated__:pre_restore:42",
            "Automatic backup before the restore of backup #42",
            "回档至备份 #42 前的自动备份",
        ),
        ("before the dragon", "before the dragon", "before the dragon"),
        ("", "", ""),
    ],
)
def test_prime_backups_own_comments_become_text(comment: str, english: str, chinese: str) -> None:
    assert comment_text(comment, "en_us", CATALOGUE) == english
    assert comment_text(comment, "zh_cn", CATALOGUE) == chinese


@pytest.mark.parametrize(
    ("comment", "shown"),
    [
        ("__pb_translated__:brand_new_kind", "brand new kind"),
        ("__pb_translated__:brand_new_kind:a|b", "brand new kind a b"),
        ("__pb_translated__:two words", "__pb_translated__:two words"),
    ],
)
def test_an_unknown_machine_comment_is_shown_readably(comment: str, shown: str) -> None:
    assert comment_text(comment, "en_us", CATALOGUE) == shown


def test_surplus_or_missing_values_of_a_machine_comment_do_no_harm() -> None:
    assert comment_text("__pb_translated__:scheduled_backup:a|b", "en_us", CATALOGUE) == "Scheduled backup"
    missing = comment_text("__pb_translated__:pre_restore", "en_us", CATALOGUE)
    assert missing == "Automatic backup before the restore of backup #…"


def test_our_own_machine_texts_are_read_back() -> None:
    assert comment_text(machine_comment("test"), "en_us", CATALOGUE) == "Test notification"
    assert "stopped" in message_text(machine_message("server_left_stopped"), "en_us", CATALOGUE)


def test_the_values_of_our_messages_arrive_in_their_places() -> None:
    catalogue = Catalogue({"en_us": {"notification.message.lost": "{value0} lost: {value1}"}})
    assert message_text(machine_message("lost", 2, "a|b\nc"), "en_us", catalogue) == "2 lost: a¦b\nc"


def test_a_player_cannot_make_a_comment_stand_for_one_of_our_messages() -> None:
    forged = machine_message("server_left_stopped")
    assert comment_text(forged, "en_us", CATALOGUE) == forged
