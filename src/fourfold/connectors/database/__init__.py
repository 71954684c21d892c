"""Databases through SQLAlchemy: one statement that reads, in a session that can do nothing else."""

from fourfold.connectors.database.read import DATABASE

__all__ = ["DATABASE"]
