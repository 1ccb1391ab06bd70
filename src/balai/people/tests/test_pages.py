"""Every page of people opens for whom it is meant, with something in it and with nothing."""

import pytest
from tests.cast import MALANG, Cast, visitor_at

from balai.base import tenancy
from balai.people import changes
from balai.people.models import Membership, Office, Partner, RoleRequest

pytestmark = pytest.mark.usefixtures("malang")


def addresses(cast: Cast) -> dict[str, list[str]]:
    seat = Membership.objects.get(account=cast.budi.account)
    return {
        "people.read": [
            "/meja/orang",
            f"/meja/orang/{cast.budi.account.pk}",
            "/meja/perangkat-daerah",
            "/meja/peran",
        ],
        "people.manage": [
            "/meja/orang/baru",
            "/meja/orang/impor",
            f"/meja/jabatan/{seat.pk}/pindah",
            f"/meja/jabatan/{seat.pk}/pejabat-sementara",
            f"/meja/jabatan/{seat.pk}/akhiri",
            "/meja/perangkat-daerah/baru",
            f"/meja/perangkat-daerah/{cast.health.pk}/nama",
            f"/meja/perangkat-daerah/{cast.health.pk}/tutup",
            "/meja/permintaan-data",
        ],
        "people.roles": [
            "/meja/permintaan-peran",
            f"/meja/jabatan/{seat.pk}/peran",
            f"/meja/jabatan/{seat.pk}/peran/officer/cabut",
        ],
        "partners.manage": ["/meja/mitra/baru"],
        "self.read": ["/saya", "/saya/lengkapi", "/saya/permintaan"],
    }


@pytest.mark.parametrize("who", ["sari", "budi", "agus", "rini", "tono", "joko"])
def test_a_page_opens_for_its_verb_alone(who: str, cast: Cast) -> None:
    person = getattr(cast, who)
    actor, client = person.actor_in(MALANG), visitor_at(MALANG)
    client.force_login(person.account)
    for verb, pages in addresses(cast).items():
        for address in pages:
            status = client.get(address).status_code
            if not actor.may(verb):
                assert status == 403, f"{who} {address}"
            elif who == "agus" and str(cast.budi.account.pk) in address:
                assert status == 404, f"{who} {address}"
            else:
                assert status == 200, f"{who} {address}"


def test_a_visitor_is_sent_to_sign_in_from_every_page_but_the_partners(cast: Cast) -> None:
    client = visitor_at(MALANG)
    for pages in addresses(cast).values():
        for address in pages:
            assert client.get(address).headers["Location"].startswith("/akun/login/"), address
    assert client.get("/mitra").status_code == 200


def test_an_administrator_does_a_days_work_on_the_pages(cast: Cast) -> None:
    tono, lina = cast.tono.client, cast.lina.client
    new = {
        "name": "Dian",
        "email": "dian@kota-malang.example",
        "office": str(cast.health.pk),
        "roles": ["officer", "auditor"],
        "from_on": "2026-01-01",
    }
    assert tono.post("/meja/orang/baru", new).status_code == 302
    assert tono.post("/meja/orang/baru", {**new, "to_on": "2025-01-01"}).status_code == 422
    seat = Membership.objects.get(account__name="Dian")
    request = RoleRequest.objects.get()
    decision = {"decision": "approve", "answer": "SK 12/2026"}
    assert tono.post(f"/meja/permintaan-peran/{request.pk}", decision).status_code == 403
    assert lina.post(f"/meja/permintaan-peran/{request.pk}", decision).status_code == 302
    assert "disetujui" in tono.get("/meja/permintaan-peran").content.decode()
    move = {"to": str(cast.kominfo.pk), "on": "2026-02-01"}
    assert tono.post(f"/meja/jabatan/{seat.pk}/pindah", move).status_code == 302
    gone = tono.post(f"/meja/orang/{seat.account_id}/keluar", {"reason": "Pensiun"}, follow=True)
    assert "Dicabut" in gone.content.decode()
    office = {"code": "brida", "name": "Badan Riset", "active_from": "2026-01-01"}
    assert tono.post("/meja/perangkat-daerah/baru", office).status_code == 302
    assert Office.objects.filter(code="brida").exists()


def test_the_register_of_partners_shows_no_contact(cast: Cast) -> None:
    rini = cast.rini.client
    fields = {
        "name": "Universitas Contoh",
        "helix": "academia",
        "contact": "Bu Dian 0812",
        "mandate": "Riset",
    }
    assert rini.post("/meja/mitra/baru", fields).status_code == 302
    page = visitor_at(MALANG).get("/mitra").content.decode()
    assert "Universitas Contoh" in page and "0812" not in page
    partner = Partner.objects.get()
    assert rini.post(f"/meja/mitra/{partner.pk}", {**fields, "mandate": "Uji coba"}).status_code == 302
    assert "Uji coba" in visitor_at(MALANG).get("/mitra?helix=academia").content.decode()
    assert "Universitas Contoh" not in visitor_at(MALANG).get("/mitra?helix=media").content.decode()


def test_joko_sees_no_partner_of_kota_malang_at_home(cast: Cast) -> None:
    changes.register_partner(cast.rini.actor, name="Universitas Contoh", helix="academia")
    assert "Universitas Contoh" not in cast.joko.client.get("/mitra").content.decode()
    partner = Partner.objects.get()
    assert cast.joko.client.get(f"/meja/mitra/{partner.pk}").status_code == 403
    assert tenancy.current_tenant() == MALANG
