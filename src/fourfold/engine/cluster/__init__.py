"""The same engine on Apache Spark: many workers, each with some KPIs and then with some units.

Stage 1 groups figures by families of KPIs that formulas connect, each with all units, because figures roll up over
units; stage 2 groups scores by unit, because scores roll up over KPIs. Both run the functions that `evaluate` runs.
Nothing here imports Spark: the caller brings a session.
"""
