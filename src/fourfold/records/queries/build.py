"""What a scorecard has and what is still missing, for those who build it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from django.utils import timezone

from fourfold.engine.checks import CHECKS, GATES
from fourfold.engine.checks.waiving import waive
from fourfold.engine.definitions import Definitions
from fourfold.engine.definitions.complete import complete
from fourfold.engine.findings import Finding, Level
from fourfold.records.queries.amendment import ready_of, seen_of
from fourfold.records.queries.kept import kept
from fourfold.records.queries.scope import Scope

#: The checks of the strategy (methodology §1.3).
_STRATEGY: Final = tuple(check for check in CHECKS.values() if re.search(r"\(V\d", check.title))
#: Says for information what no map needs; all other information is what was waived.
_VISION: Final = "VISION"


@dataclass(frozen=True)
class Build:
    """The definitions that are shown, and what the checks of the strategy say about them, the gravest first."""

    definitions: Definitions
    missing: tuple[Finding, ...]

    @property
    def gates(self) -> tuple[Finding, ...]:
        """What keeps a draft from becoming active."""
        return tuple(f for f in self.missing if f.code in GATES and f.level is not Level.INFO)

    @property
    def is_draft(self) -> bool:
        """True while the strategy is written."""
        return self.definitions.strategy.state == "draft"


def build_of(scope: Scope) -> Build:
    """Everything that is defined, and what is missing; the checks are made once for the same definitions."""
    seen = seen_of(scope, ready_of(scope).written)
    today = timezone.localdate(timezone=scope.structure.zone)

    def checked() -> tuple[Finding, ...]:
        whole = complete(seen)
        found = [f for check in _STRATEGY for f in check.findings(whole, {})]
        found = list(waive(found, seen.strategy.waivers, today=today, gates=GATES))
        return tuple(sorted(found, key=lambda f: -f.level))

    key = ("build", today.isoformat(), scope.closed)
    found = kept(scope.run, key, checked, size=len)
    return Build(seen, tuple(f for f in found if not _is_waived(f)))


def _is_waived(finding: Finding) -> bool:
    """A warning that somebody has decided to live with has become information."""
    return finding.level is Level.INFO and finding.code != _VISION
