"""A file of a SFTP server, fetched as a whole by somebody who signs in with a password or a private key.

The server has to show the host key that the connection names, so that nobody else gets the password. Nothing is taken
from the settings, keys or agent of the account that runs the server.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

from fourfold.connectors.download.forms import FORM, rows_in_file
from fourfold.connectors.egress import EgressRefused, Unreachable, allowed_address
from fourfold.connectors.port import Access, Connector, Limits, Option, Rows, SourceAway, SourceError, Window, filled

if TYPE_CHECKING:
    from asyncssh import SFTPClient

_PORT: Final = 22
_WAIT: Final = 10
_CHUNK: Final = 1 << 18
_FINGERPRINT: Final = re.compile(r"SHA256:[A-Za-z0-9+/]{43}")
_PEM: Final = re.compile(r"(-----BEGIN [A-Z ]+-----)(.*)(-----END [A-Z ]+-----)", re.DOTALL)
T = TypeVar("T")

_PLACE: Final = (
    Option("host", "Server", "Its name, such as files.example.org.", True),
    Option("port", "Port", "22 where nothing is said.", form="number"),
    Option("host_key", "Host key", "Its fingerprint, such as SHA256:… of 43 letters: ssh-keyscan HOST | ssh-keygen "
           "-lf -", True),
    Option("user", "User", "One who may read, and nothing else.", True),
    Option("secret", "Password or private key", "A private key as its file has it, without a passphrase. Kept "
           "encrypted and never shown again.", form="secret"),
)  # fmt: skip
_ASK: Final = (
    Option("path", "File", "Its path there; it may name {since} and {until}.", True),
    *FORM,
)


def read(access: Access, ask: Mapping[str, str], window: Window, limits: Limits) -> Rows:
    """The rows of the file. Raises `SourceError`; of a file that is cut off nothing is read."""
    path = filled(ask["path"], window)

    async def fetch(client: SFTPClient) -> bytes:
        size = (await client.stat(path)).size
        if size is not None and size > limits.size:
            raise SourceError(f"The file is larger than {limits.size:,} bytes.", hint="Sum up before it is written.")
        content, source = bytearray(), await client.open(path, "rb")  # it is closed with the connection
        while part := await source.read(_CHUNK):
            content += part
            if len(content) > limits.size:
                raise SourceError(f"The file is larger than {limits.size:,} bytes.")
        if size is not None and len(content) != size:
            message = f"The file has {size:,} bytes, and {len(content):,} came."
            raise SourceAway(message, hint="Is it still being written?")
        return bytes(content)

    return rows_in_file(_visit(access, limits, fetch), ask, limits)


def reach(access: Access, limits: Limits) -> str:
    """See `port.Reach`."""

    async def look(client: SFTPClient) -> str:
        await client.stat(".")
        return "The server lets the user in"

    return _visit(access, limits, look)


SFTP: Final = Connector("sftp", "File on a SFTP server", _PLACE, _ASK, read, reach)


def _visit(access: Access, limits: Limits, do: Callable[[SFTPClient], Awaitable[T]]) -> T:
    """What comes of a visit that takes no longer than a run may. Raises `SourceError`."""
    try:
        import asyncssh
    except ImportError:
        hint = "Whoever runs the server installs it: pip install 'fourfold[sftp]'"
        raise SourceError("What speaks SFTP is not installed here.", hint=hint) from None
    host = access.options.get("host", "")
    told = _told(access, asyncssh)

    async def visit() -> T:
        async with asyncio.timeout(limits.seconds):
            opened = await asyncssh.connect(**told)
            try:
                return await do(await opened.start_sftp_client())
            finally:
                opened.abort()  # to take leave is to wait for an answer, which may never come

    try:
        return asyncio.run(visit())
    except TimeoutError:
        raise SourceAway(f"{host} took longer than a run may.") from None
    except asyncssh.HostKeyNotVerifiable:
        hint = "Ask whoever runs it whether its key was changed. Until then it is not to be trusted."
        raise SourceError(f"{host} shows another host key than the connection names.", hint=hint) from None
    except asyncssh.PermissionDenied:
        raise SourceError(f"{host} does not let the user in.", hint="Look at the user and the secret.") from None
    except asyncssh.SFTPError as error:
        raise _said(error, asyncssh) from None
    except (asyncssh.Error, OSError):
        raise SourceAway(f"{host} does not answer as a SFTP server should.", hint="Is it running there?") from None


def _said(error: Any, asyncssh: Any) -> SourceError:
    if isinstance(error, asyncssh.SFTPNoSuchFile | asyncssh.SFTPNoSuchPath):
        return SourceError("There is no such file on the server.", hint="Look at its path, and at the days in it.")
    if isinstance(error, asyncssh.SFTPPermissionDenied):
        return SourceError("The user may not read that file.", hint="Let whoever runs the server allow it.")
    return SourceAway("The server broke off.")


def _told(access: Access, asyncssh: Any) -> dict[str, Any]:
    """What the library is told: the address that was found to be allowed, one way to sign in, one key to trust."""
    options, policy = access.options, access.policy
    host, port = options.get("host", ""), int(options.get("port") or _PORT)
    wanted = options.get("host_key", "").strip()
    if not _FINGERPRINT.fullmatch(wanted):
        raise SourceError("The host key is no fingerprint.", hint="Write SHA256: and the 43 letters after it.")
    try:
        address = allowed_address(host, port, replace(policy, ports=policy.ports | {_PORT}))
    except EgressRefused as error:
        raise SourceError(error.message, hint=error.hint) from None
    except Unreachable as error:
        raise SourceAway(error.message, hint=error.hint) from None

    class Client(asyncssh.SSHClient):  # type: ignore[misc]
        def validate_host_public_key(self, host: str, addr: str, port: int, key: Any) -> bool:
            return bool(key.get_fingerprint() == wanted)

    told: dict[str, Any] = {
        "host": address, "port": port, "username": options.get("user", ""), "client_factory": Client, "config": None,
        "known_hosts": ([], [], []), "agent_path": None, "connect_timeout": _WAIT, "login_timeout": _WAIT,
    }  # fmt: skip
    return told | (_key(access.secret, asyncssh) or {"password": access.secret, "client_keys": None})


def _key(secret: str, asyncssh: Any) -> dict[str, Any] | None:
    """A private key, also where a form took the ends of its lines; None for a password."""
    found = _PEM.search(secret)
    if found is None:
        return None
    body = found[2] if "\n" in found[2].strip() else "".join(found[2].split())
    try:
        key = asyncssh.import_private_key(f"{found[1]}\n{body.strip()}\n{found[3]}\n")
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError):
        hint = "Paste a whole private key that has no passphrase."
        raise SourceError("The private key cannot be read.", hint=hint) from None
    return {"client_keys": [key], "password": None}
