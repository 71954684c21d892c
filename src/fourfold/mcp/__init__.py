"""Tools for AI agents, read-only by default."""
