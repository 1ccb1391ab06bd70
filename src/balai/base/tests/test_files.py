"""Files are taken for what they are, kept once, and found again; hostile ones are refused by name."""

import io
import os
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from django.conf import settings
from django.db import transaction
from PIL import Image, PngImagePlugin

from balai.base import tenancy
from balai.base.actor import Actor
from balai.base.contents import office
from balai.base.errors import Forbidden, Invalid
from balai.base.files import StoredFile, clean_name, open_file, orphans, path_of, store_file, sweep
from balai.base.journal import JournalEntry

BUDI = Actor("budi", "Budi", "35.73")
JOKO = Actor("joko", "Joko", "35.07")

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("malang", "own_folder")]


@pytest.fixture
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "DATA", tmp_path)
    monkeypatch.setattr(settings, "OPTIONS", replace(settings.OPTIONS, upload_max_mb=2))
    return tmp_path


def store(content: bytes, name: str) -> StoredFile:
    return store_file(io.BytesIO(content), name, BUDI)


def read(stored: StoredFile) -> bytes:
    with open_file(stored) as file:
        return file.read()


def picture(form: str, size: tuple[int, int] = (40, 20), **saved: object) -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(out, form, **saved)
    return out.getvalue()


def pdf(body: bytes = b"") -> bytes:
    begin = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog " + body + b" >>\nendobj\n"
    return (
        begin
        + b"xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Root 1 0 R /Size 1 >>\nstartxref\n%d\n%%%%EOF\n"
        % len(begin)
    )


def workbook() -> bytes:
    out = io.BytesIO()
    book = openpyxl.Workbook()
    book.active["A1"] = "Rencana aksi"
    book.save(out)
    return out.getvalue()


def archive(members: dict[str, bytes], **kwargs: object) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return out.getvalue()


def types(kind: str, more: str = "") -> bytes:
    """The list of contents of an Office file whose main part is of `kind`."""
    main = f"application/vnd.openxmlformats-officedocument.{kind}"
    return f'<Types><Override PartName="/x" ContentType="{main}"/>{more}</Types>'.encode()


def letter(**members: bytes) -> bytes:
    return archive(
        {
            "[Content_Types].xml": types("wordprocessingml.document.main+xml"),
            "word/document.xml": b"<w/>",
            **members,
        }
    )


def sheet(members: dict[str, bytes]) -> bytes:
    return archive({"[Content_Types].xml": types("spreadsheetml.sheet.main+xml"), **members})


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def huge_png() -> bytes:
    """A few kilobytes that claim, and hold, 60,000 × 60,000 pixels."""
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 100_000))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("make", "name", "media_type", "kept_as"),
    [
        (lambda: picture("PNG"), "alun-alun.png", "image/png", "alun-alun.png"),
        (lambda: picture("JPEG"), "Kayutangan.JPEG", "image/jpeg", "Kayutangan.JPEG"),
        (lambda: picture("WEBP"), "tugu.webp", "image/webp", "tugu.webp"),
        (lambda: picture("PNG"), "sebenarnya-png.jpg", "image/png", "sebenarnya-png.png"),
        (pdf, "Perwal 43.2020.pdf", "application/pdf", "Perwal 43.2020.pdf"),
        (pdf, "laporan.pdf.exe", "application/pdf", "laporan.pdf"),
        (pdf, "laporan", "application/pdf", "laporan.pdf"),
        (
            workbook,
            "capaian.xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "capaian.xlsx",
        ),
        (
            letter,
            "notulen.docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "notulen.docx",
        ),
        (lambda: "\ufeffnama;nilai\nSukun;1,5\n".encode(), "data.csv", "text/csv", "data.csv"),
        (lambda: "Catatan rapat – Ñ".encode(), "catatan.txt", "text/plain", "catatan.txt"),
        (lambda: b"tanpa akhiran", "catatan", "text/plain", "catatan.txt"),
        (lambda: b"a,b\n1,<script>\n", "keluhan.csv", "text/csv", "keluhan.csv"),
    ],
)
def test_a_file_is_taken_for_what_it_is(
    make: Callable[[], bytes], name: str, media_type: str, kept_as: str
) -> None:
    content = make()
    stored = store(content, name)
    assert (stored.media_type, stored.name) == (media_type, kept_as)
    kept = read(stored)
    assert len(kept) == stored.size
    assert kept == content or media_type.startswith("image/")


