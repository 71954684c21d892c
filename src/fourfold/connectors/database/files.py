"""Databases that are files: SQLite, DuckDB, and a Parquet file as the table `rows`."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from fourfold.connectors.port import Limits, SourceError
from fourfold.connectors.sql import sqlite
from fourfold.connectors.sql.database import Refused, Unreadable

Table = tuple[tuple[str, ...], list[tuple[object, ...]]]
Run = Callable[[Path, str, Mapping[str, Any], Limits], Table]


@dataclass(frozen=True, slots=True)
class File:
    """One form of file that is asked by SQL."""

    code: str
    name: str
    run: Run


def _sqlite(path: Path, statement: str, parameters: Mapping[str, Any], limits: Limits) -> Table:
    days = {name: str(value) for name, value in parameters.items()}
    try:
        with sqlite.opened(path) as connection:
            names, rows = sqlite.run(
                connection, statement, timeout=max(1, int(limits.seconds)), row_limit=limits.rows, parameters=days
            )
    except (Refused, Unreadable) as error:
        raise SourceError(error.message.replace(str(path), path.name), hint=error.hint) from None
    return names, list(rows)


def _duckdb(path: Path, statement: str, parameters: Mapping[str, Any], limits: Limits) -> Table:
    """A DuckDB file that is only read, or a Parquet file; no other file and no network is reached from within."""
    try:
        import duckdb
    except ImportError:
        hint = "Whoever runs the server installs it: pip install duckdb"
        raise SourceError("DuckDB is not installed here.", hint=hint) from None
    is_table = path.suffix.casefold() in (".parquet", ".pq")
    opened = duckdb.connect(":memory:" if is_table else str(path), read_only=not is_table)
    clock = threading.Timer(limits.seconds, opened.interrupt)
    try:
        clock.start()
        if is_table:
            opened.execute("SET allowed_paths = [?]", [str(path)])
            opened.execute(f"CREATE VIEW rows AS SELECT * FROM read_parquet({_quoted(str(path))})")
        opened.execute("SET enable_external_access = false")
        opened.execute("SET lock_configuration = true")
        named = {f"${name}": value for name, value in parameters.items()}
        found = opened.extract_statements(_dollars(statement, named))
        if len(found) != 1 or found[0].type != duckdb.StatementType.SELECT:
            raise SourceError("The statement does something else than read.", hint="Write one SELECT; feeds only read.")
        opened.execute(found[0], dict(parameters) or None)
        names = tuple(column[0] for column in opened.description or ())
        return names, opened.fetchmany(limits.rows + 1)
    except duckdb.InterruptException:
        raise SourceError(f"The statement was stopped after {limits.seconds:g} s.", hint="Make it faster.") from None
    except duckdb.Error as error:
        said = str(error).splitlines()[0].replace(str(path), path.name).rstrip(".")
        raise SourceError(f"The database says: {said}.", hint="Correct it; DuckDB’s own shell helps.") from None
    finally:
        clock.cancel()
        opened.close()


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _dollars(statement: str, named: Mapping[str, Any]) -> str:
    """`:since` as DuckDB writes it."""
    for name in named:
        statement = statement.replace(f":{name[1:]}", name)
    return statement


FILES: Final = {
    file.code: file
    for file in (File("sqlite", "SQLite file", _sqlite), File("duckdb", "DuckDB or Parquet file", _duckdb))
}
