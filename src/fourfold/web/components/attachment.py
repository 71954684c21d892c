"""Files of figures as pages show them."""

from __future__ import annotations

from typing import Any

from fourfold.connectors.files.content import KINDS
from fourfold.engine.definitions import Kpi
from fourfold.records.models import Attachment
from fourfold.records.queries.structure import slug
from fourfold.web.address import Here, path
from fourfold.web.components.dates import moment_text

_WORDS = {kind.media_type: kind.word for kind in KINDS}


def attachments_url(here: Here, kpi: Kpi, **query: str) -> str:
    """The page of the files of a KPI in the unit."""
    address = path("attachments", here.scope.structure.kpi_pk[kpi.code], slug(kpi.name))
    return here.at(address, here.place() | query)


def attachment_row(here: Here, kpi: Kpi, row: Attachment) -> dict[str, Any]:
    """One file: of which period, what it is, and who brought and who removed it when."""
    pk, is_then = here.scope.structure.kpi_pk[kpi.code], here.scope.then is not None
    is_gone = row.removed_at is not None and not is_then
    address = path("attachment", pk, slug(kpi.name), str(row.pk))
    return {
        "pk": row.pk, "name": row.name, "word": _WORDS.get(row.media_type, "file"), "size": row.size,
        "period": here.scope.structure.calendar.parse(row.period).label, "at": moment_text(row.at),
        "by": row.by.name if row.by else "an administrator", "sha256": row.sha256, "is_gone": is_gone,
        "gone_at": moment_text(row.removed_at) if row.removed_at and is_gone else "",
        "gone_by": row.removed_by.name if row.removed_by else "an administrator",
        "url": "" if is_gone else here.at(address, here.place()),
    }  # fmt: skip
