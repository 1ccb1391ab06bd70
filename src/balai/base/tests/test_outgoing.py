"""Outgoing requests reach public addresses and what the operator allows, and nothing else."""

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings
from tests.clock import within

from balai.base import outgoing
from balai.base.addresses import Allowed
from balai.base.outgoing import Door, NoAnswer, NotReachable


class Canary(ThreadingHTTPServer):
    """A server on loopback that notes every connection and what each request said."""

    daemon_threads = True

    def __init__(self) -> None:
        self.connections = 0
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []
        super().__init__(("127.0.0.1", 0), _Song)

    @property
    def port(self) -> int:
        return self.server_address[1]

    @property
    def door(self) -> Door:
        return Door(Allowed.parse(f"127.0.0.1:{self.port}"))

    def get_request(self):
        self.connections += 1
        return super().get_request()


class _Song(BaseHTTPRequestHandler):
    server: Canary
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self.server.requests.append((self.command, self.path, dict(self.headers), self.rfile.read(length)))
        kind = self.path.partition("?")[0]
        if kind == "/to":
            return self._say(302, b"", Location=self.path.partition("?")[2])
        if kind == "/nowhere":
            return self._say(302, b"")
        if kind == "/large":
            return self._say(200, b"x" * 200_000)
        if kind == "/zipped":
            return self._say(200, b"x", **{"Content-Encoding": "gzip"})
        if kind == "/missing":
            return self._say(404, b"tidak ada")
        if kind == "/slow":
            self.send_response(200)
            self.send_header("Content-Length", "100")
            self.end_headers()
            for _ in range(100):
                self.wfile.write(b"x")
                self.wfile.flush()
                time.sleep(0.05)
            return None
        return self._say(200, b"halo")

    do_POST = do_HEAD = do_GET

    def _say(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


@contextmanager
def singing(trust: ssl.SSLContext | None = None) -> Iterator[Canary]:
    with Canary() as server:
        if trust:
            server.socket = trust.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def canary() -> Iterator[Canary]:
    with singing() as server:
        yield server


SPELLINGS = [
    "http://127.0.0.1:{port}/",
    "http://localhost:{port}/",
    "http://LOCALHOST:{port}/",
    "http://localhost.:{port}/",
    "http://127.1:{port}/",
    "http://127.0.1:{port}/",
    "http://0:{port}/",
    "http://0.0.0.0:{port}/",
    "http://2130706433:{port}/",
    "http://0x7f000001:{port}/",
    "http://0x7f.0.0.1:{port}/",
    "http://0177.0.0.1:{port}/",
    "http://017700000001:{port}/",
    "http://0000127.0.0.1:{port}/",
    "http://127.0.0.1.:{port}/",
    "http://127.8.9.10:{port}/",
    "http://[::1]:{port}/",
    "http://[::]:{port}/",
    "http://[0:0:0:0:0:0:0:1]:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/",
    "http://[::ffff:7f00:1]:{port}/",
    "http://[::127.0.0.1]:{port}/",
    "http://[64:ff9b::7f00:1]:{port}/",
    "http://[2002:7f00:1::]:{port}/",
    "http://[fe80::1%25lo]:{port}/",
    "http://①②⑦.⓪.⓪.①:{port}/",
    "http://127。0。0。1:{port}/",
    "http://malangkota.go.id@127.0.0.1:{port}/",
    "http://127.0.0.1:{port}#@malangkota.go.id/",
    "http://127.0.0.1:{port}\\@malangkota.go.id/",
    "http://127.0.0.1\t:{port}/",
    " http://127.0.0.1:{port}/",
    "HTTP://127.0.0.1:{port}/",
    "http://169.254.169.254:{port}/latest/meta-data/",
    "http://10.0.0.1:{port}/",
    "http://192.168.1.1:{port}/",
    "http://172.16.0.1:{port}/",
    "http://100.64.0.1:{port}/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:{port}/_GET",
    "ftp://127.0.0.1:{port}/",
    "//127.0.0.1:{port}/",
    "127.0.0.1:{port}",
    "http://",
    "http://:{port}/",
    "http://[::1:{port}/",
    "http://127.0.0.1:99999/",
    "",
]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_spelling_of_our_own_network_is_asked(canary: Canary, spelling: str) -> None:
    # The port is open here, so that it is the address that is refused.
    door = Door(ports=frozenset({80, 443, canary.port}))
    with pytest.raises((NotReachable, NoAnswer)):
        door.fetch("GET", spelling.format(port=canary.port), seconds=2)
    assert canary.connections == 0


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_the_usual_way_out_refuses_loopback_until_the_operator_allows_it(
    canary: Canary, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"http://{host}:{canary.port}/"
    with pytest.raises(NotReachable, match="OUTGOING_ALLOW"):
        outgoing.fetch("GET", url)
    assert canary.connections == 0
    options = replace(settings.OPTIONS, outgoing_allow=f"127.0.0.1:{canary.port}, [::1]:{canary.port}")
    monkeypatch.setattr(settings, "OPTIONS", options)
    answer = outgoing.fetch("GET", url)
    assert (answer.status, answer.body, answer.url) == (200, b"halo", url)


def found(*addresses: str) -> Callable[[str, int], list]:
    return lambda host, port: [ipaddress.ip_address(address) for address in addresses]


def test_the_name_is_resolved_once_and_the_checked_address_is_used(canary: Canary) -> None:
    asked = []

    def rebinding(host: str, port: int) -> list:
        asked.append(host)
        return found("127.0.0.1" if len(asked) == 1 else "127.0.0.2")(host, port)

    door = replace(canary.door, look_up=rebinding)
    door.fetch("GET", f"http://sipd.contoh.id:{canary.port}/a?b=c")
    assert asked == ["sipd.contoh.id"]
    (_verb, path, headers, _body) = canary.requests[0]
    assert (path, headers["Host"]) == ("/a?b=c", f"sipd.contoh.id:{canary.port}")


@pytest.mark.parametrize(
    "addresses", [("8.8.8.8", "127.0.0.1"), ("127.0.0.1", "8.8.8.8"), ("2606:4700::1111", "::1")]
)
def test_one_private_address_among_public_ones_refuses_the_name(canary: Canary, addresses: tuple) -> None:
    door = Door(ports=frozenset({canary.port}), look_up=found(*addresses))
    with pytest.raises(NotReachable) as refusal:
        door.fetch("GET", f"http://situs.contoh.id:{canary.port}/")
    assert canary.connections == 0
    assert "127.0.0.1" not in str(refusal.value), "what a name resolves to is not told"


@pytest.mark.parametrize("port", [22, 25, 5432, 6379, 8000])
def test_public_addresses_are_asked_on_the_usual_ports_only(port: int) -> None:
    with pytest.raises(NotReachable, match=str(port)):
        Door(look_up=found("8.8.8.8")).check(f"http://situs.contoh.id:{port}/")
    assert Door(look_up=found("8.8.8.8")).check("https://situs.contoh.id/").port == 443


def test_a_name_nobody_knows_says_so() -> None:
    with pytest.raises(NoAnswer, match="tidak ditemukan"):
        Door(look_up=found()).fetch("GET", "https://tidak-ada.contoh.id/")


def test_a_redirect_on_the_same_host_is_followed(canary: Canary) -> None:
    answer = canary.door.fetch("GET", f"http://127.0.0.1:{canary.port}/to?/here")
    assert answer.body == b"halo"
    assert answer.url.endswith("/here")


@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/latest/",
        "http://127.0.0.2:{port}/",
        "http://localhost:{port}/",
        "//10.0.0.1/",
        "file:///etc/passwd",
        "http://127.0.0.1:22/",
        "http://0x7f.1:{port}/",
    ],
)
def test_a_redirect_elsewhere_is_not_followed(canary: Canary, target: str) -> None:
    door = Door(Allowed.parse(f"127.0.0.0/8:{canary.port}, [::1]:{canary.port}"))
    with pytest.raises(NotReachable):
        door.fetch("GET", f"http://127.0.0.1:{canary.port}/to?" + target.format(port=canary.port))
    assert canary.connections == 1


