"""nginx before the server, with the file that cities deploy; its ports, names and keys alone are of here."""

import re
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from getpass import getuser
from pathlib import Path

from bench.made.data_http import free_port
from bench.made.place import ROOT


@contextmanager
def front(folder: Path, port: int) -> Iterator[int]:
    """Run nginx before the server at `port`; yield the port it takes TLS at."""
    place = folder / "nginx"
    place.mkdir()
    door, plain = free_port(), free_port()
    key = place / "privkey.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-keyout", str(key), "-out", str(place / "fullchain.pem")],
        check=True, capture_output=True,
    )  # fmt: skip
    deployed = (ROOT / "deploy" / "nginx.conf").read_text("utf-8")
    for before, now in (
        (r"\blisten \[::\]:[^;]*;", ""),
        (r"\blisten 443\b", f"listen 127.0.0.1:{door}"),
        (r"\blisten 80\b", f"listen 127.0.0.1:{plain}"),
        (r"server_name [^;]*;", "server_name .localhost;"),
        (r"/etc/ssl/balai", str(place)),
        (r"127\.0\.0\.1:8000", f"127.0.0.1:{port}"),
    ):
        deployed, often = re.subn(before, now, deployed)
        assert often, before
    # As Debian's own nginx.conf includes it.
    (place / "nginx.conf").write_text(
        f"daemon off; user {getuser()}; pid {place}/pid; error_log {place}/error.log;\nevents {{}}\n"
        f"http {{ access_log {place}/access.log; client_body_temp_path {place}/body;\n"
        f"proxy_temp_path {place}/proxy; fastcgi_temp_path {place}/f; uwsgi_temp_path {place}/u;\n"
        f"scgi_temp_path {place}/s;\n{deployed}\n}}\n"
    )
    process = subprocess.Popen(["nginx", "-c", str(place / "nginx.conf"), "-e", str(place / "error.log")])
    try:
        _wait(door, process)
        yield door
        print(f"nginx took {_taken(place):,} parts", flush=True)
    finally:
        process.terminate()
        process.wait(30)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    for _turn in range(100):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        assert process.poll() is None, "nginx did not start"
        time.sleep(0.1)
    raise SystemExit("nginx does not answer")


def _taken(place: Path) -> int:
    lines = (place / "access.log").read_text().splitlines()
    return sum('"PATCH ' in line and '" 204 ' in line for line in lines)
