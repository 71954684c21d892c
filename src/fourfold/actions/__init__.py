"""Everything that changes something, one file per verb and noun."""
