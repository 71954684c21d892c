"""The door to the outside, against real servers on this machine: what must not be reached is not."""

from __future__ import annotations

import gzip
import http.server
import ipaddress
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from fourfold.connectors.egress import EgressPolicy, EgressRefused, Unreachable, egress, is_allowed

HERE = ipaddress.ip_network("127.0.0.1/32")


class Answers(http.server.BaseHTTPRequestHandler):
    """A source with bad manners."""

    protocol_version = "HTTP/1.1"
    seen: list[tuple[str, str, dict[str, str]]]

    def do_GET(self) -> None:
        self.server.seen.append((self.command, self.path, dict(self.headers)))  # type: ignore[attr-defined]
        name, _, rest = self.path.lstrip("/").partition("/")
        getattr(self, f"answer_{name}")(rest)

    do_POST = do_GET

    def give(self, body: bytes, status: int = 200, length: int | None = None, **headers: str) -> None:
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def answer_fine(self, _: str) -> None:
        self.give(b"rows")

    def answer_to(self, target: str) -> None:
        self.give(b"", 302, Location=target)

    def answer_round(self, _: str) -> None:
        self.give(b"", 302, Location="/round/")

    def answer_large(self, _: str) -> None:
        self.give(b"x" * 5_000)

    def answer_packed(self, _: str) -> None:
        self.give(gzip.compress(bytes(10_000_000)), Content_Encoding="gzip")

    def answer_unpacked(self, _: str) -> None:
        self.give(b'{"result": []}', Content_Encoding="gzip")

    def answer_half(self, _: str) -> None:
        self.give(b"half", length=100)
        self.close_connection = True

    def answer_drip(self, _: str) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        for _n in range(60):
            try:
                self.wfile.write(b"x")
                self.wfile.flush()
            except OSError:
                return
            time.sleep(0.05)

    def log_message(self, *_: object) -> None:
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.seen: list[tuple[str, str, dict[str, str]]] = []
        if context:
            self.socket = context.wrap_socket(self.socket, server_side=True)

    def handle_error(self, *_: object) -> None:
        pass

    @property
    def port(self) -> int:
        return int(self.server_address[1])


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield made
        made.shutdown()


def policy(server: Server, **more: object) -> EgressPolicy:
    return EgressPolicy(networks=(HERE,), ports=frozenset({server.port, 80, 443}), **more)  # type: ignore[arg-type]


def at(*addresses: str) -> Callable[[str, int], list[str]]:
    """A resolver with one answer for everything."""
    return lambda _host, _port: list(addresses)


NOT_PUBLIC = [
    "127.0.0.1", "127.1.2.3", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "100.127.255.255", "192.0.0.1", "192.0.2.1", "198.18.0.1", "203.0.113.9", "224.0.0.1", "239.1.1.1",
    "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "2001:db8::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "2002:7f00:1::", "2002:a00:1::", "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe", "2001:0:53aa:64c:0:0:80ff:fffe",
]  # fmt: skip


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_c06_an_address_that_is_not_public_is_refused(address: str) -> None:
    assert not is_allowed(ipaddress.ip_address(address))
    with pytest.raises(EgressRefused, match="not public"):
        egress("https://source.example/", EgressPolicy(), resolve=at(address))


