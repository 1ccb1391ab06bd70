"""A bucket for tests: a server in this process, and a road to it that can be made bad."""

import logging
import os
import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from moto.server import ThreadedMotoServer

from balai.data.storage.s3 import S3

BUCKET, PREFIX = "satu-data", "balai/uji"


@dataclass
class Bucket:
    """A bucket. `client` looks at it past the road that `options` leads along."""

    endpoint: str
    client: Any
    options: dict[str, Any]

    def store(self, folder: Path, **changed: Any) -> S3:
        return S3(self.options | changed, folder)

    def names(self, of: str = "") -> list[str]:
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
        names = [one["Key"].removeprefix(f"{PREFIX}/") for page in pages for one in page.get("Contents", ())]
        return sorted(name for name in names if of in name)

    def empty(self) -> None:
        for name in self.names():
            self.remove(name)

    def remove(self, name: str) -> None:
        self.client.delete_object(Bucket=BUCKET, Key=f"{PREFIX}/{name}")

    def put(self, name: str, body: bytes) -> None:
        self.client.put_object(Bucket=BUCKET, Key=f"{PREFIX}/{name}", Body=body)


@contextmanager
def bucket() -> Iterator[Bucket]:
    """Serve one empty bucket from a thread of this process."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    # Few names a page, so that a test needs few files for several pages.
    os.environ["MOTO_S3_DEFAULT_MAX_KEYS"] = "20"
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        endpoint = f"http://{host}:{port}"
        client = boto3.client(
            "s3",
            endpoint_url=endpoint,
            aws_access_key_id="uji",
            aws_secret_access_key="uji",
            region_name="us-east-1",
        )
        client.create_bucket(Bucket=BUCKET)
        options = {
            "bucket": BUCKET,
            "prefix": PREFIX,
            "endpoint": endpoint,
            "region": "us-east-1",
            "cache_mb": 64,
            "access_key_id": "uji",
            "secret_access_key": "uji",
        }
        yield Bucket(endpoint, client, options)
    finally:
        server.stop()


@dataclass
class Road:
    """A road of bytes to a server. It breaks off while sending where `breaks` says after how many bytes."""

    endpoint: str
    breaks: list[int] = field(default_factory=list)
    broken: int = 0


@contextmanager
def road_to(endpoint: str) -> Iterator[Road]:
    """Pass connections on to `endpoint`; each taken while `breaks` is not empty may be broken off."""
    host, port = endpoint.removeprefix("http://").split(":")
    listening = socket.create_server(("127.0.0.1", 0))
    road = Road(f"http://127.0.0.1:{listening.getsockname()[1]}")

    def serve() -> None:
        with suppress(OSError):
            while True:
                near, _address = listening.accept()
                far = socket.create_connection((host, int(port)))
                threading.Thread(target=_pass_on, args=(near, far, road), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield road
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()


def _pass_on(near: socket.socket, far: socket.socket, road: Road) -> None:
    passed = 0
    with near, far, suppress(OSError):
        while True:
            ready, _none, _none = select.select([near, far], [], [])
            for from_ in ready:
                part = from_.recv(16_384)
                passed += len(part) if from_ is near else 0
                if road.breaks and passed > road.breaks[0]:
                    road.breaks.pop(0)
                    road.broken += 1
                    return
                if not part:
                    return
                (far if from_ is near else near).sendall(part)


def environment(served: Bucket | None) -> dict[str, str]:
    """Return the settings of a program that keeps its files in this bucket, or on its disk."""
    if served is None:
        return {}
    kept_in = f"s3://{BUCKET}/{PREFIX}?endpoint={served.endpoint}"
    return {
        "AWS_ACCESS_KEY_ID": "uji",
        "AWS_SECRET_ACCESS_KEY": "uji",
        "BALAI_STORAGE": kept_in,
    }