def test_a_circle_of_redirects_ends(canary: Canary) -> None:
    with pytest.raises(NoAnswer, match="mengalihkan"):
        canary.door.fetch("GET", f"http://127.0.0.1:{canary.port}/to?/to?/to?/to?/to?/to")
    assert canary.connections <= 4


@pytest.mark.parametrize(("method", "path"), [("POST", "/to?/here"), ("GET", "/nowhere")])
def test_a_redirect_that_cannot_be_followed_is_no_answer(canary: Canary, method: str, path: str) -> None:
    with pytest.raises(NoAnswer, match="mengalihkan"):
        canary.door.fetch(method, f"http://127.0.0.1:{canary.port}{path}", content=b"x")
    assert len(canary.requests) == 1


def test_an_answer_that_is_too_large_is_dropped(canary: Canary) -> None:
    with pytest.raises(NoAnswer, match="lebih besar"):
        canary.door.fetch("GET", f"http://127.0.0.1:{canary.port}/large", max_bytes=100_000)


def test_an_answer_that_drips_is_dropped(canary: Canary) -> None:
    with within(2), pytest.raises(NoAnswer, match="terlalu lama"):
        canary.door.fetch("GET", f"http://127.0.0.1:{canary.port}/slow", seconds=0.3)


def test_a_compressed_answer_nobody_asked_for_is_dropped(canary: Canary) -> None:
    with pytest.raises(NoAnswer, match="dimampatkan"):
        canary.door.fetch("GET", f"http://127.0.0.1:{canary.port}/zipped")


