"""A link says what it claims."""

from __future__ import annotations

from collections.abc import Iterator

from fourfold.engine.checks.rule import Said, rule
from fourfold.engine.definitions import Definitions
from fourfold.engine.findings import Level
from fourfold.engine.words import choices


@rule("LINK-HYPOTHESIS", "A link does not say why or how late (V11)")
def link_hypothesis(d: Definitions) -> Iterator[Said]:
    """A link is a claim that figures can support or not: `hypothesis` is the sentence, `lag` the window of months
    after which the effect should show. Without both nobody can test it. The sign is + unless the link says -.
    """
    for link in d.links:
        lacking = [f"`{key}`" for key, there in (("hypothesis", link.hypothesis), ("lag", link.lag)) if not there]
        if lacking:
            message = f"The link from {link.source} to {link.target} has no {choices(lacking, 'and no')} (V11)."
            fix = "Write why the one should move the other, and after how many months: `lag: [1, 6]`."
            yield Said(f"link:{link.source}>{link.target}", message, fix, Level.WARNING)
