"""Rolling up scores: many children into one node, honest about what is missing (methodology §3.6, I5–I8).

Arrays have the children on the last axis; everything before it broadcasts. Sums are exact and the
result is quantised to 1e-6, so that the order of children never shows.
"""

from __future__ import annotations

from functools import reduce
from typing import Final, NamedTuple, TypeVar

import numpy as np

from fourfold.engine.cells import Bools, Floats, Indexes, Numbers
from fourfold.errors import FourfoldError

_A = TypeVar("_A", Floats, Bools)

#: Results are rounded to this many digits, so that the order of children never shows (I7).
DIGITS: Final = 6
#: Where weights add up to 0 nothing is used, and 0 divided by this is 0.
_TINY: Final = 1e-300
#: Steps of the grid on which scores are added up.
_GRID: Final = 2.0**40
#: A critical child below the red line holds its node below these cuts.
VETO: Final = {"veto_red": 49.9, "veto_amber": 89.9}
METHODS: Final = (
    "weighted_mean", "worst_of", "geometric", "power_mean", "best_of", "count_green", "veto_red", "veto_amber",
)  # fmt: skip
#: Sums on the grid: what they may be off is far less than is rounded away.
EXACT: Final = ("weighted_mean", "count_green", "veto_red", "veto_amber")
POLICIES: Final = ("renormalise", "carry_forward", "zero", "neutral", "block")


class RollUpError(FourfoldError):
    """There is no such way of rolling up."""


class RolledUp(NamedTuple):
    """Scores (NaN where there is none), coverage 0..1, and the weight each child was used with (sums to 1)."""

    score: Floats
    coverage: Floats
    used: Floats


def roll_up(
    scores: Floats,
    weights: Numbers,
    *,
    method: str = "weighted_mean",
    missing: str = "renormalise",
    minimum_coverage: float = 0.60,
    allow_over: bool = False,
    critical: Bools | None = None,
    expected: Bools | None = None,
    previous: Floats | None = None,
    power: float | None = None,
    green: float = 90.0,
) -> RolledUp:
    """Scores of nodes from the scores of their children (last axis; NaN where a child has none).

    `expected` says which children should be there: the others (not due, not applicable, not scored) count for
    nothing, neither in weights nor in coverage. `missing` is what happens to an expected child without a score:
    `renormalise` shares out its weight, `carry_forward` takes its `previous` score, `zero` and `neutral` put 0 or
    50, `block` leaves the node without a number. Below `minimum_coverage` there is no number either. Children count
    with at most 100, with `allow_over` 125. `power` makes the mean a power mean, 0 the geometric one. Raises
    `RollUpError` for an unknown method or policy.

    >>> roll_up(np.array([120.0, 62.5, np.nan]), np.array([50.0, 30.0, 20.0])).score.tolist()
    85.9375
    """
    if method not in METHODS or missing not in POLICIES:
        known = ", ".join(METHODS if method not in METHODS else POLICIES)
        wrong = method if method not in METHODS else missing
        raise RollUpError(f"{wrong!r} is not a way of rolling up.", hint=f"Use one of {known}.")
    scores, weights = np.asarray(scores, dtype=np.float64), np.atleast_1d(np.asarray(weights, dtype=np.float64))
    children = _Children(scores, weights, critical, expected, previous)
    policy = _Policy(method, missing, minimum_coverage, allow_over, power, green)
    if not (weights[..., 1:] < weights[..., :-1]).any():
        return _roll_up(children, policy)
    order = np.argsort(np.broadcast_to(weights, np.broadcast_shapes(scores.shape, weights.shape)), axis=-1)
    children = _Children(
        _reordered(scores, order), _reordered(weights, order),
        None if critical is None else _reordered(critical, order),
        None if expected is None else _reordered(expected, order),
        None if previous is None else _reordered(previous, order),
    )  # fmt: skip
    rolled = _roll_up(children, policy)
    return rolled._replace(used=_reordered(rolled.used, np.argsort(order, axis=-1)))


class _Children(NamedTuple):
    """What `roll_up` is given of the children, lightest first: so sums of weights are the same for every order."""

    scores: Floats
    weights: Floats
    critical: Bools | None
    expected: Bools | None
    previous: Floats | None


class _Policy(NamedTuple):
    """How to roll up; see `roll_up`."""

    method: str
    missing: str
    minimum_coverage: float
    allow_over: bool
    power: float | None
    green: float


def _reordered(array: _A, order: Indexes) -> _A:
    return np.take_along_axis(np.broadcast_to(array, order.shape), order, axis=-1)


