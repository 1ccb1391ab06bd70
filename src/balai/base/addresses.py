"""Which network addresses are public, whatever way they are spelt."""

import ipaddress
import re
from dataclasses import dataclass

type Address = ipaddress.IPv4Address | ipaddress.IPv6Address
type Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_TUNNELS = (
    ipaddress.IPv6Network("2002::/16"),  # 6to4 carries any IPv4 address inside
    ipaddress.IPv6Network("2001::/32"),  # Teredo does too
    ipaddress.IPv6Network("::/96"),  # and so do the old IPv4-compatible ones
    ipaddress.IPv6Network("64:ff9b:1::/48"),
    ipaddress.IPv6Network("fec0::/10"),
)
USUAL_PORTS = frozenset({80, 443})
_NOT_OURS = (
    ipaddress.IPv4Network("100.64.0.0/10"),  # shared by carriers
    ipaddress.IPv4Network("192.0.0.0/24"),  # of protocols; a cloud has its metadata there
)
_NUMBERLIKE = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)\Z", re.IGNORECASE)


def is_public(address: Address) -> bool:
    """Tell whether the address belongs to the open internet, and carries no other address inside.

    Private, loopback, link-local (with the metadata service of clouds), shared
    carrier space, multicast, reserved and documentation addresses do not.

    >>> is_public(ipaddress.ip_address("8.8.8.8")), is_public(ipaddress.ip_address("::ffff:127.0.0.1"))
    (True, False)
    """
    if isinstance(address, ipaddress.IPv4Address):
        return (
            address.is_global and not address.is_multicast and not any(address in part for part in _NOT_OURS)
        )
    if address.scope_id or address.ipv4_mapped or any(address in tunnel for tunnel in _TUNNELS):
        return False
    if address in _NAT64:
        return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return address.is_global and not address.is_multicast


def is_misspelt(host: str) -> bool:
    """Tell whether a host is an IPv4 address in any spelling but the usual one.

    Resolvers read 2130706433, 0177.1 and 0x7f.0.0.1 as 127.0.0.1; nobody writes
    an address like this in good faith.

    >>> is_misspelt("0x7f.1"), is_misspelt("127.0.0.1"), is_misspelt("kominfo.malangkota.go.id")
    (True, False, False)
    """
    if not _NUMBERLIKE.match(host.rstrip(".").rpartition(".")[2]):
        return False
    try:
        ipaddress.IPv4Address(host)
    except ValueError:
        return True
    return False


@dataclass(frozen=True)
class Entry:
    """One exception of the operator: a host name or a network, on one port or on the usual two."""

    host: str
    network: Network | None
    port: int | None

    def __str__(self) -> str:
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return shown if self.port is None else f"{shown}:{self.port}"


@dataclass(frozen=True)
class Allowed:
    """What outgoing requests may reach besides public addresses on the usual ports."""

    entries: tuple[Entry, ...] = ()

    @classmethod
    def parse(cls, text: str) -> "Allowed":
        """Read "sipd.internal, 10.1.0.0/16, 127.0.0.1:9000, [::1]:9000"; spaces do not matter.

        An entry without port holds for the usual ports, one with a port for that port alone.

        Raises:
            ValueError: an entry is none of these.

        >>> [str(entry) for entry in Allowed.parse("sipd.internal:8443, 10.1.0.0/16").entries]
        ['sipd.internal:8443', '10.1.0.0/16']
        """
        return cls(tuple(_entry(part.strip()) for part in text.split(",") if part.strip()))

    def has(self, host: str, address: Address, port: int) -> bool:
        """Tell whether `address`, found under `host`, may be connected to on `port`."""
        return any(
            (port == entry.port if entry.port else port in USUAL_PORTS)
            and (entry.host == host or (entry.network is not None and address in entry.network))
            for entry in self.entries
        )


_ENTRY = re.compile(
    r"(?:\[(?P<bracketed>[0-9a-f:.]+)\]|(?P<host>[^\s:\[\]]+)|(?P<bare>[0-9a-f:.]+(?:/[0-9]+)?))"
    r"(?::(?P<port>[0-9]{1,5}))?",
    re.IGNORECASE,
)


def _entry(text: str) -> Entry:
    found = _ENTRY.fullmatch(text)
    port = int(found["port"]) if found and found["port"] else None
    if not found or (port is not None and not 0 < port < 65536):
        raise ValueError(
            f"OUTGOING_ALLOW has {text!r}; write host, host:port, an address, [address]:port or a network"
        )
    host = (found["bracketed"] or found["host"] or found["bare"]).lower()
    try:
        return Entry(host, ipaddress.ip_network(host), port)
    except ValueError:
        if "/" in host or ":" in host or is_misspelt(host):
            raise ValueError(f"OUTGOING_ALLOW has {text!r}, which is no network") from None
        return Entry(host, None, port)