BOMB = b"\0" * (office.MOST_UNPACKED // 8)
MACRO = '<Override PartName="/xl/vbaProject.bin" ContentType="application/vnd.ms-office.vbaProject"/>'
FETCHED = b'<Relationships xmlns="x"><Relationship Type="http://x/attachedTemplate" TargetMode="External" Target="http://x"/></Relationships>'
LAUGHS = b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><Types>&c;</Types>'


def unaligned() -> bytes:
    return b"PK\x03\x04 bukan arsip" + b"\0" * 100


@pytest.mark.parametrize(
    ("make", "name", "word"),
    [
        (lambda: b"", "kosong.pdf", "kosong"),
        (lambda: b"x" * 2_000_001, "besar.txt", "2 MB"),
        (lambda: b"<!DOCTYPE html><script>alert(1)</script>", "foto.png", "halaman web"),
        (lambda: b"\n\n  <html>", "catatan.txt", "halaman web"),
        (
            lambda: b"\xef\xbb\xbf<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
            "logo.svg",
            "halaman web",
        ),
        (lambda: b"<?xml version='1.0'?><svg/>", "logo.txt", "halaman web"),
        (lambda: b"#!/bin/sh\nrm -rf /\n", "baca.txt", "skrip"),
        (lambda: b"alert(1)", "skrip.js", ".js"),
        (lambda: b"<?php system($_GET[0]);", "a.php", "skrip"),
        (lambda: b"MZ\x90\x00" + b"\0" * 500, "foto.jpg", "program"),
        (lambda: b"\x7fELF" + b"\0" * 500, "data.csv", "program"),
        (lambda: b"GIF89a" + b"\0" * 50, "gerak.gif", "GIF89a"),
        (lambda: b"\x00\x00\x00\x18ftypheic" + b"\0" * 90, "foto.heic", "HEIC"),
        (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500, "lama.xls", "Office lama"),
        (lambda: b"nama;nilai\nMa\xf1ana;1\n", "data.csv", "UTF-8"),
        (lambda: "nama;nilai".encode("utf-16"), "data.csv", "UTF-8"),
        (lambda: b"a,b\n1,\x1b[31m\n", "data.csv", "tidak dikenal"),
        (lambda: b"nama\0nilai", "data.csv", "tidak dikenal"),
        (huge_png, "raksasa.png", "piksel|terlalu besar"),
        (lambda: picture("PNG", (300, 300))[:-400], "potong.png", "rusak"),
        (lambda: picture("JPEG", (300, 300))[:800], "potong.jpg", "rusak"),
        (lambda: b"\x89PNG\r\n\x1a\n<script>alert(1)</script>", "palsu.png", "rusak"),
        (lambda: b"\xff\xd8\xff" + b"<?php ?>" * 20, "palsu.jpg", "rusak"),
        (lambda: pdf()[:-30], "potong.pdf", "rusak"),
        (lambda: pdf() + workbook(), "dua-wajah.pdf", "disambung"),
        (lambda: pdf() + b"<script>", "ekor.pdf", "disambung"),
        (lambda: b"%PDF-1.7 <html><script>alert(1)</script>", "palsu.pdf", "rusak"),
        (lambda: pdf(b"/OpenAction << /S /JavaScript /JS (x) >>"), "skrip.pdf", "skrip"),
        (lambda: pdf(b"/OpenAction << /S /#4aavaScript /JS (x) >>"), "sandi.pdf", "skrip"),
        (lambda: pdf(b"/OpenAction << /S /Launch /F (cmd.exe) >>"), "jalan.pdf", "skrip"),
        (lambda: archive({"a.txt": b"x"}), "arsip.zip", "ZIP"),
        (lambda: archive({"a.txt": b"x"}), "arsip.xlsx", "ZIP"),
        (unaligned, "rusak.xlsx", "rusak"),
        (lambda: workbook()[:-40], "potong.xlsx", "rusak"),
        (lambda: workbook() + b"<script>", "ekor.xlsx", "disambung"),
        (lambda: sheet({f"{n}.xml": BOMB for n in range(9)}), "bom.xlsx", "terlalu besar"),
        (lambda: sheet({f"{n}": b"" for n in range(office.MOST_MEMBERS)}), "banyak.xlsx", "terlalu besar"),
        (
            lambda: archive({"[Content_Types].xml": types("spreadsheetml.sheet.main+xml", MACRO)}),
            "makro.xlsm",
            "makro",
        ),
        (lambda: sheet({"xl/vbaProject.bin": b"x"}), "makro.xlsx", "makro"),
        (lambda: letter(**{"word/embeddings/oleObject1.bin": b"x"}), "tanam.docx", "makro"),
        (lambda: letter(**{"word/media/pasang.exe": b"MZ"}), "tanam.docx", "makro"),
        (lambda: letter(**{"word/_rels/settings.xml.rels": FETCHED}), "acuan.docx", "makro"),
        (lambda: sheet({"../../etc/cron.d/x": b"x"}), "naik.xlsx", "rusak"),
        (lambda: sheet({"/etc/passwd": b"x"}), "mutlak.xlsx", "rusak"),
        (lambda: sheet({"xl/A.xml": b"x", "xl/a.xml": b"y"}), "ganda.xlsx", "rusak"),
        (lambda: archive({"[Content_Types].xml": LAUGHS}), "tawa.xlsx", "rusak"),
        (
            lambda: archive({"[Content_Types].xml": types("presentationml.presentation.main+xml")}),
            "paparan.pptx",
            "lain",
        ),
    ],
)
def test_a_hostile_or_broken_file_is_refused_and_leaves_nothing(
    make: Callable[[], bytes], name: str, word: str, own_folder: Path
) -> None:
    with pytest.raises(Invalid, match=word) as refusal:
        store(make(), name)
    (fault,) = refusal.value.faults
    assert fault.place == name
    assert fault.right
    assert [path for path in own_folder.rglob("*") if path.is_file()] == []
    assert StoredFile.objects.count() == JournalEntry.objects.count() == 0


def test_an_upload_is_read_no_further_than_its_limit() -> None:
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            assert size > 0
            self.given += size
            return b"x" * size

    stream = Endless()
    with pytest.raises(Invalid, match="2 MB"):
        store_file(stream, "tanpa-akhir.txt", BUDI)
    assert stream.given == 2_000_001


def test_a_workbook_whose_directory_lies_about_its_size_is_refused() -> None:
    honest = sheet({"xl/a.xml": b"x" * 5000})
    lying = honest.replace(struct.pack("<I", 5000), struct.pack("<I", 50))
    assert lying != honest
    with pytest.raises(Invalid, match="rusak"):
        store(lying, "bohong.xlsx")


def test_a_photo_loses_its_place_and_its_maker() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Kamera Budi"
    exif.get_ifd(0x8825)[2] = (7.0, 58.0, 0.0)
    stored = store(
        picture("JPEG", exif=exif.tobytes(), comment=b"rahasia", icc_profile=b"profil"), "rumah.jpg"
    )
    kept = read(stored)
    with Image.open(io.BytesIO(kept)) as image:
        assert not image.getexif()
        assert "comment" not in image.info
    for secret in (b"Kamera", b"rahasia", b"profil", b"Exif"):
        assert secret not in kept


def test_a_photo_taken_sideways_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    with Image.open(
        io.BytesIO(read(store(picture("JPEG", (40, 20), exif=exif.tobytes()), "miring.jpg")))
    ) as image:
        assert image.size == (20, 40)


def test_what_hangs_on_a_picture_is_dropped() -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "<script>alert(1)</script>")
    stored = store(picture("PNG", pnginfo=text) + b"<script>" + workbook(), "dua-wajah.png")
    kept = read(stored)
    assert b"script" not in kept
    assert b"PK\x03\x04" not in kept
    assert not zipfile.is_zipfile(io.BytesIO(kept))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