def _roll_up(children: _Children, policy: _Policy) -> RolledUp:
    scores, weights, critical, expected, previous = children
    method, missing, minimum_coverage, allow_over, power, green = policy
    shape, cap = np.broadcast(scores, weights).shape, 125.0 if allow_over else 100.0
    there = _full(np.isfinite(scores), shape)
    u, filled, gap = np.fmin(scores, cap), there, None  # where there is none, it has no weight
    if missing != "renormalise":
        gap = ~there if expected is None else expected & ~there
        u, filled = _fill(u, there, gap, missing, previous, cap)
    total, used = total_of(weights if expected is None else weights * (expected | there)), weights * filled
    weight = total_of(used)
    # A carried score counts as coverage; an invented 0 or 50 does not.
    available = total_of(weights * there) if missing in ("zero", "neutral") else weight
    coverage = available / np.maximum(total, _TINY)
    share = np.divide(used, np.maximum(weight, _TINY)[..., None], out=used)
    score = _combine(u, share, method, power, green)
    if method not in EXACT or power is not None:
        score = np.clip(score, *_range(u, filled, weights))
    if method in VETO and critical is not None:
        said = filled if missing == "carry_forward" else there
        broken = (_full(critical, shape) & said & (u < 50.0)).any(axis=-1)
        score = np.where(broken, np.minimum(score, VETO[method]), score)
    enough = weight > 0
    if missing not in ("zero", "neutral"):
        enough &= coverage >= minimum_coverage - 1e-9
    if missing == "block" and gap is not None:
        enough &= ~(gap & (weights > 0)).any(axis=-1)
    return RolledUp(np.where(enough, np.round(score, DIGITS), np.nan), coverage, share)


def _full(flags: Bools, shape: tuple[int, ...]) -> Bools:
    return flags if flags.shape == shape else np.broadcast_to(flags, shape)


def total_of(w: Floats) -> Floats:
    """The sum over children (last axis), one after another: the same however many nodes are summed at once."""
    return reduce(np.add, (w[..., i] for i in range(1, w.shape[-1])), w[..., 0]) if w.shape[-1] else w.sum(axis=-1)


def _fill(
    u: Floats, there: Bools, gap: Bools, missing: str, previous: Floats | None, cap: float
) -> tuple[Floats, Bools]:
    """Scores with the gaps filled as the policy says, and which children now take part."""
    if missing == "zero":
        return np.where(gap, 0.0, u), there | gap
    if missing == "neutral":
        return np.where(gap, 50.0, u), there | gap
    if missing == "carry_forward" and previous is not None:
        known = gap & np.isfinite(previous)
        return np.where(known, np.minimum(np.nan_to_num(previous), cap), u), there | known
    return u, there


def _combine(u: Floats, share: Floats, method: str, power: float | None, green: float) -> Floats:
    if method == "geometric":
        power = 0.0
    if power is not None:
        logs = np.log(np.maximum(u, 1.0))
        if power == 0:
            return np.asarray(np.exp(_ordered(share * logs)))
        terms = np.sort(share * np.exp(power * logs), axis=-1)
        return np.asarray(np.exp(np.log(terms.sum(axis=-1).clip(1e-300)) / power))
    if method == "worst_of":
        return np.asarray(np.where(share > 0, u, np.inf).min(axis=-1, initial=np.inf))
    if method == "best_of":
        return np.asarray(np.where(share > 0, u, -np.inf).max(axis=-1, initial=-np.inf))
    if method == "count_green":
        return np.asarray(100.0 * _ordered(np.where(u >= green - 1e-9, share, 0.0)))
    return _ordered(share * u)


def _ordered(terms: Floats) -> Floats:
    """The sum over children, the same for every order of them: on a grid this fine, doubles below 8192 add exactly."""
    grid = terms * _GRID
    return np.asarray(np.rint(grid, out=grid).sum(axis=-1) / _GRID)


def _range(u: Floats, filled: Bools, weights: Floats) -> tuple[Floats, Floats]:
    """Smallest and greatest score used: no mean may leave that range (I5). Where none is used, they mean nothing."""
    used = filled if (weights > 0).all() else filled & (weights > 0)
    # A child that is not used cannot make the smallest smaller where it has none and so the highest of all.
    low = u if used is filled else np.where(used, u, np.inf)
    return low.min(axis=-1, initial=np.inf), np.where(used, u, -np.inf).max(axis=-1, initial=-np.inf)


#: The words of confidence, and from where on each holds.
_TRUST: Final = {"high": 0.85, "medium": 0.60}


def confidence(weights: Numbers, available: Bools, freshness: Numbers, quality: Numbers) -> Floats:
    """Confidence of a node (§3.8): Σ w·a·F·q / Σ w over the last axis; never multiplied into the score.

    >>> round(float(confidence(np.array([.5, .3, .2]), np.array([True, True, False]), np.array([1, .6, 0]),
    ...                        np.array([1, .7, 0]))), 3)
    0.626
    """
    w = np.asarray(weights, dtype=np.float64)
    trust = w * np.where(available, np.asarray(freshness, dtype=np.float64) * quality, 0.0)
    total = total_of(np.broadcast_to(w, trust.shape))
    return np.asarray(np.divide(trust.sum(axis=-1), total, out=np.zeros_like(total), where=total > 0))


def confidence_word(share: float) -> str:
    """High from 0.85 on, medium from 0.60, low below (§3.8).

    >>> [confidence_word(c) for c in (0.85, 0.849, 0.6, 0.1)]
    ['high', 'medium', 'medium', 'low']
    """
    return next((word for word, least in _TRUST.items() if share >= least - 1e-9), "low")
