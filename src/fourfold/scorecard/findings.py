"""What is raised for a scorecard that has mistakes: the findings."""

from __future__ import annotations

from fourfold.engine.findings import Finding, errors
from fourfold.errors import FourfoldError


class FolderError(FourfoldError):
    """The scorecard folder has mistakes."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        """Keep the findings; the message counts the errors and shows the first ones."""
        self.findings = findings
        wrong = errors(findings)
        shown = "\n".join(str(f) for f in wrong[:10])
        more = f"\n… and {len(wrong) - 10} more" if len(wrong) > 10 else ""
        super().__init__(f"{len(wrong)} error{'s' if len(wrong) != 1 else ''} in the scorecard:\n{shown}{more}")
