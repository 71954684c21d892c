"""The command line, `fourfold …`: engine commands need no database, server commands set one up."""

from fourfold.cli.app import app, main

__all__ = ["app", "main"]
