"""The one way out: HTTP to other people's machines, never into our own network.

An address may come from a person (a link to evidence, a harvest source), so the
name is resolved once, every address it has must be public, and the connection
goes to the very address that was checked. Private ones are reached only when
the operator lists them in OUTGOING_ALLOW, which is shown at /ready.
"""

import ipaddress
import re
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache

from django.conf import settings
from django.utils.translation import gettext as _

from balai.base.addresses import USUAL_PORTS, Address, Allowed, is_misspelt, is_public
from balai.base.errors import Refused
from balai.base.later import httpx

type Resolve = Callable[[str, int], list[Address]]

_USUAL = {"http": 80, "https": 443}
_REDIRECTS = 3
_CONNECT_SECONDS = 5.0


class NotReachable(Refused):
    """The address may not be asked: not http(s), private, or on a port that is not allowed."""

    status = 422


class NoAnswer(Refused):
    """The address may be asked, and gave no answer we can use."""

    status = 502


@dataclass(frozen=True)
class Answer:
    """What the other side said. `headers` have lower-case names; `url` is the one that answered."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes


def resolve(host: str, port: int) -> list[Address]:
    """Return the addresses the system finds for `host`, none when there are none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return [ipaddress.ip_address(str(entry[4][0])) for entry in found]


@cache
def _usual_trust() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)


def allowed() -> Allowed:
    """Return the operator's exceptions, as /ready shows them."""
    return Allowed.parse(settings.OPTIONS.outgoing_allow)


def fetch(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    content: bytes = b"",
    seconds: float = 10.0,
    max_bytes: int = 10_000_000,
) -> Answer:
    """Ask `url` and return the whole answer, whatever its status below 300 or from 400 on.

    A redirect is followed for GET and HEAD, on the same host alone, each checked
    like the first. Compressed answers are not asked for, so the limit is that of the bytes sent.

    Args:
        seconds: for the whole exchange; a connection takes at most 5 of them.
        max_bytes: largest body taken.

    Raises:
        NotReachable: the address is not one we ask.
        NoAnswer: no connection, too slow, too large, or a redirect elsewhere.
    """
    return Door(allowed()).fetch(
        method, url, headers=headers, content=content, seconds=seconds, max_bytes=max_bytes
    )


@dataclass(frozen=True)
class Door:
    """A way out with its exceptions. Everybody uses `fetch`; an adapter with a CA of its own makes one.

    Attributes:
        ports: open to public addresses.
        look_up: how a name is resolved.
        trust: what a server's certificate is checked against; the usual authorities when None.
    """

    allowed: Allowed = field(default_factory=Allowed)
    ports: frozenset[int] = USUAL_PORTS
    look_up: Resolve = resolve
    trust: ssl.SSLContext | None = None

    def check(self, url: str) -> "Target":
        """Return where `url` leads, resolved once.

        Raises:
            NotReachable: it is not an address we ask; the message does not say what a name resolves to.
        """
        if not re.fullmatch(r"[!-\[\]-~\u00a1-\uffff]+", url):
            raise NotReachable(_("Alamatnya memuat spasi atau tanda yang tidak boleh ada."))
        try:
            parsed = httpx.URL(url)
            host = parsed.raw_host.decode("ascii").lower().strip("[]")
        except (httpx.InvalidURL, UnicodeError, ValueError) as error:
            raise NotReachable(
                _("Alamatnya tidak dapat dibaca. Tulis seperti https://contoh.go.id/.")
            ) from error
        if parsed.scheme not in _USUAL or not host:
            raise NotReachable(_("Hanya alamat yang diawali https:// atau http:// yang dapat dibuka."))
        if parsed.userinfo:
            raise NotReachable(_("Alamat tidak boleh memuat nama pengguna atau kata sandi."))
        if is_misspelt(host):
            raise NotReachable(_("Tulis nama situsnya, bukan angka dengan cara tulis yang tidak lazim."))
        port = parsed.port or _USUAL[parsed.scheme]
        addresses = tuple(dict.fromkeys(self.look_up(host, port)))
        if not addresses:
            raise NoAnswer(_("Situs %(host)s tidak ditemukan.") % {"host": host})
        # All of them: a name with a public and a private address is a trick or a mistake.
        if not all(self._may_connect(host, address, port) for address in addresses):
            raise NotReachable(
                _(
                    "Situs %(host)s pada port %(port)d tidak boleh dibuka: hanya situs umum pada port "
                    "80 dan 443, dan yang didaftarkan pengelola pada OUTGOING_ALLOW."
                )
                % {"host": host, "port": port}
            )
        return Target(parsed, host, port, addresses)

    def _may_connect(self, host: str, address: Address, port: int) -> bool:
        return (port in self.ports and is_public(address)) or self.allowed.has(host, address, port)

    def fetch(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes = b"",
        seconds: float = 10.0,
        max_bytes: int = 10_000_000,
    ) -> Answer:
        """Ask `url` through this door; see the function `fetch`."""
        deadline = time.monotonic() + seconds
        target = self.check(url)
        for _hop in range(_REDIRECTS + 1):
            asked = _Question(method, target, headers or {}, content, deadline, max_bytes)
            answer = asked.ask(self.trust or _usual_trust())
            if not 300 <= answer.status < 400 or answer.status == 304:
                return answer
            target = self._after(target, method, answer)
        raise NoAnswer(_("Situs %(host)s terus mengalihkan.") % {"host": target.host})

    def _after(self, target: "Target", method: str, answer: Answer) -> "Target":
        """Return where a redirect leads, checked anew."""
        onward = answer.headers.get("location", "")
        try:
            joined = str(target.url.join(onward))
        except (httpx.InvalidURL, ValueError):
            onward, joined = "", ""
        if not onward or method not in ("GET", "HEAD"):
            raise NoAnswer(
                _("Situs %(host)s mengalihkan tanpa tujuan yang dapat diikuti.") % {"host": target.host}
            )
        following = self.check(joined)
        if following.host != target.host or (target.url.scheme, following.url.scheme) == ("https", "http"):
            raise NotReachable(
                _("Situs %(host)s mengalihkan ke tempat lain. Pakai alamat tujuannya langsung.")
                % {"host": target.host}
            )
        return following


