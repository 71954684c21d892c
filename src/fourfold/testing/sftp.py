"""A SFTP server over a folder, for tests of whatever fetches from one. It needs asyncssh: `fourfold[sftp]`.

Files called `slow` come after a long while, `short` ends before the size that it is said to have.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

USER: Final = "reader"
PASSWORD: Final = "sesame-canary-7319"


class Sftp(NamedTuple):
    """Where it listens, the fingerprint of its host key, and a private key that lets `USER` in too."""

    port: int
    fingerprint: str
    key: str


@contextmanager
def sftp(folder: Path) -> Iterator[Sftp]:
    """A server that gives the files of the folder until the end of the block."""
    import asyncssh

    own, theirs = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
    loop = asyncio.new_event_loop()

    class Door(asyncssh.SSHServer):  # type: ignore[misc]
        def password_auth_supported(self) -> bool:
            return True

        def validate_password(self, username: str, password: str) -> bool:
            return (username, password) == (USER, PASSWORD)

        def public_key_auth_supported(self) -> bool:
            return True

        def validate_public_key(self, username: str, key: Any) -> bool:
            return bool(username == USER and key == theirs.convert_to_public())

    class Files(asyncssh.SFTPServer):  # type: ignore[misc]
        def __init__(self, chan: Any) -> None:
            super().__init__(chan, chroot=str(folder).encode())

        def stat(self, path: bytes) -> Any:
            found = super().stat(path)
            if path.endswith(b"short"):
                found = asyncssh.SFTPAttrs.from_local(found)
                found.size += 100
            return found

        async def read(self, file_obj: Any, offset: int, size: int) -> bytes:
            if str(file_obj.name).endswith(("slow", "slow'")):
                await asyncio.sleep(60)  # whoever waits for it is too patient
            return bytes(super().read(file_obj, offset, size))

    async def listen() -> Any:
        return await asyncssh.create_server(Door, "127.0.0.1", 0, server_host_keys=[own], sftp_factory=Files)

    server = loop.run_until_complete(listen())
    running = threading.Thread(target=loop.run_forever, daemon=True)
    running.start()
    try:
        yield Sftp(server.get_port(), own.get_fingerprint(), theirs.export_private_key().decode())
    finally:
        asyncio.run_coroutine_threadsafe(_end(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        running.join(10)
        loop.close()


async def _end(server: Any) -> None:
    server.close()
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()
