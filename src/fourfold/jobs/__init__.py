"""Timed and queued work: each job is a few lines that call an action."""