@dataclass(frozen=True)
class Target:
    """A checked URL with the addresses it may be connected to, in the resolver's order."""

    url: "httpx.URL"
    host: str
    port: int
    addresses: tuple[Address, ...]


@dataclass(frozen=True)
class _Question:
    method: str
    target: Target
    headers: Mapping[str, str]
    content: bytes
    deadline: float
    max_bytes: int

    def ask(self, trust: ssl.SSLContext) -> Answer:
        failure: httpx.HTTPError | None = None
        for address in self.target.addresses:
            try:
                return self._ask_at(address, trust)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failure = error  # nothing was sent yet: the next address may be tried
            except httpx.TimeoutException as error:
                raise self._too_slow() from error
            except httpx.HTTPError as error:
                raise self._no_answer() from error
        raise self._no_answer() from failure

    def _ask_at(self, address: Address, trust: ssl.SSLContext) -> Answer:
        url = self.target.url
        left = self._seconds_left()
        with httpx.Client(
            transport=httpx.HTTPTransport(verify=trust, trust_env=False),
            timeout=httpx.Timeout(left, connect=min(left, _CONNECT_SECONDS)),
            trust_env=False,
        ) as client:
            request = client.build_request(
                self.method,
                url.copy_with(host=str(address), fragment=None),
                headers={
                    "User-Agent": "Balai",
                    **self.headers,
                    "Host": url.netloc.decode("ascii"),
                    "Accept-Encoding": "identity",
                },
                content=self.content or None,
                extensions={"sni_hostname": self.target.host},
            )
            response = client.send(request, stream=True, follow_redirects=False)
            try:
                return Answer(str(url), response.status_code, dict(response.headers), self._body(response))
            finally:
                response.close()

    def _body(self, response: "httpx.Response") -> bytes:
        if response.headers.get("content-encoding", "identity") != "identity":
            # A small compressed answer can unpack to any size, and was not asked for.
            raise NoAnswer(
                _("Situs %(host)s menjawab dengan isi yang dimampatkan.") % {"host": self.target.host}
            )
        taken = bytearray()
        for part in response.iter_raw():
            taken += part
            if len(taken) > self.max_bytes:
                raise NoAnswer(
                    _("Jawaban situs %(host)s lebih besar dari %(limit)d bita.")
                    % {"host": self.target.host, "limit": self.max_bytes}
                )
            self._seconds_left()
        return bytes(taken)

    def _seconds_left(self) -> float:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise self._too_slow()
        return left

    def _too_slow(self) -> NoAnswer:
        return NoAnswer(
            _("Situs %(host)s terlalu lama menjawab. Coba lagi nanti.") % {"host": self.target.host}
        )

    def _no_answer(self) -> NoAnswer:
        return NoAnswer(
            _("Situs %(host)s tidak dapat dihubungi. Coba lagi nanti.") % {"host": self.target.host}
        )
