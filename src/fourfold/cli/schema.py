"""`fourfold schema`."""

from __future__ import annotations

import json
from typing import Final

import typer

NAME: Final = "schema"


def run() -> None:
    """Print the JSON Schema of scorecard folders, for editors that complete and check YAML while typing."""
    from fourfold.engine.definitions.schema import json_schema

    typer.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))
