"""The calculation: pure functions over frozen definitions and dense blocks; no Django, files, network or clock."""
