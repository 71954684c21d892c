"""Where a server is and who asks, once it is known that it may be asked."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from typing import Final

from fourfold.connectors.egress import EgressRefused, Unreachable, allowed_address, is_allowed
from fourfold.connectors.port import Access, Limits, SourceAway, SourceError

WAIT: Final = 10  # seconds until a server that does not answer counts as away


@dataclass(frozen=True, slots=True)
class Login:
    """Where a server is and who asks; `address` is the one that was found to be allowed."""

    host: str
    port: int
    address: str
    database: str
    user: str
    password: str = field(repr=False)
    is_private: bool  # TLS is not used: within a network that the operator named
    ca: str | None
    seconds: int


def login_of(access: Access, limits: Limits, *, port: int, host: str = "") -> Login:
    """Look the server up and see whether it may be asked; with its usual `port` and `host`. Raises `SourceError`."""
    options, policy = access.options, replace(access.policy, ports=access.policy.ports | {port})
    host, port = options.get("host") or host, int(options.get("port") or port)
    try:
        address = allowed_address(host, port, policy)
    except EgressRefused as error:
        raise SourceError(error.message, hint=error.hint) from None
    except Unreachable as error:
        raise SourceAway(error.message, hint=error.hint) from None
    is_private = options.get("tls") == "off"
    if is_private and is_allowed(ip_address(address.partition("%")[0])):
        raise SourceError(f"{host} is on the Internet: it is not asked without TLS.", hint="Switch TLS on.")
    return Login(
        host, port, address, options.get("database", ""), options.get("user", ""), access.secret, is_private,
        str(policy.ca) if policy.ca else None, max(1, int(limits.seconds)),
    )  # fmt: skip
