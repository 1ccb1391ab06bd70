"""Pages and API of files on their way: a steward's journey, parts after tus, and who sees what."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.cast import Cast, Person, someone, visitor_at

from balai.base import worker
from balai.data import reads
from balai.data.intake import place
from balai.data.intake.models import Upload
from balai.data.models import DatasetVersion
from balai.data.tests.files import MESSY
from balai.data.tests.registry import a_bin, founded, publish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("malang", "own_folder")]

_API = "/api/v1/data/uploads"


@pytest.fixture
def tika(cast: Cast) -> Person:
    """The steward of Kota Malang."""
    return someone("Tika", "35.73", "steward", office=cast.kominfo)


def _sent(client: Client, address: str, status: int = 200, **typed: Any) -> str:
    answer = client.post(address, typed, follow=True)
    assert answer.status_code == status, (address, answer.status_code, answer.content.decode()[-2000:])
    return answer.content.decode()


def _handed_in(client: Client, text: str, name: str = "sampah.csv") -> tuple[str, str]:
    """Hand a file in on the page, have it read; return its address and the page."""
    file = SimpleUploadedFile(name, text.encode(), "text/csv")
    answer = client.post("/meja/data/bins/baris/", {"file": file})
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    waiting = client.get(answer["Location"])
    assert waiting["Refresh"] == "2" and "sedang dibaca" in waiting.content.decode()
    worker.drain()
    return answer["Location"], client.get(answer["Location"]).content.decode()


def _version(address: str) -> int:
    return Upload.objects.get(pk=address.rstrip("/").rsplit("/", 1)[-1]).version


def test_a_file_is_matched_checked_and_published_without_scripts(cast: Cast) -> None:
    founded(cast)
    budi = cast.budi.client
    at, page = _handed_in(budi, MESSY)
    assert "Apakah kolomnya kami baca dengan benar?" in page and "Belum ada yang terbit." in page
    typed = {
        "version": _version(at),
        "go": "check",
        "period": "2026",
        "col-id": "No.",
        "col-name": "Nama Tempat",
    }
    typed |= {"col-cost": "Biaya", "style-cost": "", "col-placed_on": "Tanggal Pasang", "col-litres": ""}
    page = _sent(budi, f"{at}pilih/", 422, **(typed | {"period": ""}))
    assert "Periodenya tidak sesuai." in page and "Belum ada yang terbit." in page
    _sent(budi, f"{at}pilih/", **typed)
    worker.drain()
    page = budi.get(at).content.decode()
    assert "2 baris siap terbit" in page and "Mutu" in page and "Setujui dan terbitkan" in page
    _sent(budi, f"{at}terbitkan/", version=_version(at))
    worker.drain()
    assert "Terbit sebagai versi 1" in budi.get(at).content.decode()
    first = reads.first_rows(cast.sari.actor, "bins")[0]
    assert (first["cost"], str(first["placed_on"])) == (750_000, "2026-03-18")


def test_a_file_is_read_again_with_another_heading(cast: Cast) -> None:
    founded(cast)
    at, _page = _handed_in(cast.budi.client, "x,y\nid,name\n1,Satu\n")
    _sent(cast.budi.client, f"{at}pilih/", version=_version(at), go="read", header_row="2", encoding="utf-8")
    worker.drain()
    row = Upload.objects.get()
    assert row.state == "asking" and row.taken["names"] == ["id", "name"] and row.taken["rows"] == 1


def test_a_file_that_could_not_be_read_is_read_anew_as_it_is(cast: Cast) -> None:
    founded(cast)
    at, page = _handed_in(cast.budi.client, 'id;name\n1;"Satu\n')
    assert "Baris berkas 2" in page and "kenali sendiri" in page
    _sent(cast.budi.client, f"{at}pilih/", version=_version(at), go="read", header_row="", encoding="")
    worker.drain()
    row = Upload.objects.get()
    assert row.state == "refused" and row.said["layout"] == {}, "nothing was chosen that nobody chose"


def test_a_steward_sees_faults_and_signs_with_a_reason(cast: Cast, tika: Person) -> None:
    founded(cast)
    budi = cast.budi.client
    at, _page = _handed_in(budi, "id,name,cost\n1,Satu,banyak\n2,,=1+1\n")
    _sent(
        budi,
        f"{at}pilih/",
        version=_version(at),
        go="check",
        period="2026",
        **{"col-id": "id", "col-name": "name", "col-cost": "cost"},
    )
    worker.drain()
    page = budi.get(at).content.decode()
    assert (
        "3 hal tidak sesuai" in page
        and "Baris 1, kolom cost" in page
        and "Minta tanda tangan walidata" in page
    )
    listed = b"".join(budi.get(f"{at}kesalahan.csv").streaming_content).decode()
    assert "'=1+1" in listed and "\n2,cost" in listed
    assert budi.post(f"{at}terbitkan/", {"version": _version(at)}).status_code == 423
    _sent(budi, f"{at}ajukan/", version=_version(at))
    assert "1 kiriman menunggu tanda tangan Anda" in tika.client.get("/meja/kiriman/").content.decode()
    assert "Alasan belum diisi" in _sent(
        tika.client, f"{at}tanda-tangan/", 422, version=_version(at), go="sign"
    )
    _sent(tika.client, f"{at}tanda-tangan/", version=_version(at), go="sign", reason="Data darurat.")
    worker.drain()
    assert reads.version(cast.sari.actor, "bins").quality["signed"]["by"] == "Tika"
    page = visitor_at("35.73").get("/data/bins/").content.decode()
    assert "3 hal pada versi ini tidak sesuai pernyataannya. Tika, walidata" in page
    assert "Data darurat." in page and "Ketepatan bentuk" in page


def test_a_correction_needs_its_reason_and_says_what_would_change(cast: Cast) -> None:
    founded(cast)
    bare = {name: None for name in a_bin(1) if name not in ("id", "name")}
    publish([a_bin(1, **bare), a_bin(2, **bare)])
    budi = cast.budi.client
    at, _page = _handed_in(budi, "id,name\n1,Lain\n3,Tong 3\n")
    typed = {"version": _version(at), "go": "check", "period": "2026", "corrects": "1"}
    typed |= {"col-id": "id", "col-name": "name"}
    assert "Alasan koreksi belum diisi" in _sent(budi, f"{at}pilih/", 422, **typed)
    _sent(budi, f"{at}pilih/", **(typed | {"reason": "Salah ukur."}))
    worker.drain()
    told = Upload.objects.get().report["comparison"]
    assert (told["added"], told["removed"], told["changed"]) == (1, 1, 1)
    assert "mengoreksi versi 1: Salah ukur." in budi.get(at).content.decode()
    _sent(budi, f"{at}terbitkan/", version=_version(at))
    worker.drain()
    version = reads.version(cast.sari.actor, "bins")
    assert (version.number, version.corrects, version.reason) == (2, 1, "Salah ukur.")


def test_a_program_sends_a_file_in_parts(cast: Cast) -> None:
    founded(cast)
    budi, text = cast.budi.client, b"id,name\n1,Satu\n2,Dua\n"

    def write(address: str, body: Any, key: str) -> Any:
        return budi.post(address, json.dumps(body), "application/json", headers={"Idempotency-Key": key})

    said = {"dataset": "bins", "name": "a.csv", "size": len(text)}
    first = write(_API, said, "u1")
    assert first.status_code == 201, first.content
    at = f"{_API}/{first.json()['id']}"
    assert write(_API, said, "u1").json()["id"] == first.json()["id"], "announced once"

    def part(offset: int, content: bytes, **more: str) -> Any:
        kind = "application/offset+octet-stream"
        return budi.generic("PATCH", at, content, kind, headers={"Upload-Offset": str(offset), **more})

    assert part(0, text[:7])["Upload-Offset"] == "7"
    assert part(0, text).status_code == 409
    head = budi.head(at)
    assert (
        head["Tus-Resumable"] == "1.0.0"
        and head["Upload-Offset"] == "7"
        and head["Upload-Length"] == str(len(text))
    )
    assert part(7, text[7:]).status_code == 204
    assert part(len(text), b"x").status_code == 423
    worker.drain()
    row = budi.get(at).json()
    assert row["state"] == "asking"
    row = write(f"{at}/choose", {"version": row["version"], "period": "2026"}, "u2").json()
    worker.drain()
    row = budi.get(at).json()
    assert row["state"] == "judged" and row["report"]["score"] > 0
    write(f"{at}/publish", {"version": row["version"]}, "u3")
    worker.drain()
    assert budi.get(at).json()["number"] == 1
    assert DatasetVersion.objects.get().rows == 2


def test_what_a_program_sends_wrongly_is_refused(cast: Cast) -> None:
    founded(cast)
    budi = cast.budi.client
    row = budi.post(
        _API,
        json.dumps({"dataset": "bins", "name": "a.csv", "size": 5}),
        "application/json",
        headers={"Idempotency-Key": "u1"},
    ).json()
    at = f"{_API}/{row['id']}"
    kind = "application/offset+octet-stream"
    assert budi.generic("PATCH", at, b"12345", kind).status_code == 422
    assert (
        budi.generic("PATCH", at, b"12345", "text/plain", headers={"Upload-Offset": "0"}).status_code == 422
    )
    assert budi.generic("PATCH", at, b"1234567890", kind, headers={"Upload-Offset": "0"}).status_code == 204
    kept = place.folder("35.73", Upload.objects.get().pk) / place.GIVEN
    assert kept.stat().st_size == 5 + 32, "no byte beyond what was announced, sealed"
    assert (
        cast.agus.client.generic("PATCH", at, b"1", kind, headers={"Upload-Offset": "0"}).status_code == 404
    )
    told = budi.generic("PATCH", at, b"1", kind, headers={"Upload-Offset": "0"}, CONTENT_LENGTH="30000000")
    assert told.status_code == 413 and told.json()["type"] == "urn:balai:problem:too-large"
    [fault] = told.json()["faults"]
    assert fault["place"] == "Content-Length" and "20 MB" in fault["right"]
    [fault] = budi.get("/api/v1/data/drafts?limit=501").json()["faults"]
    assert (fault["place"], fault["right"]) == ("limit", "Paling besar 500.")
    assert budi.delete(at).status_code == 204 and budi.get(at).status_code == 404


def test_agus_and_joko_see_nothing_of_files_of_others(cast: Cast) -> None:
    founded(cast)
    at, _page = _handed_in(cast.budi.client, "id,name\n1,Satu\n")
    for client in (cast.agus.client, cast.joko.client):
        assert client.get(at).status_code == 404 and client.get(f"{at}kesalahan.csv").status_code == 404
        assert client.post(f"{at}buang/").status_code == 404
        assert "sampah.csv" not in client.get("/meja/kiriman/").content.decode()
        assert client.get("/meja/data/bins/baris/").status_code == 404
    assert cast.sari.client.get("/meja/kiriman/").status_code == 403
    assert visitor_at("35.73").get("/meja/kiriman/").status_code == 302
    assert cast.wati.client.get(at).status_code == 200, "of the same office"


def test_a_file_for_a_new_dataset_shows_what_was_recognised(cast: Cast) -> None:
    file = SimpleUploadedFile("a.csv", b"Nama;Jumlah\nAir;1.204\nApi;2.100\n")
    answer = cast.budi.client.post("/meja/kiriman/baru/", {"file": file})
    worker.drain()
    page = cast.budi.client.get(answer["Location"]).content.decode()
    assert "Ini yang kami kenali dari berkas Anda" in page and "jumlah" in page
    assert cast.wati.client.get(answer["Location"]).status_code == 404, "it is of nobody's dataset yet"
