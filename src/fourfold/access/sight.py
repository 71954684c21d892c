"""What a principal sees of each organisation, as conditions on its units."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

from fourfold.access.roles import Action, Reach, reach
from fourfold.access.rules import Grant, Principal, covers


@dataclass(frozen=True)
class Sight:
    """The subtrees of one organisation that are seen, None being everything, and those of them that are not.

    In `own` only the KPIs of `person` are seen, unless the unit is in `paths` as well. Of those in `paths` confidential
    KPIs are seen in `cleared` alone. In `statuses` no numbers are seen, but the statuses of what `paths` would show.
    """

    organisation: int
    paths: tuple[str | None, ...]
    own: tuple[str | None, ...]
    hidden: tuple[str | None, ...]
    person: int | None
    cleared: tuple[str | None, ...] = ()
    statuses: tuple[str | None, ...] = ()

    @property
    def sees_any(self) -> bool:
        """True when units are seen, and not only what the person owns in them."""
        return bool(self.paths or self.statuses)

    def sees(self, path: str) -> bool:
        """True when the unit is seen, if only for the KPIs of the person."""
        return self.sees_all(path) or self.owns_in(path)

    def sees_all(self, path: str) -> bool:
        """True when all KPIs of the unit are seen, if only by their statuses."""
        return self._in((*self.paths, *self.statuses), path) and not self._in(self.hidden, path)

    def sees_numbers(self, path: str) -> bool:
        """True when numbers are seen, and not statuses alone."""
        return self._in(self.paths, path) and not self._in(self.hidden, path)

    @cached_property
    def is_all_cleared(self) -> bool:
        """True when confidential KPIs are seen wherever others are."""
        seen = (*self.paths, *self.statuses)
        return all(any(covers(outer, path) for outer in self.cleared) for path in seen)

    @property
    def sees_groups(self) -> bool:
        """True when small groups are seen: with a clearance for all that is seen, where no part is denied.

        Whoever sees a sum and not all of its parts could work out the part that is hidden.
        """
        return self.is_all_cleared and not self.hidden

    def owns_in(self, path: str) -> bool:
        """True when what the person owns in the unit is seen, confidential or not."""
        return self._in(self.own, path) and not self._in(self.hidden, path)

    def is_cleared(self, path: str) -> bool:
        """True when confidential KPIs of the unit are seen, where others are."""
        return self._in(self.cleared, path)

    @staticmethod
    def _in(paths: tuple[str | None, ...], path: str) -> bool:
        return any(covers(outer, path) for outer in paths)


@lru_cache(maxsize=1024)
def sights_of(principal: Principal, action: Action = Action.SEE) -> dict[int, Sight]:
    """What is seen of each organisation, by its id; those of which nothing is seen are not there.

    With another action it is where that may be done: with `AUDIT` the units whose events may be read.

    It is kept in memory, since every query asks.
    """
    found: dict[int, Sight] = {}
    if not principal.lets(action):
        return found
    for organisation in principal.organisations:
        grants = [g for g in principal.effective if g.organisation == organisation]
        far = [(g.path, reach(g.role, action), g) for g in grants]
        paths = [p for p, r, g in far if _reaches(r, g, action) and not g.statuses_only]
        statuses = [p for p, r, g in far if _reaches(r, g, action) and g.statuses_only]
        own = [p for p, r, _ in far if r is Reach.OWN]
        cleared = [g.path for g in grants if g.confidential and not g.statuses_only]
        hidden = [d.path for d in principal.denials if d.organisation == organisation]
        if paths or own or statuses:
            found[organisation] = Sight(
                organisation, _outermost(paths), _outermost(own), _outermost(hidden), principal.person,
                _outermost(cleared), _outermost(statuses),
            )  # fmt: skip
    return found


def _reaches(far: Reach, grant: Grant, action: Action) -> bool:
    """True where the grant shows all KPIs of its units; a guest link those of the one thing that it is bound to."""
    return far is Reach.ALL or (far is Reach.SCOPE and action in grant.scopes) or (
        far is Reach.SNAPSHOT and grant.snapshot is not None
    )


def _outermost(paths: list[str | None]) -> tuple[str | None, ...]:
    """Without those inside another, in a fixed order, so that the same sight has the same name."""
    kept = {p for p in paths if not any(q != p and covers(q, p) for q in paths)}
    return tuple(sorted(kept, key=lambda path: path or ""))
