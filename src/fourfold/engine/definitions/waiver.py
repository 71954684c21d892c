"""A waiver: somebody's decision to live with what a check says, for a reason and until a day."""

from __future__ import annotations

from fourfold.engine.definitions.base import Code, Definition, Line, Name


class Waiver(Definition):
    """What a check says about `thing` no longer counts until the day `until`; it is still shown, with the reason.

    Only warnings and what keeps a draft from becoming active can be waived: an error is what no calculation can use.
    """

    check: Name  # the code of the check, such as LINK-DOWN
    thing: Line = ""  # what the finding is about, as it is shown: `objective:earn`, `link:a>b`; everything without one
    reason: Name  # why it is right to live with it
    until: Line  # the last day it holds, `YYYY-MM-DD`
    author: Code | None = None  # the person who decided it
