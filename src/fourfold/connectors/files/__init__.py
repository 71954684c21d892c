"""Scorecard folders: definitions as YAML texts, tables of figures as CSV, TSV or Parquet under `measurements/`.

Nothing is interpreted here: a definition is text with a name, a table is columns with the line of each row. What can
be wrong with a *file* (its bytes, lines, cells) is found here; what is wrong with what it says is found by the engine.
"""

from fourfold.connectors.base import Table
from fourfold.connectors.files.folder import Content, read_folder

__all__ = ["Content", "Table", "read_folder"]
