"""REST for programs: one router per noun."""
