"""Which addresses are public, and how the operator writes exceptions."""

import ipaddress

import pytest

from balai.base.addresses import Allowed, is_misspelt, is_public


@pytest.mark.parametrize(
    ("text", "public", "why"),
    [
        ("103.135.180.1", True, "an address of the open internet"),
        ("2606:4700::1111", True, "the same, longer"),
        ("64:ff9b::8.8.8.8", True, "a public address through NAT64"),
        ("127.0.0.1", False, "loopback"),
        ("127.255.255.254", False, "all of 127 is loopback"),
        ("0.0.0.0", False, "this host"),  # noqa: S104
        ("10.0.0.1", False, "private"),
        ("172.16.0.1", False, "private"),
        ("172.31.255.255", False, "private"),
        ("192.168.1.1", False, "private"),
        ("169.254.169.254", False, "metadata of a cloud"),
        ("100.64.0.1", False, "shared by a carrier"),
        ("100.100.100.200", False, "metadata of another cloud"),
        ("192.0.0.192", False, "metadata of a third"),
        ("198.18.0.1", False, "benchmarks"),
        ("203.0.113.9", False, "documentation"),
        ("224.0.0.1", False, "multicast"),
        ("240.0.0.1", False, "reserved"),
        ("255.255.255.255", False, "everybody here"),
        ("::1", False, "loopback"),
        ("::", False, "this host"),
        ("::ffff:8.8.8.8", False, "IPv4 in disguise, even a public one"),
        ("::127.0.0.1", False, "an older disguise"),
        ("64:ff9b::7f00:1", False, "loopback through NAT64"),
        ("64:ff9b:1::1", False, "local NAT64"),
        ("2002:7f00:1::", False, "loopback through 6to4"),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", False, "Teredo"),
        ("fe80::1", False, "link-local"),
        ("fe80::1%eth0", False, "link-local with its link"),
        ("fc00::1", False, "private"),
        ("fd00:ec2::254", False, "metadata, IPv6"),
        ("fec0::1", False, "site-local, withdrawn but routed in places"),
        ("ff02::1", False, "multicast"),
        ("2001:db8::1", False, "documentation"),
    ],
)
def test_only_the_open_internet_is_public(text: str, public: bool, why: str) -> None:
    assert is_public(ipaddress.ip_address(text)) is public, why


@pytest.mark.parametrize(
    "host",
    [
        "2130706433",
        "0177.0.0.1",
        "0x7f.0.0.1",
        "0x7f000001",
        "127.1",
        "127.0.0.01",
        "1.2.3.4.",
        "0",
        "8.8.2056",
        "0X7F.1",
    ],
)
def test_odd_spellings_of_an_address_are_recognised(host: str) -> None:
    assert is_misspelt(host)


@pytest.mark.parametrize("host", ["127.0.0.1", "malangkota.go.id", "3com.com", "2130706433.id", "::1", "a1"])
def test_names_and_plain_addresses_are_not_odd(host: str) -> None:
    assert not is_misspelt(host)


@pytest.mark.parametrize(
    ("entry", "host", "address", "port", "may", "why"),
    [
        ("", "sipd.internal", "10.1.2.3", 443, False, "empty by default"),
        ("sipd.internal", "sipd.internal", "10.1.2.3", 443, True, "a name"),
        ("SIPD.internal", "sipd.internal", "10.1.2.3", 443, True, "in capitals"),
        ("sipd.internal", "sipd.internal", "10.1.2.3", 8443, False, "a name on the usual ports only"),
        ("sipd.internal:8443", "sipd.internal", "10.1.2.3", 8443, True, "a name on its port"),
        ("sipd.internal:8443", "sipd.internal", "10.1.2.3", 443, False, "and on no other"),
        ("sipd.internal", "x.sipd.internal", "10.1.2.3", 443, False, "not what lies below the name"),
        ("10.1.0.0/16", "anything", "10.1.2.3", 80, True, "a network"),
        ("10.1.0.0/16", "anything", "10.2.2.3", 80, False, "outside of the network"),
        ("10.1.0.0/16:9000", "anything", "10.1.2.3", 9000, True, "a network on a port"),
        ("127.0.0.1:9000", "localhost", "127.0.0.1", 9000, True, "an address"),
        ("[::1]:9000", "localhost", "::1", 9000, True, "a long address with port"),
        ("::1", "localhost", "::1", 80, True, "a long address without"),
        ("fd00::/8, 10.0.0.1", "x", "fd00::7", 80, True, "several entries"),
    ],
)
def test_the_operator_s_exceptions_reach_just_as_far_as_written(
    entry: str, host: str, address: str, port: int, may: bool, why: str
) -> None:
    assert Allowed.parse(entry).has(host, ipaddress.ip_address(address), port) is may, why


@pytest.mark.parametrize(
    "entry", ["http://x", "10.0.0.1/8", "10.0.0.0/99", "x:0", "x:70000", "0x7f.1", "a b", "[::1", "abc:def:9"]
)
def test_an_exception_that_cannot_be_read_is_named(entry: str) -> None:
    with pytest.raises(ValueError, match="OUTGOING_ALLOW"):
        Allowed.parse(entry)
