"""The ways a case comes in: a page, the counter, a helper; and what is too much."""

from datetime import timedelta
from decimal import Decimal

import pytest
from tests.cast import Cast

from balai.base.actor import Actor
from balai.base.errors import Forbidden, NotFound
from balai.forms import changes as forms
from balai.forms.changes import Begun, Filing
from balai.services import changes, reads
from balai.services.models import Case
from balai.services.tests.desk import FILED, REPORT, Desk, filed

pytestmark = pytest.mark.django_db


def begun(actor: Actor, filing: Filing | None = None) -> Begun:
    form = reads.service("sambat", FILED.date()).form
    return forms.begin(actor, form, FILED, filing, REPORT)


def test_a_draft_becomes_one_case_however_often_it_is_sent(desk: Desk) -> None:
    visitor, draft = desk.cast.visitor, begun(desk.cast.visitor)
    done = changes.file_draft(visitor, draft.held, "sambat", FILED, channel="qr")
    assert (done.is_new, done.case.channel, done.case.owner) == (True, "qr", "")
    again = changes.file_draft(visitor, draft.held, "sambat", FILED)
    assert (again.case, again.is_new, again.pin) == (done.case, False, "")
    stranger = Begun(draft.draft, "another key")
    with pytest.raises(NotFound):
        changes.file_draft(visitor, stranger.held, "sambat", FILED)
    assert Case.objects.count() == 1


def test_the_counter_files_for_a_resident_and_it_is_known_who_did(desk: Desk) -> None:
    budi = desk.cast.budi.actor
    draft = begun(budi, Filing("counter", "Mbah Tik", "warga"))
    row = changes.file_draft(budi, draft.held, "sambat", FILED).case
    assert (row.channel, row.owner, row.filed_by, row.filed_by_name) == ("counter", "", budi.id, "Budi")
    assert "Tik" not in row.for_whom
    assert reads.own_list(budi) == ()


def test_a_helper_files_for_somebody_and_does_not_become_the_applicant(desk: Desk) -> None:
    sari = desk.cast.sari.actor
    draft = begun(sari, Filing("helper", "Mbah Tik", "tetangga"))
    row = changes.file_draft(sari, draft.held, "sambat", FILED).case
    assert (row.channel, row.owner, row.filed_by) == ("helper", "", sari.id)


def test_an_officer_has_no_officers_role_in_a_case_of_their_own(desk: Desk) -> None:
    row = filed(desk.vera.actor).case
    whole = reads.whole(desk.vera.actor, row.pk, FILED)
    assert (whole.is_applicant, whole.roles) == (True, {"citizen"})
    with pytest.raises(Forbidden):
        changes.move(desk.vera.actor, row.pk, "assign", version=row.version, at=FILED)


def test_too_many_of_one_telephone_or_one_network_are_refused(desk: Desk) -> None:
    for number in range(10):
        filed(desk.cast.visitor, f"k{number}", title=f"Laporan {number} hari ini")
    with pytest.raises(Forbidden, match="hari ini"):
        filed(desk.cast.visitor, "k11", title="Laporan satu lagi")
    later = FILED + timedelta(days=1, minutes=1)
    assert filed(desk.cast.visitor, "k11", later, title="Laporan satu lagi").is_new


def test_a_way_the_service_does_not_take_and_one_without_the_right_are_refused(
    desk: Desk, cast: Cast
) -> None:
    for channel in ("fax", "import", "sms", "counter"):
        with pytest.raises(Forbidden):
            changes.file(cast.sari.actor, "sambat", REPORT, changes.Coming(channel, "k"), FILED)
    with pytest.raises(NotFound):
        changes.file(cast.sari.actor, "tidak_ada", REPORT, changes.Coming("web", "k"), FILED)
    row = changes.file(desk.vera.actor, "sambat", REPORT, changes.Coming("import", "k"), FILED).case
    assert row.channel == "import"


def test_a_like_report_is_shown_before_filing_and_followed_instead(desk: Desk) -> None:
    point = {"latitude": "-7.982", "longitude": "112.63"}
    service = reads.service("sambat", FILED.date())
    row = filed(desk.cast.visitor).case
    row.longitude, row.latitude = Decimal(point["longitude"]), Decimal(point["latitude"])
    row.save()
    near = {**REPORT, "place": {"point": {"latitude": "-7.9825", "longitude": "112.63"}}}
    (found,) = reads.alike(service, near, FILED)
    assert (found.number, found.metres) == (row.number, 56)
    far = {**REPORT, "place": {"point": {"latitude": "-7.99", "longitude": "112.63"}}}
    other = {**REPORT, "category": "health"}
    for answers in (far, other, {}, {"place": "x"}):
        assert reads.alike(service, answers, FILED) == ()
    assert len(reads.alike(service, REPORT, FILED)) == 1, "without a point the words decide"
    changes.follow(desk.cast.sari.actor, found.id, FILED)
    changes.move(desk.vera.actor, row.pk, "assign", version=row.version, at=FILED)
    assert [one.number for one in reads.inbox(desk.cast.sari.actor)] == [row.number]
    with pytest.raises(NotFound):
        reads.whole(desk.cast.sari.actor, row.pk, FILED)
    with pytest.raises(Forbidden):
        changes.follow(desk.cast.visitor, found.id, FILED)
