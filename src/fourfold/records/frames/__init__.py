"""Tables to arrays and back: the only place where numpy, polars and tables meet."""
