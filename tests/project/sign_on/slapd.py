"""A real OpenLDAP server of our own: its data in a folder of the test, on free ports of loopback, as no service."""

from __future__ import annotations

import datetime
import ipaddress
import os
import shutil
import socket
import ssl
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

BASE = "dc=bakery,dc=example"
ROOT_PASSWORD = "only the directory knows"
CONFIG = """
include {schema}/core.schema
include {schema}/cosine.schema
include {schema}/inetorgperson.schema
modulepath {modules}
moduleload back_mdb
moduleload memberof
pidfile {folder}/slapd.pid
TLSCertificateFile {folder}/server.pem
TLSCertificateKeyFile {folder}/server.key
security tls=1
database mdb
maxsize 10485760
suffix "{base}"
rootdn "cn=root,{base}"
rootpw "{password}"
directory {folder}/data
overlay memberof
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="cn=reader,{base}" read by self read by * none
"""


@dataclass
class Slapd:
    """The server, running: `ldap://` with StartTLS and `ldaps://`."""

    plain: int
    secure: int
    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def authority(self) -> Path:
        """The certificate that signed for it."""
        return self.folder / "ca.pem"

    def add(self, dn: str, attributes: dict[str, Any]) -> None:
        """Add an entry as root, so that overlays see it."""
        import ldap3

        tls = ldap3.Tls(validate=ssl.CERT_REQUIRED, ca_certs_file=str(self.authority))
        server = ldap3.Server("localhost", self.secure, use_ssl=True, tls=tls, get_info=ldap3.NONE)
        with ldap3.Connection(server, f"cn=root,{BASE}", ROOT_PASSWORD, auto_bind=True) as root:
            assert root.add(dn, attributes=attributes), root.result

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=20)


def find(name: str) -> str:
    """A program of OpenLDAP, which Debian keeps where only root looks; without it the tests are skipped, but in CI."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin:/usr/lib/openldap")
    if not found:
        say = pytest.fail if os.environ.get("CI") else pytest.skip
        say(f"{name} is not installed: apt install slapd")
    return str(found)


def start(folder: Path, ldif: str) -> Slapd:
    """Start a server with these entries."""
    (folder / "data").mkdir()
    _certificates(folder)
    modules = next(p for p in (Path("/usr/lib/ldap"), Path("/usr/lib/openldap")) if p.is_dir())
    config = folder / "slapd.conf"
    config.write_text(
        CONFIG.format(schema="/etc/ldap/schema", modules=modules, folder=folder, base=BASE, password=ROOT_PASSWORD)
    )
    (folder / "entries.ldif").write_text(ldif)
    subprocess.run([find("slapadd"), "-f", config, "-l", folder / "entries.ldif"], check=True, capture_output=True)
    plain, secure = _free_port(), _free_port()
    command = [find("slapd"), "-f", config, "-h", f"ldap://127.0.0.1:{plain}/ ldaps://127.0.0.1:{secure}/", "-d", "0"]
    with (folder / "slapd.log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
    for port in (plain, secure):
        _wait_for(port, process, folder)
    return Slapd(plain, secure, folder, process)


def _wait_for(port: int, process: subprocess.Popen[bytes], folder: Path) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("slapd did not start: " + (folder / "slapd.log").read_text())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _certificates(folder: Path) -> None:
    """An authority, and a certificate of it for localhost."""
    authority, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
    ca = _certificate(name, name, authority.public_key(), authority, x509.BasicConstraints(ca=True, path_length=0))
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.2"))])
    server = _certificate(
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]), name, key.public_key(), authority, names
    )
    (folder / "ca.pem").write_bytes(ca.public_bytes(serialization.Encoding.PEM))
    (folder / "server.pem").write_bytes(server.public_bytes(serialization.Encoding.PEM))
    (folder / "server.key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, signer: ec.EllipticCurvePrivateKey,
    extension: x509.ExtensionType,
) -> x509.Certificate:  # fmt: skip
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
        .sign(signer, hashes.SHA256())
    )
