"""Bring rows from outside."""
