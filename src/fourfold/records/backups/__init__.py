"""Backups: a whole installation as one file, and back. No module here knows why it is called; `actions/` does."""