@pytest.mark.parametrize("address", ["93.184.215.14", "8.8.8.8", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_c06_a_public_address_is_allowed(address: str) -> None:
    assert is_allowed(ipaddress.ip_address(address))


#: Other ways to write an address of this machine; the machine's own resolver understands some of them.
SPELLINGS = [
    "http://127.0.0.1/", "http://localhost/", "http://LOCALHOST/", "http://2130706433/", "http://0x7f000001/",
    "http://0x7f.1/", "http://0177.0.0.1/", "http://017700000001/", "http://127.1/", "http://127.0.1/", "http://0/",
    "http://[::1]/", "http://[::]/", "http://[::ffff:127.0.0.1]/", "http://[0:0:0:0:0:ffff:7f00:1]/",
    "http://[::ffff:169.254.169.254]/", "http://169.254.169.254/latest/meta-data/", "http://2852039166/",
]  # fmt: skip


@pytest.mark.parametrize("url", SPELLINGS)
def test_c06_no_spelling_of_a_private_address_gets_through(url: str) -> None:
    with pytest.raises((EgressRefused, Unreachable)):
        egress(url, EgressPolicy())


STRANGE = [
    "file:///etc/passwd", "ftp://example.org/", "gopher://example.org/", "//example.org/", "example.org", "",
    "http://", "http:///x", "https://user:canary@example.org/", "https://user@example.org/", "http://exa mple.org/",
    "http://example.org\\@127.0.0.1/", "http://example.org\r\nX: y/", "http://example.org:99999/", "http://[::1/",
    "jar:http://example.org!/", "http://example.org:22/", "http://example.org:6379/",
]  # fmt: skip


@pytest.mark.parametrize("url", STRANGE)
def test_c06_an_address_that_is_strange_is_refused_without_asking_for_its_name(url: str) -> None:
    asked: list[str] = []

    def never(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["93.184.215.14"]

    with pytest.raises(EgressRefused) as refused:
        egress(url, EgressPolicy(), resolve=never)
    assert not asked and "canary" not in str(refused.value)


def test_c06_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    with pytest.raises(EgressRefused):
        egress("https://source.example/", EgressPolicy(), resolve=at("93.184.215.14", "127.0.0.1"))


def test_c06_only_hosts_on_the_list_are_asked() -> None:
    with pytest.raises(EgressRefused, match="not one of the hosts"):
        egress("https://elsewhere.example/", EgressPolicy(hosts=frozenset({"source.example"})))


def test_c06_the_name_is_resolved_once_and_the_connection_goes_where_that_was(server: Server) -> None:
    """A name server that answers otherwise the second time (DNS rebinding) changes nothing."""
    answers = [["127.0.0.1"], ["169.254.169.254"]]
    fetched = egress(
        f"http://source.example:{server.port}/fine/", policy(server), resolve=lambda *_: answers.pop(0)
    )
    assert fetched.content == b"rows" and len(answers) == 1
    ((_, _, headers),) = server.seen
    assert headers["Host"] == f"source.example:{server.port}"


@pytest.mark.parametrize(
    "target", ["http://169.254.169.254/x", "http://127.0.0.2/x", "file:///etc/passwd", "http://[::1]/", "http://10.0.0.1"]
)
def test_c06_a_redirect_is_checked_like_the_first_address(server: Server, target: str) -> None:
    with pytest.raises(EgressRefused):
        egress(f"http://127.0.0.1:{server.port}/to/{target}", policy(server))
    assert len(server.seen) == 1


def test_c06_a_redirect_to_an_allowed_place_is_followed_and_leaves_secrets_behind(server: Server) -> None:
    url = f"http://source.example:{server.port}/to/http://other.example:{server.port}/fine/"
    got = egress(url, policy(server), headers={"Authorization": "Bearer canary"}, resolve=at("127.0.0.1"))
    assert got.content == b"rows" and got.url.startswith("http://other.example")
    assert ["Authorization" in headers for _, _, headers in server.seen] == [True, False]


def test_c06_redirects_in_a_circle_end(server: Server) -> None:
    with pytest.raises(Unreachable, match="redirects more than 3"):
        egress(f"http://127.0.0.1:{server.port}/round/", policy(server))
    assert len(server.seen) == 4


def test_c06_what_is_sent_is_never_sent_on(server: Server) -> None:
    url = f"http://127.0.0.1:{server.port}/to/http://127.0.0.1:{server.port}/fine/"
    assert egress(url, policy(server), method="POST", content=b"x").status == 302
    assert len(server.seen) == 1


def test_c06_proxies_of_the_environment_are_not_used(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1/")
    assert egress(f"http://127.0.0.1:{server.port}/fine/", policy(server)).content == b"rows"


def test_an_answer_that_is_too_large_or_packed_or_half_is_no_answer(server: Server) -> None:
    here = f"http://127.0.0.1:{server.port}"
    with pytest.raises(Unreachable, match="larger than 1,000"):
        egress(f"{here}/large/", policy(server, size=1000))
    with pytest.raises(Unreachable, match="compressed"):
        egress(f"{here}/packed/", policy(server))
    with pytest.raises(Unreachable, match="broke off"):
        egress(f"{here}/half/", policy(server))


def test_an_answer_that_says_gzip_and_is_not_is_taken_as_it_is(server: Server) -> None:
    assert egress(f"http://127.0.0.1:{server.port}/unpacked/", policy(server)).content == b'{"result": []}'


def test_a_source_that_drips_ends_with_the_total_time(server: Server) -> None:
    with pytest.raises(Unreachable, match="longer than"):
        egress(f"http://127.0.0.1:{server.port}/drip/", policy(server, total=0.4))


def certificate(folder: Path, name: str) -> tuple[Path, ssl.SSLContext]:
    key = ec.generate_private_key(ec.SECP256R1())
    about = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(about).issuer_name(about).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(1)).not_valid_after(now + timedelta(1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    file, private = folder / f"{name}.crt", folder / f"{name}.pem"
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, private)
    return file, context


def test_a_certificate_is_checked_against_the_name_and_not_the_address(tmp_path: Path) -> None:
    ca, context = certificate(tmp_path, "source.example")
    with Server(context) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"https://source.example:{server.port}/fine/"
        assert egress(url, policy(server, ca=ca), resolve=at("127.0.0.1")).content == b"rows"
        with pytest.raises(Unreachable, match="certificate is not trusted"):
            egress(url, policy(server), resolve=at("127.0.0.1"))
        other = url.replace("source.example", "other.example")
        with pytest.raises(Unreachable, match="certificate is not trusted"):
            egress(other, policy(server, ca=ca), resolve=at("127.0.0.1"))
        server.shutdown()