def test_pictures_of_every_mode_can_be_kept(mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (5, 5)).save(out, "JPEG" if mode == "CMYK" else "PNG")
    assert read(store(out.getvalue(), "x.png"))


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../../etc/passwd", "passwd"),
        ("..\\..\\Windows\\win.ini", "win.ini"),
        ("/absolute/path.txt", "path.txt"),
        ("C:\\Users\\Budi\\Rapat.txt", "Rapat.txt"),
        ("a\0.txt", "a.txt"),
        ("a\r\nSet-Cookie: x.txt", "aSet-Cookie_ x.txt"),
        ("foto\u202egnp.exe", "fotognp.exe"),
        ('"><script>.txt', "___script_.txt"),
        ("CON.txt", "_CON.txt"),
        (".htaccess", "htaccess"),
        ("...", "berkas"),
        ("", "berkas"),
        ("x" * 300 + ".txt", "x" * 116 + ".txt"),
        ("Berita Acara Ñandú №1.txt", "Berita Acara Ñandú №1.txt"),
    ],
)
def test_a_name_is_cleaned(name: str, kept: str) -> None:
    assert clean_name(name) == kept


def test_bytes_are_kept_once_and_rows_as_often_as_handed_in(own_folder: Path) -> None:
    first, second = store(b"sama", "satu.txt"), store(b"sama", "dua.txt")
    assert first.sha256 == second.sha256
    assert first.public_name != second.public_name
    assert len(first.public_name) == 22, "128 bits"
    assert [path.name for path in own_folder.rglob("*") if path.is_file() and path.name != ".lock"] == [
        first.sha256
    ]
    assert path_of("35.73", first.sha256).stat().st_mode & 0o777 == 0o600


