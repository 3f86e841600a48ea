"""Errors as people read them: without the dump of a database's statement."""

from __future__ import annotations

import re

__all__ = ["brief"]

# SQLAlchemy's StatementError.__str__ (sqlalchemy/exc.py): "(sqlite3.OperationalError) database is locked", then lines
# with the statement, its parameters and a link
_DUMP = re.compile(
    r"\s*(?:\[(?:SQL|raw SQL|parameters|cached since|generated in)\b|\(Background on this error at:).*", re.DOTALL
)
_DRIVER = re.compile(r"\((?:\w+\.)+\w+\) (?=\S)")
_DRIVER_FIRST = re.compile(r"\((?:\w{1,40}\.){1,5}\w{0,40}(?:Error|Exception)\) (?=\S)")


def brief(text: str) -> str:
    """The error without the statement, its parameters and the driver's class; never empty where ``text`` is not.

    >>> brief("(sqlite3.OperationalError) database is locked\\n[SQL: INSERT INTO backup VALUES (?)]")
    'database is locked'
    """
    cut = _DUMP.sub("", text, count=1)
    if cut == text:
        first = _DRIVER_FIRST.match(text)
        return text[first.end() :] if first else text
    return _DRIVER.sub("", cut, count=1).strip() or text
