"""Passwords of tests are hashed as the product does, with a thousandth of the work; one test is of how much that is."""

from fourfold.project.passwords import Argon2


class Quick(Argon2):
    """Argon2id with the least of everything."""

    time_cost, memory_cost, parallelism = 1, 8, 1
