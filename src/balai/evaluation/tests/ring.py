"""A small round for the tests of this folder: Kota Malang and Kabupaten Malang, and three assessors."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from tests.cast import MALANG, REGENCY, Cast, Person, someone

from balai.base import tenancy
from balai.evaluation import changes
from balai.evaluation.models import (
    Answer,
    AnswerEvidence,
    Assessment,
    Invitation,
    Participation,
    Result,
    Round,
    Score,
)
from balai.evaluation.reads.sight import instrument_of
from balai.evaluation.rules import Instrument
from balai.plan.changes.uploads import Upload

WIB = ZoneInfo("Asia/Jakarta")
OPENS = datetime(2026, 9, 1, 8, 0, tzinfo=WIB)
ANSWERING = datetime(2026, 9, 20, 10, 0, tzinfo=WIB)
DUE = datetime(2026, 9, 30, 23, 59, 59, tzinfo=WIB)
SCORING = datetime(2026, 10, 12, 9, 0, tzinfo=WIB)
SCORES_DUE = datetime(2026, 10, 31, 23, 59, 59, tzinfo=WIB)
FREEZING = datetime(2026, 11, 2, 9, 0, tzinfo=WIB)

DRAFT = changes.RoundDraft(
    code="spbe-2026",
    title="Evaluasi SPBE 2026",
    year=2026,
    instrument="spbe-2020",
    opens_at=OPENS,
    answers_due_at=DUE,
    scores_due_at=SCORES_DUE,
    regions=(MALANG, REGENCY),
    visits_from=datetime(2026, 10, 3, 8, 0, tzinfo=WIB),
    visits_to=datetime(2026, 10, 7, 17, 0, tzinfo=WIB),
)


@dataclass
class Ring:
    """A round under way with its people; each method acts in the scope of who does it."""

    cast: Cast
    round: Round
    assessors: tuple[Person, ...]
    assessments: dict[tuple[str, str], Assessment] = field(default_factory=dict)

    @property
    def instrument(self) -> Instrument:
        return instrument_of(self.round)

    @property
    def questions(self) -> list[str]:
        return [each.key for each in self.instrument.questions]

    def invitation(self, region: str = MALANG) -> Invitation:
        with tenancy.scope(tenancy.NATIONAL):
            return Invitation.objects.select_related("round__instrument").get(
                round=self.round, region_tenant=region
            )

    def answer(self, question: str = "1", *, at: datetime = ANSWERING, **changed: Any) -> Any:
        """Answer as Rini, the programme office of Kota Malang."""
        draft = replace(changes.AnswerDraft(level=3, text="Sudah ada"), **changed)
        with tenancy.scope(MALANG):
            return changes.save_answer(
                self.cast.rini.actor, self.round.pk, question, draft, version=None, at=at
            )

    def prove(self, question: str = "1", raw: bytes | None = None, name: str = "bukti.pdf") -> Any:
        """Put a link, or a file with these bytes, beside the answer."""
        asked = self.instrument.question(question).evidence
        paper = {"upload": Upload(BytesIO(raw), name)} if raw else {"link": "https://malangkota.go.id/b"}
        with tenancy.scope(MALANG):
            return changes.add_answer_evidence(
                self.cast.rini.actor,
                self.round.pk,
                question,
                asked[0] if asked else "other",
                "Bukti",
                at=ANSWERING,
                **paper,  # type: ignore[arg-type]
            )

    def submit(self, *, but: str = "", at: datetime = ANSWERING) -> None:
        """Write an answer with evidence to every question that has none, but one, and send."""
        rini = self.cast.rini.actor
        with tenancy.scope(MALANG):
            part, _new = Participation.objects.get_or_create(round_id_text=str(self.round.pk))
            known = set(Answer.objects.filter(participation=part).values_list("question", flat=True))
            rows = Answer.objects.bulk_create(
                Answer(
                    participation=part,
                    question=key,
                    level=3,
                    text="Sudah ada",
                    answered_by=rini.name,
                    answered_by_id_text=rini.id,
                    answered_at=ANSWERING,
                )
                for key in self.questions
                if key not in known | {but}
            )
            AnswerEvidence.objects.bulk_create(
                AnswerEvidence(
                    answer=row,
                    kind=(self.instrument.question(row.question).evidence or ("other",))[0],
                    title="Bukti",
                    link="https://malangkota.go.id/b",
                    added_by=rini.name,
                    added_at=ANSWERING,
                )
                for row in rows
            )
            changes.submit(rini, self.round.pk, at)

    def assign(self, person: Person, region: str = MALANG) -> Assessment:
        with tenancy.scope(tenancy.NATIONAL):
            row = changes.assign(
                self.cast.putu.actor, self.invitation(region).pk, str(person.account.pk), SCORING.date()
            )
        self.assessments[person.account.name, region] = row
        return row

    def ready(self, person: Person, region: str = MALANG) -> Assessment:
        """Assign an assessor who declares no conflict."""
        row = self.assign(person, region)
        with tenancy.scope(tenancy.NATIONAL):
            return changes.declare_interest(person.actor, row.pk, has_conflict=False, at=SCORING)

    def score(self, person: Person, question: str, value: int, *, at: datetime = SCORING) -> Any:
        row = self.assessments[person.account.name, MALANG]
        with tenancy.scope(tenancy.NATIONAL):
            return changes.score(person.actor, row.pk, question, value, version=None, at=at)

    def judge(self, person: Person, value: int = 3, **single: int) -> None:
        """Score everything and finish."""
        row = self.assessments[person.account.name, MALANG]
        self.score(person, self.questions[0], single.get(f"q{self.questions[0]}", value))
        with tenancy.scope(tenancy.NATIONAL):
            Score.objects.bulk_create(
                Score(assessment=row, question=key, value=single.get(f"q{key}", value), scored_at=SCORING)
                for key in self.questions[1:]
            )
            changes.recommend(
                person.actor,
                row.pk,
                changes.RecommendationDraft("Lengkapi audit TIK.", self.questions[-1]),
                SCORING,
            )
            changes.finish(person.actor, row.pk, "Arsitektur lengkap.", "Audit belum rutin.", SCORING)

    def moderate(self, question: str, value: int) -> None:
        with tenancy.scope(tenancy.NATIONAL):
            changes.moderate(
                self.cast.putu.actor,
                self.invitation().pk,
                question,
                Fraction(value),
                "Disepakati setelah wawancara",
                FREEZING,
            )

    def freeze(self, at: datetime = FREEZING) -> tuple[Result, ...]:
        with tenancy.scope(tenancy.NATIONAL):
            return changes.freeze(self.cast.putu.actor, self.round.pk, at)


def opened(cast: Cast, **changed: Any) -> Ring:
    """Open a round as Putu, with three assessors at hand."""
    people = tuple(someone(name, tenancy.NATIONAL, "assessor") for name in ("Ani", "Bima", "Citra"))
    with tenancy.scope(tenancy.NATIONAL):
        row = changes.start_round(cast.putu.actor, replace(DRAFT, **changed))
    return Ring(cast, row, people)
