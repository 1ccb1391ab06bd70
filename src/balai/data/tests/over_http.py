"""The client of CKAN, unchanged, with its requests handed to Django instead of a socket."""

import io
from typing import Any

import ckanapi
import requests
from django.test import Client
from requests.adapters import BaseAdapter
from tests.cast import visitor_at
from urllib3 import HTTPResponse


class _Inside(BaseAdapter):
    """Carries what `requests` would send to the product as it is set up in this test."""

    def __init__(self, client: Client) -> None:
        super().__init__()
        self._client = client

    def send(self, request: requests.PreparedRequest, **_options: Any) -> requests.Response:
        body = request.body or b""
        headers = {name: str(value) for name, value in request.headers.items()}
        kind = headers.pop("Content-Type", "")
        headers.pop("Content-Length", None)
        headers.pop("Accept-Encoding", None)
        answer = self._client.generic(
            str(request.method),
            request.path_url,
            body.encode() if isinstance(body, str) else body,
            kind,
            headers=headers,
        )
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        response = requests.Response()
        response.status_code = answer.status_code
        response.headers.update(answer.headers)
        response.url = str(request.url)
        response.raw = HTTPResponse(io.BytesIO(content), preload_content=False)
        response.encoding = "utf-8"
        return response

    def close(self) -> None:
        """Nothing is kept open."""


def remote_at(tenant: str = "35.73", key: str | None = None) -> ckanapi.RemoteCKAN:
    """Return the client of CKAN at the host of a tenant."""
    client = visitor_at(tenant)
    session = requests.Session()
    session.mount("http://", _Inside(client))
    return ckanapi.RemoteCKAN(f"http://{client.defaults['HTTP_HOST']}", apikey=key, session=session)