def test_the_journal_says_who_handed_it_in_but_not_its_name() -> None:
    stored = store(b"isi", "Surat Sari.txt")
    entry = JournalEntry.objects.get()
    assert (entry.actor_name, entry.verb, entry.thing) == ("Budi", "files.store", str(stored.pk))
    assert "Sari" not in str(entry.facts)
    assert stored.owner_account == "budi"


def test_joko_stores_nothing_in_kota_malang_and_shares_no_bytes_with_it() -> None:
    with pytest.raises(Forbidden):
        store_file(io.BytesIO(b"isi"), "a.txt", JOKO)
    stored = store(b"isi", "a.txt")
    with tenancy.scope("35.07"):
        theirs = store_file(io.BytesIO(b"isi"), "a.txt", JOKO)
        assert StoredFile.objects.count() == 1
        path_of("35.07", theirs.sha256).unlink()
    assert read(stored) == b"isi"


def test_bytes_that_are_gone_or_cut_are_said_to_be() -> None:
    stored = store(b"isi berkas", "a.txt")
    path = path_of("35.73", stored.sha256)
    path.write_bytes(b"isi")
    with pytest.raises(FileNotFoundError, match="not those"):
        open_file(stored)
    path.unlink()
    with pytest.raises(FileNotFoundError):
        open_file(stored)


def later(**passed: float) -> datetime:
    return datetime.now(UTC) + timedelta(**passed)


def test_a_sound_folder_has_no_orphans() -> None:
    assert len(orphans(later(days=1))) == 0
    store(b"isi", "a.txt")
    store(picture("PNG"), "b.png")
    assert len(orphans(later(days=1))) == 0


def test_orphans_of_both_kinds_are_counted() -> None:
    kept, cut, lost = store(b"ada", "a.txt"), store(b"terpotong", "b.txt"), store(b"hilang", "c.txt")
    path_of("35.73", lost.sha256).unlink()
    path_of("35.73", cut.sha256).write_bytes(b"ter")
    StoredFile.objects.filter(pk=kept.pk).delete()
    found = orphans(later(days=1))
    assert found.bytes_without_row == (kept.sha256,)
    assert set(found.rows_without_bytes) == {str(cut.pk), str(lost.pk)}


def test_bytes_of_a_change_that_failed_are_swept_up_later_and_not_at_once() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        store(b"tidak jadi", "a.txt")
        raise ZeroDivisionError
    kept = store(b"jadi", "b.txt")
    assert orphans(later(hours=-1)).bytes_without_row == ()
    assert sweep(later(hours=-1)) == 0
    assert len(orphans(later(hours=1)).bytes_without_row) == 1
    assert sweep(later(hours=1)) == 1
    assert sweep(later(hours=1)) == 0
    assert read(kept) == b"jadi"


def test_old_bytes_handed_in_again_are_young_again() -> None:
    stored = store(b"isi", "a.txt")
    StoredFile.objects.all().delete()
    os.utime(path_of("35.73", stored.sha256), (0, 0))
    assert len(orphans(later(hours=-1))) == 1
    again = store(b"isi", "a.txt")
    assert sweep(later(hours=-1)) == 0
    assert read(again) == b"isi"


def test_a_draft_of_a_killed_upload_is_swept_up(own_folder: Path) -> None:
    store(b"isi", "a.txt")
    draft = own_folder / "files" / "35.73" / "incoming" / "setengah"
    draft.write_bytes(b"x")
    assert sweep(later(hours=-1)) == 0
    assert sweep(later(hours=1)) == 1
    assert not draft.exists()


def test_a_tenant_that_never_kept_a_file_has_nothing_to_sweep() -> None:
    with tenancy.scope("35.79"):
        assert sweep(later(days=1)) == len(orphans(later(days=1))) == 0
