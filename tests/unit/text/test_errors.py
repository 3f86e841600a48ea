"""Errors without the dump of a statement."""

from __future__ import annotations

import pytest

from prime_notify.text.errors import brief


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("(sqlite3.OperationalError) database is locked\n[SQL: INSERT INTO a\nVALUES (?)]\n[parameters: (1,)]\n"
         "(Background on this error at: https://sqlalche.me/e/20/e3q8)", "database is locked"),
        ("(builtins.OSError) [Errno 28] No space left on device\n[SQL: x]", "[Errno 28] No space left on device"),
        ("(pymysql.err.OperationalError) (1205, 'Lock wait')\n[SQL: x]", "(1205, 'Lock wait')"),
        ("it failed: (sqlite3.IntegrityError) UNIQUE [SQL: x] [cached since 3s ago]", "it failed: UNIQUE"),
        ("This Session's transaction has been rolled back\n(Background on this error at: https://x)",
         "This Session's transaction has been rolled back"),
        ("(sqlite3.OperationalError) database is locked", "database is locked"),
        ("[SQL: x]", "[SQL: x]"),
        ("plain (really.so) text", "plain (really.so) text"),
        ("", ""),
    ],
)  # fmt: skip
def test_only_the_error_itself_is_left(text: str, shown: str) -> None:
    assert brief(text) == shown


def test_a_long_text_takes_no_time() -> None:
    text = "(" * 8000 + "a." * 8000 + "\n" * 8000
    assert brief(text) == text
