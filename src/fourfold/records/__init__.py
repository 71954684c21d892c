"""What we keep: the one application with tables."""
