"""Reverse proxies that are really there, with the configuration that `deploy/` gives, on ports of a test's own."""

from __future__ import annotations

import os
import re
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from typing import Final

DEPLOY: Final = Path(__file__).parents[2] / "deploy"
HOST: Final = "scorecard.example.org"


@dataclass(frozen=True)
class Proxy:
    """One that listens; `certificate` is what a browser trusts here."""

    port: int
    open_port: int
    certificate: Path

    def connect(self) -> HTTPSConnection:
        """A connection with TLS, as a browser makes one to the name of the site."""
        return _Named(self.port, ssl.create_default_context(cafile=str(self.certificate)))

    def connect_openly(self) -> HTTPConnection:
        """One without."""
        return HTTPConnection("127.0.0.1", self.open_port, timeout=60)


class _Named(HTTPSConnection):
    """To this machine, under the name of the site."""

    def __init__(self, port: int, trust: ssl.SSLContext) -> None:
        super().__init__("127.0.0.1", port, timeout=90)
        self.trust = trust

    def connect(self) -> None:
        """Open it; the certificate must be of the site."""
        HTTPConnection.connect(self)
        self.sock = self.trust.wrap_socket(self.sock, server_hostname=HOST)


def program(name: str) -> str | None:
    """Where it is; Debian keeps nginx off the path of people who do not administer."""
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@contextmanager
def listening(name: str, folder: Path, *, server: int, port: int, open_port: int) -> Iterator[Proxy]:
    """`nginx` or `caddy` in front of a server on this port, until the end."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    made = f"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN={HOST}"
    made += f" -addext subjectAltName=DNS:{HOST} -out {certificate} -keyout {key}"
    subprocess.run(made.split(), check=True, capture_output=True)
    path, command = {"nginx": _nginx, "caddy": _caddy}[name](folder, port, open_port)
    text = path.read_text().replace("127.0.0.1:8000", f"127.0.0.1:{server}")
    path.write_text(text.replace("CERTIFICATE", str(certificate)).replace("KEY", str(key)))
    places = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with (folder / "proxy.log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=os.environ | places)
    try:
        yield Proxy(port, open_port, certificate)
    finally:
        process.terminate()
        process.wait(timeout=30)


_Made = tuple[Path, list[str]]


def _nginx(folder: Path, port: int, open_port: int) -> _Made:
    """The shipped site within the least that a whole configuration needs; on machines without IPv6, too."""
    site = re.sub(r"\n\s*listen \[::\]:[^;]*;", "", (DEPLOY / "nginx.conf").read_text())
    site = site.replace("listen 443 ", f"listen {port} ").replace("listen 80;", f"listen {open_port};")
    site = re.sub(r"(ssl_certificate)\s[^;]+", r"\1 CERTIFICATE", site)
    site = re.sub(r"(ssl_certificate_key)\s[^;]+", r"\1 KEY", site)
    names = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = "".join(f"{name}_temp_path {folder}/{name};" for name in names)
    path = folder / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""
    path.write_text(f"{user} pid {folder}/pid; daemon off; events {{}}\nhttp {{ access_log off; {places}\n{site}\n}}")
    found = program("nginx")
    assert found
    return path, [found, "-c", str(path), "-e", "stderr"]


def _caddy(folder: Path, port: int, open_port: int) -> _Made:
    """The shipped site with a certificate that is there, since nobody signs one for a test."""
    site = (DEPLOY / "Caddyfile").read_text().replace(f"{HOST} {{", f"{HOST} {{\n\ttls CERTIFICATE KEY", 1)
    path = folder / "Caddyfile"
    path.write_text(f"{{\n\tadmin off\n\thttps_port {port}\n\thttp_port {open_port}\n}}\n{site}")
    found = program("caddy")
    assert found
    return path, [found, "run", "--adapter", "caddyfile", "--config", str(path)]

