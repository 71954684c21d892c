"""Who may see and do what: roles and rules, pure functions without a database."""
