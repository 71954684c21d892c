"""Google as a service account meets it: tokens for who proves to hold its key, and cells of Google Sheets.

Answers as “Using OAuth 2.0 for Server to Server Applications” and the reference of Google Sheets document them
(`spreadsheets.values`): the first token has expired when it is used, lines of a range end with their last cell that
holds something, an error is `{"error": {"code", "message", "status"}}`.
"""

from __future__ import annotations

import base64
import http.server
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from fourfold.testing.listening import listening

ACCOUNT: Final = "fourfold@figures.iam.gserviceaccount.example"
SCOPE: Final = "https://www.googleapis.com/auth/spreadsheets.readonly"
_GRANT: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"


class Google(http.server.ThreadingHTTPServer):
    """Listens on a free port; `values` are the cells by spreadsheet and range, `key_file` what a person downloads."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.values: dict[tuple[str, str], list[list[Any]]] = {}
        self.tokens = 0

    @property
    def url(self) -> str:
        """Where it begins."""
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def key_file(self) -> str:
        """The JSON file of the service account."""
        pem = self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return json.dumps({"type": "service_account", "client_email": ACCOUNT, "private_key": pem.decode(),
                           "token_uri": f"{self.url}/token"})  # fmt: skip


@contextmanager
def google() -> Iterator[Google]:
    """Answers until the end of the block."""
    with listening(Google()) as server:
        yield server


class _Answer(http.server.BaseHTTPRequestHandler):
    server: Google
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """A token."""
        sent = parse_qs(self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode())
        proof = sent.get("assertion", [""])[0]
        if sent.get("grant_type") != [_GRANT] or not self._is_proven(proof):
            return self._give(400, {"error": "invalid_grant", "error_description": "Invalid JWT Signature."})
        self.server.tokens += 1
        return self._give(200, {"access_token": f"ya29.{self.server.tokens}", "expires_in": 3599,
                                "token_type": "Bearer"})  # fmt: skip

    def do_GET(self) -> None:
        """The cells of a range."""
        if self.headers.get("Authorization") in (None, "Bearer ya29.1"):
            return self._refuse(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")
        parts = unquote(urlsplit(self.path).path).split("/")
        found = self.server.values.get((parts[3], parts[5])) if len(parts) == 6 else None
        if parts[1:3] != ["v4", "spreadsheets"] or found is None:
            return self._refuse(404, "NOT_FOUND", "Requested entity was not found.")
        return self._give(200, {"range": parts[5], "majorDimension": "ROWS", "values": found})

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def _is_proven(self, proof: str) -> bool:
        with suppress(ValueError, KeyError, InvalidSignature):
            head, claims, signature = proof.split(".")
            self.server.key.public_key().verify(
                _bytes(signature), f"{head}.{claims}".encode(), padding.PKCS1v15(), hashes.SHA256()
            )
            said = json.loads(_bytes(claims))
            is_now = said["iat"] - 60 <= time.time() < said["exp"] <= said["iat"] + 3600
            return bool(said["iss"] == ACCOUNT and said["scope"] == SCOPE and is_now
                        and said["aud"] == f"{self.server.url}/token")  # fmt: skip
        return False

    def _refuse(self, status: int, name: str, message: str) -> None:
        self._give(status, {"error": {"code": status, "message": message, "status": name}})

    def _give(self, status: int, said: Any) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=UTF-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
