"""One round of the demo: open, with the four regions invited, some answers, and marked as an illustration."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

from django.utils import timezone

from balai.base import tenancy
from balai.base.actor import Actor, system
from balai.evaluation import changes
from balai.evaluation.models import Participation, Round
from balai.people import reads as people

CODE = "contoh-spbe"
REGIONS = ("35.73", "35.07", "35.79", "35.77")
_VERBS = ("evaluation.read", "evaluation.run")
_ANSWERS = {
    "1": (3, "Perwal arsitektur ditetapkan dan memuat seluruh unsur. (contoh)"),
    "2": (2, "Peta rencana ditetapkan, belum memuat semua perangkat daerah. (contoh)"),
    "3": (3, "Kebijakan manajemen data ditetapkan bersama Satu Data. (contoh)"),
    "4": (2, "Kebijakan pembangunan aplikasi berlaku sebagian. (contoh)"),
    "5": (3, "Kebijakan layanan pusat data ditetapkan. (contoh)"),
}
"""Indicator of the SPBE → level and words, as an invented answer of Kota Malang."""


def load(at: datetime, say: Callable[[str], object]) -> int:
    """Open the round of the demo and answer a few of its questions; return how many rows are new.

    Where it is there already nothing is written.
    """
    present = {each.key for each in people.governments()}
    regions = tuple(key for key in REGIONS if key in present)
    if tenancy.NATIONAL not in present or not regions:
        say("tidak ada tingkat nasional atau daerahnya, tahap contoh dilewati")
        return 0
    nation = system("demo", tenancy.NATIONAL, *_VERBS)
    with tenancy.scope(tenancy.NATIONAL):
        if Round.objects.filter(code=CODE).exists():
            return 0
        row = changes.start_round(nation, _draft(at, regions))
        _assign(nation, row, at)
    return 1 + (_answer(row, at) if "35.73" in regions else 0)


def _draft(at: datetime, regions: tuple[str, ...]) -> changes.RoundDraft:
    today = timezone.localtime(at).date()
    zone = timezone.get_current_timezone()
    last = time(23, 59, 59)

    def on(days: int, clock: time) -> datetime:
        return datetime.combine(today + timedelta(days=days), clock, tzinfo=zone)

    return changes.RoundDraft(
        code=CODE,
        title=f"Ilustrasi: Evaluasi SPBE {today.year} (bukan penilaian resmi)",
        year=today.year,
        instrument="spbe-2020",
        opens_at=on(-20, time(8)),
        answers_due_at=on(25, last),
        scores_due_at=on(60, last),
        regions=regions,
        visits_from=on(26, time(8)),
        visits_to=on(40, time(17)),
    )


def _assign(nation: Actor, row: Round, at: datetime) -> None:
    today = timezone.localtime(at).date()
    assessors = [each.account for each in people.recipients("evaluation.assess", today)]
    for invitation in row.invitations.all():
        for account in assessors[:3]:
            changes.assign(nation, invitation.pk, account, today)


def _answer(row: Round, at: datetime) -> int:
    region = system("demo", "35.73", "evaluation.read", "evaluation.answer", "evaluation.submit")
    with tenancy.scope("35.73"):
        for question, (level, text) in _ANSWERS.items():
            changes.save_answer(
                region, row.pk, question, changes.AnswerDraft(level=level, text=text), version=None, at=at
            )
        return Participation.objects.get(round_id_text=str(row.pk)).answers.count()
