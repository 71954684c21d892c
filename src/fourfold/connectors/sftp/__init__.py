"""Files of a server that speaks SFTP."""

from fourfold.connectors.sftp.read import SFTP

__all__ = ["SFTP"]
