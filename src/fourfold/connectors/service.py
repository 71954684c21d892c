"""Asking a service over HTTP as often as a run needs to: signing in, waiting when told to, one budget for all."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlencode, urljoin, urlsplit

from fourfold.connectors.egress import EgressRefused, Fetched, Unreachable, allowed_address, egress, is_allowed
from fourfold.connectors.keys import amazon_headers, google_assertion
from fourfold.connectors.port import Access, Limits, Option, SourceAway, SourceError

#: A service that wants to be left alone for longer is asked another time; nor is it waited for more often.
LONGEST_WAIT: Final = 60.0
_WAITS: Final = 3
_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}

#: How a service knows who asks; the same for every kind that speaks HTTP.
SIGN_IN: Final = (
    Option("auth", "Signing in", choices=(
        ("none", "nobody signs in"), ("basic", "user name and password"), ("bearer", "bearer token"),
        ("header", "key in a header"), ("oauth", "OAuth client credentials"), ("google", "service account of Google"),
        ("s3", "access key of S3 or a store like it"),
    )),
    Option("user", "User name, client id or access key id"),
    Option("secret", "Password, token, key or client secret", "For a service account of Google its key file, as JSON. "
           "Kept encrypted and never shown again.", form="secret"),
    Option("header", "Name of the header", "For a key in a header, such as X-API-Key."),
    Option("token_url", "Address of tokens", "For OAuth: where a token is asked for."),
    Option("scope", "Scope", "For OAuth and Google, where the service wants one."),
    Option("region", "Region", "For S3, such as eu-central-1; us-east-1 where nothing is said."),
)  # fmt: skip


class Service:
    """One run's way to a service. All it asks together takes no longer and no more than the limits say."""

    def __init__(self, access: Access, limits: Limits, *, wait: Callable[[float], None] = time.sleep) -> None:
        self.base = access.options.get("url", "")
        self._access, self._wait = access, wait
        self._until, self._left = time.monotonic() + limits.seconds, limits.size
        self._token: str | None = None
        self._waited = 0

    def address(self, path: str) -> str:
        """The address of a path below the base; one that leads to another server is refused."""
        base = self.base.rstrip("/") + "/"
        is_whole = path.startswith(("http://", "https://"))
        found = path if is_whole else urljoin(base, path.lstrip("/")) if path else self.base
        if _server(found) != _server(self.base):
            raise SourceError(f"{urlsplit(found).hostname} is another server than that of the connection.")
        return found

    def ask(
        self, url: str, *, method: str = "GET", content: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Fetched:
        """An answer with a status of success. Raises `SourceError`, which says whether a later try may work."""
        has_renewed = False
        while True:
            signed = self._signed(url, method, content or b"")
            answer = self._send(url, method, content, {**(headers or {}), **signed})
            if answer.status == 401 and self._token is not None and not has_renewed:
                self._token, has_renewed = None, True
            elif answer.status in (429, 503):
                self._pause(answer)
            elif 200 <= answer.status < 300:
                return answer
            else:
                raise self._refusal(answer)

    def json(self, answer: Fetched) -> Any:
        """What an answer says in JSON. Raises `SourceAway` where it is cut off or something else."""
        try:
            return json.loads(answer.content)
        except UnicodeDecodeError:
            raise SourceAway("The answer is not text in UTF-8.", hint="Is it the right address?") from None
        except json.JSONDecodeError as error:
            message = f"The answer is not whole JSON: {error.msg} at character {error.pos:,}."
            raise SourceAway(message, hint="Nothing was loaded. Is it the right address?") from None

    def sign_in(self) -> None:
        """Have a token now, where the service gives them. Raises `SourceError`."""
        self._signed(self.base)

    def reach(self) -> str:
        """Whether it answers and takes who asks; an address that leads nowhere by itself is no fault of a service."""
        answer = self._send(self.base, "GET", None, {"Accept": "application/json", **self._signed(self.base)})
        if answer.status in (401, 403) or answer.status >= 500:
            raise self._refusal(answer)
        return f"The service answers ({answer.status})"

    def _send(self, url: str, method: str, content: bytes | None, headers: Mapping[str, str]) -> Fetched:
        left = self._until - time.monotonic()
        if left <= 0:
            raise SourceAway("The service took longer than a run may.", hint="Ask for less, or for larger pages.")
        policy = replace(self._access.policy, total=min(self._access.policy.total, left), size=self._left)
        try:
            if self._access.secret and urlsplit(url).scheme == "http":
                self._refuse_to_tell(url)
            answer = egress(url, policy, method=method, headers=headers, content=content)
        except EgressRefused as error:
            raise SourceError(error.message, hint=error.hint) from None
        except Unreachable as error:
            raise SourceAway(error.message, hint=error.hint) from None
        self._left = max(0, self._left - len(answer.content))
        return answer

    def _refuse_to_tell(self, url: str) -> None:
        """No secret goes through the Internet where everybody on the way can read it."""
        parts = urlsplit(url)
        address = allowed_address(str(parts.hostname), parts.port or 80, self._access.policy)
        if is_allowed(ip_address(address.partition("%")[0])):
            raise SourceError("A password is not sent over http://.", hint="Write the address with https://.")

    def _signed(self, url: str, method: str = "GET", content: bytes = b"") -> dict[str, str]:
        options, secret = self._access.options, self._access.secret
        auth = options.get("auth", "none")
        if auth == "basic":
            pair = f"{options.get('user', '')}:{secret}"
            return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
        if auth == "header":
            return {options.get("header") or "X-API-Key": secret}
        if auth == "s3":
            return amazon_headers(
                url, key=options.get("user", ""), secret=secret, region=options.get("region") or "us-east-1",
                at=datetime.now(UTC), method=method, content=content,
            )  # fmt: skip
        if auth in ("oauth", "google"):
            self._token = self._token or self._new_token(auth)
            return {"Authorization": f"Bearer {self._token}"}
        return {"Authorization": f"Bearer {secret}"} if auth == "bearer" else {}

    def _new_token(self, auth: str) -> str:
        """A token for the client (RFC 6749, 4.4), or for who holds the key of a service account (RFC 7523)."""
        options, secret = self._access.options, self._access.secret
        address, scope = options.get("token_url", ""), options.get("scope", "")
        if auth == "google":
            address, proof = google_assertion(secret, scope, datetime.now(UTC))
            wanted = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": proof}
        else:
            wanted = {"grant_type": "client_credentials", "client_id": options.get("user", ""),
                      "client_secret": secret, "scope": scope}  # fmt: skip
        body = urlencode({name: value for name, value in wanted.items() if value}).encode()
        answer = self._send(address, "POST", body, _FORM)
        told = self.json(answer) if answer.status == 200 else None
        if not isinstance(told, dict) or not isinstance(told.get("access_token"), str):
            message = f"No token was given: the service of tokens answered {answer.status}."
            raise SourceError(message, hint="Look at the client id, the secret and the scope.")
        return str(told["access_token"])

    def _pause(self, answer: Fetched) -> None:
        """Wait as long as the service wants, where that is short."""
        said = answer.headers.get("retry-after", "").strip()
        seconds = float(said) if said.isascii() and said.isdigit() else 2.0**self._waited
        left = self._until - time.monotonic()
        if self._waited == _WAITS or seconds > min(LONGEST_WAIT, left):
            message = f"The service has too much to do (it answered {answer.status})."
            raise SourceAway(message, hint=f"It wants to be asked again in {seconds:g} s.")
        self._waited += 1
        if seconds:
            self._wait(seconds)

    def _refusal(self, answer: Fetched) -> SourceError:
        said = answer.content[:300].decode("utf-8", "replace")
        said = "".join(c if c.isprintable() else " " for c in said)
        if self._access.secret:
            said = said.replace(self._access.secret, "…")
        message = f"The service answered {answer.status}" + (f": {said.strip()}" if said.strip() else ".")
        if answer.status >= 500:
            return SourceAway(message)
        hint = "Look at the address and at what is asked."
        if answer.status in (401, 403):
            hint = "Look at the user name and the secret, and at what they may read there."
        return SourceError(message, hint=hint)


def reach_service(access: Access, limits: Limits) -> str:
    """See `port.Reach`."""
    return Service(access, limits).reach()


def _server(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    try:
        return parts.scheme, parts.hostname, parts.port
    except ValueError as error:
        raise SourceError(f"This is not an address: {error}.") from None
