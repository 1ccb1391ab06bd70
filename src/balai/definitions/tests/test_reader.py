"""The strict YAML: what is read, and what is refused where."""

from decimal import Decimal

import pytest

from balai.base.errors import Invalid
from balai.definitions import reader
from balai.definitions.reader import FileFault


def first_fault(raw: bytes) -> FileFault:
    with pytest.raises(Invalid) as refused:
        reader.read(raw, "x.yaml")
    fault = refused.value.faults[0]
    assert isinstance(fault, FileFault)
    return fault


def test_it_reads_texts_numbers_lists_and_says_where_they_stand() -> None:
    document = reader.read(
        b'code: a\nrate: 0.10\ncount: 3\nis_on: true\nempty: null\nlist:\n  - "35.10"\n', "x.yaml"
    )
    assert document.data["rate"] == "0.10"
    assert (document.data["count"], document.data["is_on"], document.data["empty"]) == (3, True, None)
    assert document.data["list"] == ("35.10",)
    assert document.place(("rate",)) == (2, 1)
    assert document.place(("list", 0)) == (7, 5)
    assert document.place(("list", 7, "nowhere")) == (6, 1)


def test_a_decimal_reaches_the_schema_digit_by_digit() -> None:
    assert '"rate":0.10' in reader.read(b"rate: 0.10\n", "x.yaml").json()
    assert Decimal("0.10") == Decimal(reader.read(b"rate: 0.10\n", "x.yaml").data["rate"])


@pytest.mark.parametrize(
    ("written", "place", "in_words"),
    [
        (b"a: 1\na: 2\n", (2, 1), "dua kali"),
        (b"a: &x 1\n", (1, 4), "Jangkar"),
        (b"a: *x\n", (1, 4), "Jangkar"),
        (b"a: !!python/object:os.system {}\n", (1, 4), "Penanda"),
        (b"a: !!str 5\n", (1, 4), "Penanda"),
        (b"a:\n\t- 1\n", (2, 1), "tabulator"),
        (b"a: 1\n---\nb: 2\n", (2, 1), "lebih dari satu"),
        (b"%YAML 1.1\n---\na: 1\n", (2, 1), "lebih dari satu"),
        (b"allowed: no\n", (1, 10), "dua arti"),
        (b"on: 1\n", (1, 1), "dua arti"),
        (b"a: Yes\n", (1, 4), "dua arti"),
        (b"a: ~\n", (1, 4), "dua arti"),
        (b"a: 007\n", (1, 4), "dua arti"),
        (b"a: 1e3\n", (1, 4), "dua arti"),
        (b"a: 1_000\n", (1, 4), "dua arti"),
        (b"a: 0x1F\n", (1, 4), "dua arti"),
        (b"a: 12:30\n", (1, 4), "dua arti"),
        (b"a: .nan\n", (1, 4), "dua arti"),
        (b"<<: {a: 1}\n", (1, 1), "dua arti"),
        (b"35.73: Malang\n", (1, 1), "bukan teks"),
        (b"? [a]\n: 1\n", (1, 3), "Nama"),
        (b"a: b: c\n", (1, 5), "Bentuk"),
        (b"a: 'b\n", (2, 1), "Bentuk"),
        (b"a: [1, 2\n", (2, 1), "Bentuk"),
        (b"a:\n  b: 1\n c: 2\n", (3, 2), "Bentuk"),
        (b"- a\n", (1, 1), "Berkas kosong"),
        (b"", (1, 1), "Berkas kosong"),
        (b"\xef\xbb\xbfa: 1\n", (1, 1), "BOM"),
        (b"a: 1\nb: \xe9\n", (2, 4), "UTF-8"),
    ],
)
def test_what_could_surprise_is_refused_at_its_place(
    written: bytes, place: tuple[int, int], in_words: str
) -> None:
    fault = first_fault(written)
    assert (fault.file, fault.line, fault.column) == ("x.yaml", *place)
    assert in_words in fault.wrong
    assert fault.right


def test_a_deep_file_is_refused() -> None:
    assert reader.read(b"a: " + b"[" * 19 + b"]" * 19, "x.yaml")
    assert "dalam" in first_fault(b"a: " + b"[" * 20 + b"]" * 20).wrong
    assert "dalam" in first_fault(b"a: " + b"[" * 50_000).wrong


def test_a_large_file_is_refused() -> None:
    assert "besar" in first_fault(b"a: " + b"x" * reader.LARGEST).wrong
