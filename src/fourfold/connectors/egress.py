"""The one door for HTTP requests that leave the server.

An address that somebody configured can lead anywhere: to the machine itself, to the metadata service of a cloud, into
the network behind the firewall. So a name is resolved once, *every* address it has must be allowed, the connection goes
to just that address (a second answer of the name server changes nothing), and each redirect begins anew. What is not
public is refused unless the operator named its network. Nothing is taken from proxy variables of the environment.

Answers are limited in time and size and are taken uncompressed, so that nothing small can unpack to something large.
See OWASP's cheat sheet on server-side request forgery.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import SplitResult, urljoin, urlsplit

from fourfold.errors import FourfoldError, Kind

if TYPE_CHECKING:  # read when something is asked: it brings a terminal's colours along
    import httpx

Address = IPv4Address | IPv6Address
#: What gzip begins with, and no text: Tryton 8 says gzip of all that is long, and sends it unpacked as it was asked to.
_PACKED: Final = b"\x1f"
#: Gives the addresses of a host and port, as texts.
Resolver = Callable[[str, int], Iterable[str]]

_TRANSLATED: Final = ip_network("64:ff9b::/96")  # IPv4 behind NAT64, the last 32 bits
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


class EgressRefused(FourfoldError):
    """Fourfold does not send requests there."""

    kind = Kind.FORBIDDEN


class Unreachable(FourfoldError):
    """The other side did not answer as it should."""

    kind = Kind.UNAVAILABLE
    retry = True


@dataclass(frozen=True, slots=True)
class EgressPolicy:
    """Where requests may go, and how much an answer may take.

    `hosts`: only these names, all where it is empty. `networks`: what may be reached although it is not public.
    `ca`: a file of certificates to trust instead of the usual ones. Times are seconds, `size` is bytes.
    """

    hosts: frozenset[str] = frozenset()
    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    ports: frozenset[int] = frozenset({80, 443})
    ca: Path | None = None
    connect: float = 5
    total: float = 30
    size: int = 20 << 20
    redirects: int = 3


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer: where it came from in the end, its status, its headers, its content."""

    url: str
    status: int
    headers: Mapping[str, str]
    content: bytes = field(repr=False)

    @property
    def next_link(self) -> str | None:
        """The address that its `Link` header names as the next one (RFC 8288)."""
        import httpx

        return httpx.Response(self.status, headers=dict(self.headers)).links.get("next", {}).get("url")


def addresses_of(host: str, port: int) -> list[str]:
    """What the machine's resolver says."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[0]) for *_, place in found))


def egress(
    url: str,
    policy: EgressPolicy,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    content: bytes | None = None,
    resolve: Resolver = addresses_of,
) -> Fetched:
    """Send a request and give the answer, whatever its status.

    Raises `EgressRefused` for a place it may not go to, `Unreachable` for a time-out, a broken or too large answer, a
    certificate that does not fit. A redirect is followed for GET and HEAD alone, and takes `headers` along only to the
    same host.
    """
    deadline = time.monotonic() + policy.total
    sent, home = dict(headers or {}), _checked(url, policy).hostname
    for _ in range(policy.redirects + 1):
        parts = _checked(url, policy)
        address = allowed_address(str(parts.hostname), _port(parts), policy, resolve)
        own = sent if parts.hostname == home else {}
        answer = _ask(method, parts, address, own, content, policy, deadline)
        if answer.status not in _REDIRECTS or method not in ("GET", "HEAD") or "location" not in answer.headers:
            return answer
        target = urljoin(url, answer.headers["location"])
        if parts.scheme == "https" and urlsplit(target).scheme != "https":
            raise EgressRefused(f"{parts.hostname} redirects from https to something less.")
        url = target
    raise Unreachable(f"{home} redirects more than {policy.redirects} times.")


def _checked(url: str, policy: EgressPolicy) -> SplitResult:
    """The parts of an address that has nothing strange about it."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise EgressRefused(f"This is not an address: {error}.") from error
    if parts.scheme not in ("http", "https") or not host or any(c in url for c in "\\\r\n\t\0 "):
        raise EgressRefused("Only addresses with http:// or https:// and a host are asked.")
    if parts.username is not None or parts.password is not None:
        raise EgressRefused("An address with a user name in it is not asked.", hint="Store the password as a secret.")
    _check_place(host, port or _port(parts), policy)
    return parts


