"""Every kind of source, by its code."""

from __future__ import annotations

from typing import Final

from fourfold.connectors.database import DATABASE
from fourfold.connectors.download import DOWNLOAD
from fourfold.connectors.hook import HOOK
from fourfold.connectors.odata import ODATA
from fourfold.connectors.port import Connector
from fourfold.connectors.rest import REST
from fourfold.connectors.sftp import SFTP
from fourfold.connectors.sheets import SHEETS
from fourfold.connectors.tryton import TRYTON

KINDS: Final[dict[str, Connector]] = {
    kind.code: kind for kind in (DATABASE, REST, ODATA, DOWNLOAD, SFTP, SHEETS, TRYTON, HOOK)
}
