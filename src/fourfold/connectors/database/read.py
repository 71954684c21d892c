"""One statement, its rows: of a server, or of a file in the folder that the operator named."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fourfold.connectors.database.dialects import DIALECTS, Dialect, engine_of
from fourfold.connectors.database.files import FILES
from fourfold.connectors.database.login import login_of
from fourfold.connectors.port import Access, Connector, Limits, Option, Rows, SourceAway, SourceError, Window, rows_of
from fourfold.engine.words import choices

if TYPE_CHECKING:  # see `dialects`
    from sqlalchemy import TextClause
    from sqlalchemy.exc import SQLAlchemyError

_PLACE: Final = (
    Option("dialect", "Database", choices=(
        *((d.code, d.name) for d in DIALECTS.values()), *((f.code, f.name) for f in FILES.values())
    )),
    Option("host", "Server", "Its name, such as db.example.org. Nothing for a file, nor for BigQuery."),
    Option("port", "Port", "The usual one where nothing is said.", form="number"),
    Option("database", "Name of the database", "For a file: its name in the folder of the server. For Oracle the "
           "service, for Trino CATALOG/SCHEMA, for Snowflake DATABASE/SCHEMA, for BigQuery PROJECT/DATASET.", True),
    Option("user", "User", "One who may read, and nothing else."),
    Option("secret", "Password", "For BigQuery the JSON key file of a service account. Kept encrypted and never shown "
           "again.", form="secret"),
    Option("tls", "TLS", choices=(("on", "on, and the certificate is checked"),
                                  ("off", "off: within a private network alone"))),
)  # fmt: skip
_ASK: Final = (
    Option("statement", "Statement", "One SELECT; it may name :since and :until, the days that a run is about.", True,
           "text"),
)  # fmt: skip


def read(access: Access, ask: Mapping[str, str], window: Window, limits: Limits) -> Rows:
    """The rows of the statement. Raises `SourceError`; no message holds the password."""
    from sqlalchemy.exc import SQLAlchemyError

    code = access.options.get("dialect") or "postgresql"
    statement = ask.get("statement", "").strip().rstrip(";").rstrip()
    if not statement:
        raise SourceError("There is no statement.", hint="Write one SELECT.")
    clause, parameters = _bound(statement, window)
    if code in FILES:
        columns, rows = FILES[code].run(_file(access), statement, parameters, limits)
        return rows_of(columns, rows, limits)
    try:
        return _ask(DIALECTS[code], access, clause, parameters, limits)
    except SQLAlchemyError as error:
        raise _said(error, access.secret) from None
    except OSError:
        raise SourceAway(
            f"{access.options.get('host')} does not answer.", hint="Is it running, and at this port?"
        ) from None


def reach(access: Access, limits: Limits) -> str:
    """See `port.Reach`."""
    code, today = access.options.get("dialect") or "postgresql", date(1970, 1, 1)
    one = DIALECTS[code].one if code in DIALECTS else "SELECT 1 AS one"
    read(access, {"statement": one}, Window(today, today), limits)
    asked = _RIGHTS.get(code)
    if asked is None:
        return "The database answers"
    statement, strong = asked
    found = read(access, {"statement": statement}, Window(today, today), limits)
    if any(strong.search(cell or "") for row in found.rows for cell in row):
        return "The database answers, but its user may write files of that server: use one who may only read"
    return "The database answers"


#: What a server says of the rights of its user, and the words of those that no read-only session takes away.
_RIGHTS: Final = {
    "postgresql": ("SELECT rolsuper FROM pg_roles WHERE rolname = current_user", re.compile("true")),
    "mysql": ("SHOW GRANTS", re.compile(r"GRANT ([^`]*\bFILE\b|ALL PRIVILEGES ON \*\.\*)")),
}


DATABASE: Final = Connector("database", "Database (SQL)", _PLACE, _ASK, read, reach)


def _bound(statement: str, window: Window) -> tuple[TextClause, dict[str, Any]]:
    from sqlalchemy import text

    clause = text(statement)
    known = {"since": window.since, "until": window.until}
    named = set(clause.compile().params)
    if strange := sorted(named - known.keys()):
        hint = "It may name :since and :until. Write \\: for a colon that is none of these."
        raise SourceError(f"Nobody knows what {choices([f':{name}' for name in strange], 'and')} is.", hint=hint)
    return clause, {name: known[name] for name in named}


def _ask(dialect: Dialect, access: Access, clause: TextClause, parameters: dict[str, Any], limits: Limits) -> Rows:
    engine = engine_of(dialect, login_of(access, limits, port=dialect.port, host=dialect.host))
    with closing(engine.connect()) as opened:
        connection = opened.execution_options(**dialect.options)
        for said in dialect.before:
            connection.exec_driver_sql(said)
        if dialect.code == "mysql":
            connection.exec_driver_sql(_mysql_limit(connection.dialect, limits))
            connection.commit()  # what is set of a session holds from its next transaction on
        result = connection.execute(clause, parameters)
        if not result.returns_rows:
            raise SourceError("The statement gives no rows.", hint="Write one SELECT; feeds only ever read.")
        rows = [tuple(row) for row in result.fetchmany(limits.rows + 1)]
        return rows_of(tuple(result.keys()), rows, limits)


def _mysql_limit(dialect: Any, limits: Limits) -> str:
    seconds = max(1, int(limits.seconds))
    if getattr(dialect, "is_mariadb", False):
        return f"SET SESSION max_statement_time = {seconds}"
    return f"SET SESSION max_execution_time = {seconds * 1000}"


def _file(access: Access) -> Path:
    """The file in the operator's folder; a name that leads out of it is refused."""
    name = access.options.get("database", "")
    if access.folder is None:
        hint = "Whoever runs the server can: FOURFOLD_FEED_FOLDER names the folder of files that feeds may read."
        raise SourceError("Files of the server are not read here.", hint=hint)
    path = (access.folder / name).resolve()
    if not path.is_relative_to(access.folder.resolve()) or not path.is_file():
        raise SourceError(f"There is no file {name} in the folder of files that feeds may read.")
    return path


_AWAY: Final = re.compile(r"connect|timed? ?out|timeout|closed|gone away|lost|starting up|shutting down", re.IGNORECASE)

_WRONG: Final = re.compile(r"authentication|does not exist|denied|unknown database", re.IGNORECASE)


def _said(error: SQLAlchemyError, secret: str) -> SourceError:
    """What the database says, in one line and without the password."""
    from sqlalchemy.exc import DBAPIError

    cause = error.orig or error if isinstance(error, DBAPIError) else error
    parts: tuple[object, ...] = getattr(cause, "args", ())
    said = str(parts[1] if len(parts) > 1 and isinstance(parts[0], int) else cause).strip() or type(cause).__name__
    line = said.splitlines()[0].rstrip(".")
    if secret:
        line = line.replace(secret, "…")
    if "read-only" in line.casefold() or "read only" in line.casefold():
        return SourceError("The statement does something else than read.", hint="Write one SELECT; feeds only read.")
    is_away = isinstance(error, DBAPIError) and (error.connection_invalidated or _AWAY.search(line))
    if is_away and not _WRONG.search(line):
        return SourceAway(f"The database says: {line}.")
    return SourceError(f"The database says: {line}.", hint="Correct it; a SQL tool on the same database helps.")
