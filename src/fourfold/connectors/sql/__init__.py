"""Feeds by SQL: statements in `feeds/` read a database and give rows. Read only, one statement a file, no code run."""

from fourfold.connectors.sql.parse import Feeds, parse_feeds
from fourfold.connectors.sql.read import read_feeds, variable

__all__ = ["Feeds", "parse_feeds", "read_feeds", "variable"]
