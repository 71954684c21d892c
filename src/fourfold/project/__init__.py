"""The Django project: settings, addresses, checks and the server's entry point."""
