"""An archive made while it is sent."""

import io
import zipfile
from collections.abc import Iterator

from balai.base.zipping import Entry, of_file, zipped


def opened(parts: Iterator[bytes]) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(parts)))


def test_what_is_laid_in_is_read_back_packed_or_as_it_lies() -> None:
    content = io.BytesIO(b"foto" * 50_000)
    entries = [Entry("data.csv", [b"a,b\n", b"1,2\n" * 50_000]), of_file("foto.jpg", content)]
    with opened(zipped(iter(entries))) as archive:
        assert archive.testzip() is None
        assert archive.read("data.csv") == b"a,b\n" + b"1,2\n" * 50_000
        assert archive.read("foto.jpg") == b"foto" * 50_000
        packed, as_it_lies = archive.infolist()
        assert packed.compress_size < packed.file_size / 20
        assert as_it_lies.compress_size == as_it_lies.file_size
    assert content.closed


def test_an_entry_is_asked_for_when_its_turn_has_come() -> None:
    asked = []

    def entries() -> Iterator[Entry]:
        for name in ("satu", "dua"):
            asked.append(name)
            yield Entry(name, [bytes(100_000)], packed=False)
        yield Entry("daftar.txt", [" ".join(asked).encode()])

    parts = zipped(entries())
    first = next(parts)
    assert asked == ["satu"] and len(first) > 100_000
    with opened(iter([first, *parts])) as archive:
        assert archive.read("daftar.txt") == b"satu dua"


def test_an_empty_piece_hands_on_what_there_is() -> None:
    waited = iter([b"sedikit", b"", b"lagi"])
    parts = zipped([Entry("a", waited, packed=False)])
    assert next(parts).endswith(b"sedikit")
    assert next(waited) == b"lagi"
