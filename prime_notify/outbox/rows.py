"""Rows of an outbox as plain values: read from one database, compared, and written to another one with their keys."""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import dataclass, field
from typing import Any, Dict, Iterable, Iterator, List, Mapping, Sequence, Set, Tuple

__all__ = ["KEYS", "Rows", "all_rows", "live_rows", "undelivered"]

KEYS: Mapping[str, Tuple[str, ...]] = {
    "notification": ("seq",),
    "delivery": ("seq",),
    "attempt": ("delivery", "seq"),
    "open_task": ("task_id",),
    "ending": ("plugin_id", "task"),
    "health": ("endpoint",),
    "turn": ("name",),
    "inbox": ("id",),
    "task": ("id",),
    "disk": ("path", "at"),
    "watch": ("name",),
}
"""The primary key of each table, which its first columns are. A table refers only to those before it."""

_PARENTS = {"delivery": "notification", "attempt": "delivery"}
"""The tables that others refer to, in a column of the same name."""

_SMALL = ("open_task", "ending", "health", "turn", "inbox", "task", "disk", "watch")
_CHUNK = 500  # keys in one query; SQLite takes 999
_UNDELIVERED = "state IN ('waiting', 'dead')"
_OLDER_RECEIPTS = f"""
    SELECT DISTINCT earlier.notification FROM delivery AS live
    JOIN delivery AS earlier ON earlier.endpoint = live.endpoint AND earlier.task_id = live.task_id
    WHERE live.{_UNDELIVERED} AND earlier.receipt IS NOT NULL
"""  # noqa: S608  (no input in it)

Row = Tuple[Any, ...]


@dataclass
class Rows:
    """``tables``: by table and key, each row. ``columns``: by table, what they consist of, the key first."""

    columns: Dict[str, Sequence[str]] = field(default_factory=dict)
    tables: Dict[str, Dict[Row, Row]] = field(default_factory=dict)
    removed: Dict[str, List[Row]] = field(default_factory=dict)

    def add(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        """Add rows of a table; all of one table have the same columns."""
        size = len(KEYS[table])
        self.columns[table] = columns
        self.tables.setdefault(table, {}).update((row[:size], row) for row in rows)

    def of(self, table: str) -> Dict[Row, Row]:
        """The rows of a table, by key."""
        return self.tables.get(table, {})

    def since(self, former: Rows) -> Rows:
        """The rows that are new or changed since ``former``, and the keys of those that are gone."""
        changes = Rows(dict(self.columns))
        for table, rows in self.tables.items():
            before = former.of(table)
            changes.tables[table] = {key: row for key, row in rows.items() if before.get(key) != row}
            changes.removed[table] = [key for key in before if key not in rows]
        return changes

    @property
    def count(self) -> int:
        """How many rows there are, and keys of those that are gone."""
        return sum(map(len, self.tables.values())) + sum(map(len, self.removed.values()))

    def insert_missing(self, connection: sqlite3.Connection) -> None:
        """Write the rows whose keys the database does not have, but for those that a damaged file left impossible."""
        for table in KEYS:
            rows = list(self.of(table).values())
            if rows and table in _PARENTS:
                parent = _PARENTS[table]
                place = self.columns[table].index(parent)
                found = {seq for (seq,) in connection.execute(f"SELECT seq FROM {parent}")}  # noqa: S608
                rows = [row for row in rows if row[place] in found]
            self._write(connection, "INSERT OR IGNORE", table, rows)

    def put(self, connection: sqlite3.Connection) -> None:
        """Write the rows, in place of those with the same keys, and remove those that are gone."""
        for table, key in KEYS.items():
            columns = [name for name in self.columns.get(table, ()) if name not in key]
            values = ", ".join(f"{name} = excluded.{name}" for name in columns)
            conflict = f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {values}"
            self._write(connection, "INSERT", table, list(self.of(table).values()), conflict)
            where = " AND ".join(f"{name} = ?" for name in key)
            connection.executemany(f"DELETE FROM {table} WHERE {where}", self.removed.get(table, ()))  # noqa: S608

    def _write(self, connection: sqlite3.Connection, how: str, table: str, rows: List[Row], conflict: str = "") -> None:
        if rows:
            columns = self.columns[table]
            values = f"({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
            connection.executemany(f"{how} INTO {table} {values} {conflict}", rows)


def all_rows(connection: sqlite3.Connection) -> Rows:
    """Everything in a database."""
    rows = Rows()
    for table in KEYS:
        found = connection.execute(f"SELECT * FROM {table}")  # noqa: S608
        rows.add(table, [column[0] for column in found.description], found)
    return rows


def live_rows(connection: sqlite3.Connection, *, newest: int) -> Rows:
    """The rows that an outbox needs to go on, as far as they can be read, for the file may be damaged.

    Those are: undelivered deliveries, the notifications that these and the open tasks are about, those whose receipts
    later deliveries need, and the ``newest`` ones of the others; of all these every delivery and attempt; and the other
    tables as a whole. An older schema may lack some of it.
    """
    source, rows = _Source(connection), Rows()
    for table in _SMALL:
        rows.add(table, source.columns(table), source.read(f"SELECT * FROM {table}"))  # noqa: S608
    columns = source.columns("delivery")
    # Read without an index, for a damaged one would hide what can be read
    undelivered = list(source.read(f"SELECT * FROM delivery NOT INDEXED WHERE {_UNDELIVERED} ORDER BY seq"))  # noqa: S608
    seqs = {row[1] for row in undelivered}
    seqs.update(seq for (seq,) in source.read("SELECT seq FROM notification ORDER BY seq DESC LIMIT ?", newest))
    seqs.update(seq for (seq,) in source.read(_OLDER_RECEIPTS))
    started = [row[-1] for row in rows.of("open_task").values()]
    seqs.update(row[0] for row in source.matching("notification", "id", started))
    rows.add("notification", source.columns("notification"), source.matching("notification", "seq", seqs))
    kept = {seq for (seq,) in rows.of("notification")}
    deliveries = [*undelivered, *source.matching("delivery", "notification", kept)]
    rows.add("delivery", columns, (row for row in deliveries if row[1] in kept))
    keys = {seq for (seq,) in rows.of("delivery")}
    rows.add("attempt", source.columns("attempt"), source.matching("attempt", "delivery", keys))
    return rows


@dataclass(frozen=True)
class _Source:
    """Reads up to the first row that cannot be read."""

    connection: sqlite3.Connection

    def columns(self, table: str) -> Sequence[str]:
        return [name for (name,) in self.read("SELECT name FROM pragma_table_info(?)", table)]

    def matching(self, table: str, column: str, values: Iterable[Any]) -> Iterator[Row]:
        """The rows with any of these values in a column."""
        wanted: Sequence[Any] = sorted(set(values))
        for start in range(0, len(wanted), _CHUNK):
            some = wanted[start : start + _CHUNK]
            places = ", ".join("?" * len(some))
            yield from self.read(f"SELECT * FROM {table} WHERE {column} IN ({places}) ORDER BY {column}", *some)  # noqa: S608

    def read(self, query: str, *parameters: Any) -> Iterator[Row]:
        with contextlib.suppress(sqlite3.Error):
            yield from self.connection.execute(query, parameters)


def undelivered(rows: Rows) -> int:
    """How many deliveries are waiting or dead letters."""
    state = rows.columns.get("delivery", ()).index("state") if rows.of("delivery") else 0
    found: Set[Row] = {key for key, row in rows.of("delivery").items() if row[state] in ("waiting", "dead")}
    return len(found)
