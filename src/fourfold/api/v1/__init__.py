"""Version 1 of the API: a router per noun with its schemas."""
