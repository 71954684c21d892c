"""Whether a peer gives the engine's answers: for every cell, or the run ends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from fourfold.engine.cells import Mark
from fourfold.engine.evaluate import Evaluation

#: Tables by level ("kpi", then those of the nodes), rows in the order of definitions, units and periods.
Answers = Mapping[str, Any]


def agree(peer: str, evaluation: Evaluation, answers: Answers) -> None:
    """Compare all columns; raises `SystemExit` where one differs."""

    def same(what: str, ours: np.ndarray, theirs: Any, tolerance: float) -> None:
        ours, other = ours.reshape(-1).astype(float), np.asarray(theirs, dtype=float)
        near = np.isclose(ours, other, rtol=tolerance, atol=tolerance, equal_nan=True)
        if not near.all():
            count = int((~near).sum())
            raise SystemExit(f"{peer} does not agree about the {what}: {count:,} of {len(ours):,} cells differ.")

    kpis, cells = evaluation.kpis, answers["kpi"]
    order = [kpis.index[f"kpi:{k.code}"] for k in evaluation.definitions.kpis]
    for name in ("value", "target", "score", "status", "coverage", "confidence"):
        same(f"{name} of KPIs", getattr(kpis, name)[order], cells[name], 1e-9)
    same("borderline statuses of KPIs", (kpis.marks[order] & np.uint8(Mark.BORDERLINE)) != 0, cells["borderline"], 0)
    for level in (level for level in answers if level != "kpi"):
        found = answers[level]
        names = [f"{level}:{node}" if node else level for node in dict.fromkeys(found["node"])]
        rows = [evaluation.nodes.index[name] for name in names]
        # The engine rounds the scores of nodes to six digits, level by level.
        same(f"score of each {level}", evaluation.nodes.score[rows], found["score"], 2e-6)
        for name in ("status", "coverage", "confidence"):
            same(f"{name} of each {level}", getattr(evaluation.nodes, name)[rows], found[name], 1e-9)
    print(f"Values, targets, scores, statuses, coverage, confidence and borderline marks are those of {peer}.")