def _check_place(host: str, port: int, policy: EgressPolicy) -> None:
    if policy.hosts and host not in policy.hosts:
        raise EgressRefused(f"{host} is not one of the hosts that may be asked.")
    if port not in policy.ports:
        raise EgressRefused(f"Port {port} of {host} may not be asked.")


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def allowed_address(host: str, port: int, policy: EgressPolicy, resolve: Resolver = addresses_of) -> str:
    """The first address of the host, where all of them are allowed: for what speaks another language than HTTP too.

    Raises `EgressRefused` where it may not be asked, `Unreachable` where its name is not known.
    """
    _check_place(host, port, policy)
    try:
        found = list(resolve(host, port))
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"The name {host} is not known.") from error
    if not found:
        raise Unreachable(f"The name {host} has no address.")
    for text in found:
        if not is_allowed(ip_address(text.partition("%")[0]), policy.networks):
            raise EgressRefused(
                f"{host} is in a network that is not public.",
                hint="The operator can allow that network; nobody else should.",
            )
    return found[0]


def is_allowed(address: Address, networks: Iterable[IPv4Network | IPv6Network] = ()) -> bool:
    """True for an address of the public Internet, or in one of the networks.

    >>> [is_allowed(ip_address(a)) for a in ("93.184.215.14", "10.0.0.1", "169.254.169.254", "::ffff:127.0.0.1")]
    [True, False, False, False]
    """
    inner = _inner(address)
    if inner is not None:
        return is_allowed(inner, networks)
    if any(address.version == network.version and address in network for network in networks):
        return True
    return address.is_global and not address.is_multicast and not address.is_reserved


def _inner(address: Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 one stands for."""
    if not isinstance(address, IPv6Address):
        return None
    if address in _TRANSLATED:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)


def _ask(
    method: str,
    parts: SplitResult,
    address: str,
    headers: Mapping[str, str],
    content: bytes | None,
    policy: EgressPolicy,
    deadline: float,
) -> Fetched:
    """One request to one address, under the name of its host."""
    import httpx

    shown = f"[{address}]" if ":" in address else address
    url = parts._replace(netloc=f"{shown}:{_port(parts)}", fragment="").geturl()
    named = {"Host": parts.netloc, "Accept-Encoding": "identity", "User-Agent": "Fourfold"}
    verify = ssl.create_default_context(cafile=policy.ca) if policy.ca else True
    times = httpx.Timeout(max(0.01, min(policy.total, deadline - time.monotonic())), connect=policy.connect)
    try:
        with (
            httpx.Client(trust_env=False, verify=verify, timeout=times, follow_redirects=False) as client,
            client.stream(
                method, url, headers={**headers, **named}, content=content,
                extensions={"sni_hostname": parts.hostname},
            ) as response,
        ):  # fmt: skip
            body = _body(response, policy, deadline)
            return Fetched(parts.geturl(), response.status_code, dict(response.headers), body)
    except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError, OSError) as error:
        raise Unreachable(f"{parts.hostname} could not be asked: {_why(error)}.") from error


def _body(response: httpx.Response, policy: EgressPolicy, deadline: float) -> bytes:
    encoding = response.headers.get("content-encoding", "identity")
    body = bytearray()
    for chunk in response.iter_raw():
        body += chunk
        if encoding != "identity" and not (encoding == "gzip" and body[:1] != _PACKED):
            raise Unreachable("The answer is compressed although that was not asked for.")
        if len(body) > policy.size:
            raise Unreachable(f"The answer is larger than {policy.size:,} bytes.")
        if time.monotonic() > deadline:
            raise Unreachable(f"The answer took longer than {max(1, round(policy.total))} s.")
    return bytes(body)


def _why(error: Exception) -> str:
    """In a few words, without addresses of the network."""
    import httpx

    if isinstance(error, httpx.TimeoutException):
        return "it did not answer in time"
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return "its certificate is not trusted"
    return "the connection failed" if isinstance(error, httpx.ConnectError | OSError) else "its answer broke off"