def test_a_refusal_of_the_other_side_is_an_answer(canary: Canary) -> None:
    answer = canary.door.fetch("GET", f"http://127.0.0.1:{canary.port}/missing")
    assert (answer.status, answer.body) == (404, b"tidak ada")


def test_a_write_carries_its_body_and_headers_but_not_a_false_host(canary: Canary) -> None:
    url = f"http://127.0.0.1:{canary.port}/in"
    canary.door.fetch("POST", url, headers={"X-Signature": "s", "Host": "lain.id"}, content=b"{}")
    (verb, _path, headers, body) = canary.requests[0]
    assert (verb, body, headers["X-Signature"]) == ("POST", b"{}", "s")
    assert headers["Host"] == f"127.0.0.1:{canary.port}"


def test_the_proxy_of_the_environment_is_not_asked(canary: Canary, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    assert canary.door.fetch("GET", f"http://127.0.0.1:{canary.port}/").status == 200


def test_the_next_address_is_tried_when_the_first_is_silent(canary: Canary) -> None:
    door = replace(
        canary.door,
        allowed=Allowed.parse(f"127.0.0.0/8:{canary.port}"),
        look_up=found("127.0.0.9", "127.0.0.1"),
    )
    assert door.fetch("GET", f"http://situs.contoh.id:{canary.port}/").status == 200


def test_a_closed_port_is_no_answer() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(NoAnswer, match="tidak dapat dihubungi"):
            Door(Allowed.parse(f"127.0.0.1:{port}")).fetch("GET", f"http://127.0.0.1:{port}/")


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for sipd.contoh.id that signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sipd.contoh.id")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("sipd.contoh.id")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    path = tmp_path / "sipd.pem"
    path.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + made.public_bytes(Encoding.PEM)
    )
    return path


def test_the_certificate_must_be_that_of_the_name_asked(certificate: Path) -> None:
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(certificate)
    names = []
    served.sni_callback = lambda _socket, name, _context: names.append(name)
    with singing(served) as canary:
        door = replace(
            canary.door, look_up=found("127.0.0.1"), trust=ssl.create_default_context(cafile=str(certificate))
        )
        assert door.fetch("GET", f"https://sipd.contoh.id:{canary.port}/").status == 200
        assert names == ["sipd.contoh.id"]
        with pytest.raises(NoAnswer, match="tidak dapat dihubungi"):
            door.fetch("GET", f"https://lain.contoh.id:{canary.port}/")
        with pytest.raises(NoAnswer, match="tidak dapat dihubungi"):
            replace(door, trust=None).fetch("GET", f"https://sipd.contoh.id:{canary.port}/")
        assert len(canary.requests) == 1
