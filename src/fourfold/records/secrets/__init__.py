"""Secrets at rest: each organisation's data key, locked with a master key that no database and no backup holds."""
