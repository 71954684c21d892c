"""Signing in by a key that never travels: Amazon's signature (S3 and what speaks like it), a service account of Google.

Both are a few lines of a documented form, and are sent through the one door as all requests are; the libraries that
bring them open connections of their own, which no policy of ours would reach.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl, quote, urlsplit

from fourfold.connectors.port import SourceError

_ALGORITHM: Final = "AWS4-HMAC-SHA256"
_PLAIN: Final = "-_.~"
_HOUR: Final = timedelta(hours=1)


def stored_path(key: str) -> str:
    """The name of an object as it stands in an address: all but `/` and plain letters is encoded.

    >>> stored_path("month=2026-05/north and south.csv")
    'month%3D2026-05/north%20and%20south.csv'
    """
    return quote(key, safe=f"/{_PLAIN}")


def amazon_headers(
    url: str, *, key: str, secret: str, region: str, at: datetime, method: str = "GET", content: bytes = b"",
    more: Mapping[str, str] | None = None,
) -> dict[str, str]:  # fmt: skip
    """Headers that sign a request to S3 (Signature Version 4); `at` is in UTC, `more` are other headers to sign.

    See “Authenticating Requests: Using the Authorization Header” of the Amazon S3 API reference.
    """
    parts, moment, day = urlsplit(url), at.strftime("%Y%m%dT%H%M%SZ"), at.strftime("%Y%m%d")
    body = hashlib.sha256(content).hexdigest()
    told = {"x-amz-content-sha256": body, "x-amz-date": moment}
    signed = {"host": parts.netloc, **told, **{name.lower(): value.strip() for name, value in (more or {}).items()}}
    names = ";".join(sorted(signed))
    pairs = sorted((quote(n, safe=_PLAIN), quote(v, safe=_PLAIN)) for n, v in parse_qsl(parts.query, True))
    query = "&".join(f"{name}={value}" for name, value in pairs)
    headers = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
    canonical = "\n".join((method, parts.path or "/", query, headers, names, body))
    scope = f"{day}/{region}/s3/aws4_request"
    text = "\n".join((_ALGORITHM, moment, scope, hashlib.sha256(canonical.encode()).hexdigest()))
    chain = f"AWS4{secret}".encode()
    for part in (day, region, "s3", "aws4_request"):
        chain = hmac.digest(chain, part.encode(), "sha256")
    signature = hmac.digest(chain, text.encode(), "sha256").hex()
    return {**told, "Authorization": f"{_ALGORITHM} Credential={key}/{scope}, SignedHeaders={names}, "
                                     f"Signature={signature}"}  # fmt: skip


def google_assertion(secret: str, scope: str, at: datetime) -> tuple[str, str]:
    """Where a token is asked for, and what proves who asks: the key file of a service account, as JSON, says both.

    See “Using OAuth 2.0 for Server to Server Applications” of Google Identity, and RFC 7523. Raises `SourceError` where
    the secret is no such file.
    """
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import padding, rsa

    hint = "Paste the whole JSON file of the service account’s key as the secret."
    try:
        said = json.loads(secret)
        who, address = str(said["client_email"]), str(said["token_uri"])
        key = serialization.load_pem_private_key(str(said["private_key"]).encode(), None)
    except (ValueError, KeyError, TypeError, binascii.Error):
        raise SourceError("The secret is no key of a service account.", hint=hint) from None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise SourceError("The key of the service account is none of RSA.", hint=hint)
    claims = {"iss": who, "scope": scope, "aud": address, "iat": int(at.timestamp()),
              "exp": int((at + _HOUR).timestamp())}  # fmt: skip
    text = ".".join(_base64(json.dumps(part).encode()) for part in ({"alg": "RS256", "typ": "JWT"}, claims))
    return address, f"{text}.{_base64(key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
