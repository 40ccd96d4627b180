"""Taking back what a test committed: row by row, since a fresh copy of a database takes a second and more."""

from dataclasses import dataclass
from typing import Any, Self

import psycopg
from psycopg import sql

Session = psycopg.Connection[tuple[Any, ...]]
Mark = tuple[int, int]
"""Of a table or catalogue: its number of rows, and the youngest transaction that wrote one."""

#: whatever changes the shape of a database writes into one of them
_CATALOGUES = [
    f"pg_{what}"
    for what in (
        "attrdef",
        "attribute",
        "class",
        "constraint",
        "index",
        "namespace",
        "proc",
        "trigger",
        "type",
    )
]


@dataclass
class Untouched:
    """A database as it was before any test wrote into it."""

    shape: dict[str, Mark]
    #: of every table that was ever written into
    marks: dict[str, Mark]
    #: table -> its rows, as COPY writes and reads them; empty tables are left out
    rows: dict[str, bytes]
    #: name -> where it begins, and where it is; None: not begun
    sequences: dict[str, tuple[int, int | None]]

    @classmethod
    def of(cls, session: Session) -> Self:
        marks = _marks(session, _written(session))
        rows = {table: _copied(session, table) for table, (count, _) in marks.items() if count}
        return cls(_shape(session), marks, rows, _sequences(session))

    def bring_back(self, session: Session) -> bool:
        """Be alone in the database and give it back its rows; False where only a fresh copy helps.

        That is where a test changed more than rows, or where we may not keep triggers and foreign keys quiet.
        """
        _end_others(session)
        if _shape(session) != self.shape:
            return False
        try:
            session.execute("SET session_replication_role = replica")
        except psycopg.errors.InsufficientPrivilege:
            return False
        self._bring_back_rows(session)
        self._set_back_sequences(session)
        return True

    def _bring_back_rows(self, session: Session) -> None:
        now = _marks(session, _written(session))
        changed = [table for table, mark in now.items() if mark != self.marks.get(table)]
        with session.transaction():
            for table in changed:
                _rewrite(session, table, self.rows.get(table, b""))
        self.marks |= _marks(session, changed)

    def _set_back_sequences(self, session: Session) -> None:
        for name, place in _sequences(session).items():
            if place != self.sequences[name]:
                start, last = self.sequences[name]
                arguments = [sql.Identifier(name).as_string(), last or start, last is not None]
                session.execute("SELECT setval(%s::regclass, %s, %s)", arguments)


def _written(session: Session) -> list[str]:
    """Tables with a first page: every one that has, or had, a row."""
    found = session.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND relkind = 'r' AND pg_relation_size(oid) > 0"
    )
    return [name for (name,) in found]


def _shape(session: Session) -> dict[str, Mark]:
    return _marks(session, _CATALOGUES)


def _marks(session: Session, tables: list[str]) -> dict[str, Mark]:
    if not tables:
        return {}
    one = "SELECT {name}, count(*), coalesce(max(xmin::text::bigint), 0) FROM {table}"
    asked = [sql.SQL(one).format(name=table, table=sql.Identifier(table)) for table in tables]
    found = session.execute(sql.SQL(" UNION ALL ").join(asked))
    return {name: (count, youngest) for name, count, youngest in found}


def _copied(session: Session, table: str) -> bytes:
    question = sql.SQL("COPY {} TO STDOUT (FORMAT binary)").format(sql.Identifier(table))
    with session.cursor().copy(question) as copy:
        return b"".join(copy)


def _rewrite(session: Session, table: str, rows: bytes) -> None:
    """Not by TRUNCATE: that would change the shape."""
    session.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
    if rows:
        statement = sql.SQL("COPY {} FROM STDIN (FORMAT binary)").format(sql.Identifier(table))
        with session.cursor().copy(statement) as copy:
            copy.write(rows)


def _sequences(session: Session) -> dict[str, tuple[int, int | None]]:
    asked = "SELECT sequencename, start_value, last_value FROM pg_sequences WHERE schemaname = 'public'"
    return {name: (start, last) for name, start, last in session.execute(asked)}


def _end_others(session: Session) -> None:
    """Threads of the test may still be at work; nothing of theirs may come after."""
    session.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
