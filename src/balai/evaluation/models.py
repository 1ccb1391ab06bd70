"""Tables of the evaluation.

Of the national tenant are rounds and all that is said about regions: invitations,
assessments, scores, visits, moderations, results. Of the region are its answers
and what it does about recommendations. Neither is joined to the other by a foreign
key: a row of the one names the other by text.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from balai.base.rows import SharedModel, TenantModel
from balai.evaluation.survey_models import Survey, SurveyAnswer, SurveyPass

__all__ = [
    "Answer",
    "AnswerEvidence",
    "Assessment",
    "Extension",
    "FollowUp",
    "FollowUpEvidence",
    "InnerScore",
    "Invitation",
    "KeptInstrument",
    "Moderation",
    "Participation",
    "PublishedResult",
    "Recommendation",
    "Result",
    "Return",
    "Round",
    "Score",
    "Survey",
    "SurveyAnswer",
    "SurveyPass",
    "Visit",
    "VisitPhoto",
]


class KeptInstrument(SharedModel):
    """An instrument as it was when a round was opened or a table imported with it."""

    why_shared = "the questions a nation is judged by are read by every region"
    append_only = True

    code = models.CharField(max_length=60)
    sha256 = models.CharField(max_length=64)
    written = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "sha256"], name="kept_instrument")]


# --- rows of the national tenant ------------------------------------------------


class Round(TenantModel):
    """A round of evaluation (tahap): one instrument, the regions invited, and its dates to the second."""

    code = models.CharField(_("kode"), max_length=60)
    title = models.CharField(_("judul"), max_length=200)
    year = models.PositiveSmallIntegerField(_("tahun"))
    family = models.CharField(max_length=20)
    instrument = models.ForeignKey(KeptInstrument, on_delete=models.PROTECT, related_name="+")
    opens_at = models.DateTimeField(_("dibuka"))
    answers_due_at = models.DateTimeField(_("batas penilaian mandiri"))
    scores_due_at = models.DateTimeField(_("batas penilaian"))
    visits_from = models.DateTimeField(_("kunjungan sejak"), null=True, blank=True)
    visits_to = models.DateTimeField(_("kunjungan sampai"), null=True, blank=True)
    previous = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    frozen_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "code"], name="round_code"),
            models.CheckConstraint(
                condition=Q(opens_at__lt=F("answers_due_at")) & Q(answers_due_at__lt=F("scores_due_at")),
                name="round_dates",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "family", "year"], name="round_year")]
        ordering = ["-year", "-opens_at"]

    def __str__(self) -> str:
        return self.title


class Invitation(TenantModel):
    """A region that a round is held for; `region_tenant` is the key of its local government here."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="invitations")
    region_tenant = models.CharField(max_length=16)
    region_code = models.CharField(max_length=13)
    region_name = models.CharField(max_length=120)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "round", "region_tenant"], name="invitation_region")
        ]
        ordering = ["region_name"]


class Extension(TenantModel):
    """More time for the answers of one region, with the reason it was given for."""

    append_only = True

    invitation = models.ForeignKey(Invitation, on_delete=models.PROTECT, related_name="extensions")
    due_at = models.DateTimeField()
    reason = models.CharField(_("alasan"), max_length=500)
    given_by = models.CharField(max_length=200)
    given_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "invitation"], name="extension_invitation")]


class Return(TenantModel):
    """A self-assessment given back to its region to be sent again, with the reason."""

    append_only = True

    invitation = models.ForeignKey(Invitation, on_delete=models.PROTECT, related_name="returns")
    sent_at = models.DateTimeField()
    reason = models.CharField(_("alasan"), max_length=500)
    returned_by = models.CharField(max_length=200)
    returned_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "invitation"], name="return_invitation")]
        ordering = ["returned_at"]


class Assessment(TenantModel):
    """One assessor's judging of one region. Scores are shown to others only when all have finished."""

    invitation = models.ForeignKey(Invitation, on_delete=models.PROTECT, related_name="assessments")
    assessor_id_text = models.CharField(max_length=64)
    assessor_name = models.CharField(max_length=200)
    declared_at = models.DateTimeField(null=True, blank=True)
    has_conflict = models.BooleanField(default=False)
    conflict = models.CharField(_("konflik kepentingan"), max_length=500, blank=True)
    strengths = models.TextField(_("kekuatan"), blank=True)
    weaknesses = models.TextField(_("kelemahan"), blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "invitation", "assessor_id_text"], name="assessment_assessor"
            ),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True)
                | Q(declared_at__isnull=False, has_conflict=False, withdrawn_at__isnull=True),
                name="assessment_without_conflict",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "assessor_id_text"], name="assessment_by_assessor")]

    @property
    def owner_account(self) -> str:
        return self.assessor_id_text


class Score(TenantModel):
    """What one assessor gives one question; a whole number of the instrument's scale."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="scores")
    question = models.CharField(max_length=20)
    value = models.PositiveSmallIntegerField(_("nilai"))
    note = models.TextField(_("catatan"), blank=True)
    scored_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "assessment", "question"], name="score_question")
        ]


class Recommendation(TenantModel):
    """What an assessor advises a region; tracked by the region in a `FollowUp`."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="recommendations")
    question = models.CharField(max_length=20, blank=True)
    dimension = models.CharField(max_length=40, blank=True)
    text = models.TextField(_("rekomendasi"))
    written_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "assessment"], name="recommendation_assessment")]


class Visit(TenantModel):
    """An interview, or one place of a field visit (tinjau lapang): one place for each dimension."""

    class Kind(models.TextChoices):
        INTERVIEW = "interview", _("wawancara")
        FIELD = "field", _("tinjau lapang")

    invitation = models.ForeignKey(Invitation, on_delete=models.PROTECT, related_name="visits")
    kind = models.CharField(max_length=9, choices=Kind)
    dimension = models.CharField(max_length=40, blank=True)
    place = models.CharField(_("tempat"), max_length=200)
    link = models.URLField(_("tautan pertemuan"), max_length=500, blank=True)
    starts_at = models.DateTimeField(_("mulai"))
    ends_at = models.DateTimeField(_("selesai"))
    notes = models.TextField(_("catatan"), blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "invitation", "dimension"],
                condition=Q(kind="field"),
                name="visit_one_a_dimension",
            ),
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="visit_times"),
            models.CheckConstraint(
                condition=Q(kind="interview") | ~Q(dimension=""), name="visit_has_dimension"
            ),
        ]
        ordering = ["starts_at"]


class VisitPhoto(TenantModel):
    """A photo taken at a visit."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="photos")
    file = models.ForeignKey("base.StoredFile", on_delete=models.PROTECT, related_name="+")
    caption = models.CharField(_("keterangan"), max_length=300, blank=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "visit"], name="visit_photo_visit")]


class Moderation(TenantModel):
    """The score of a question as the assessors settled it together. The newest one stands."""

    append_only = True

    invitation = models.ForeignKey(Invitation, on_delete=models.PROTECT, related_name="moderations")
    question = models.CharField(max_length=20)
    numerator = models.PositiveIntegerField()
    denominator = models.PositiveIntegerField(default=1)
    reason = models.CharField(_("alasan"), max_length=500)
    settled_by = models.CharField(max_length=200)
    settled_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [models.CheckConstraint(condition=Q(denominator__gt=0), name="moderation_fraction")]
        indexes = [models.Index(fields=["tenant", "invitation", "question"], name="moderation_question")]


class Result(TenantModel):
    """The frozen result of one region: a copy of everything it was made from, and its hash.

    `final` is missing where the region did not take part; that is not a zero. `content`
    holds exact numbers as text. The hash stands in the journal too, and `verify_journal`
    compares the two.
    """

    append_only = True

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="results")
    region_tenant = models.CharField(max_length=16)
    region_code = models.CharField(max_length=13)
    region_name = models.CharField(max_length=120)
    year = models.PositiveSmallIntegerField()
    family = models.CharField(max_length=20)
    final = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    change = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    predicate = models.CharField(max_length=60, blank=True)
    rank = models.PositiveSmallIntegerField(null=True)
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    frozen_by = models.CharField(max_length=200)
    frozen_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "round", "region_tenant"], name="result_region")
        ]
        indexes = [models.Index(fields=["tenant", "family", "year"], name="result_year")]


class PublishedResult(TenantModel):
    """One row of a table that the ministry published, as it was published."""

    instrument = models.ForeignKey(KeptInstrument, on_delete=models.PROTECT, related_name="+")
    family = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    stage = models.CharField(max_length=20, blank=True)
    group = models.CharField(max_length=60, blank=True)
    unit = models.CharField(max_length=200)
    unit_key = models.CharField(max_length=200)
    region_code = models.CharField(max_length=13, blank=True)
    took_part = models.BooleanField(default=True)
    values = models.JSONField()
    total = models.DecimalField(max_digits=8, decimal_places=4, null=True)
    change = models.DecimalField(max_digits=8, decimal_places=4, null=True)
    predicate = models.CharField(max_length=60, blank=True)
    source = models.CharField(_("sumber"), max_length=500)
    imported_by = models.CharField(max_length=200)
    imported_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "family", "year", "stage", "group", "unit_key"], name="published_result"
            )
        ]
        indexes = [models.Index(fields=["tenant", "region_code", "year"], name="published_result_region")]


# --- rows of the region ---------------------------------------------------------


class Participation(TenantModel):
    """A region's part in a round: its self-assessment, from the first answer to its sending."""

    round_id_text = models.CharField(max_length=36)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.CharField(max_length=200, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "round_id_text"], name="participation_round")
        ]


class Answer(TenantModel):
    """What the region says to a question: the level or score it gives itself, and why.

    `figure` says where a value came from that was taken from the plan or One Data:
    {"figure", "value", "unit", "as_of", "source", "version"}; empty where it was typed.
    """

    participation = models.ForeignKey(Participation, on_delete=models.PROTECT, related_name="answers")
    question = models.CharField(max_length=20)
    office = models.ForeignKey(
        "people.Office", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    level = models.PositiveSmallIntegerField(_("tingkat"), null=True, blank=True)
    value = models.DecimalField(_("angka"), max_digits=20, decimal_places=4, null=True, blank=True)
    text = models.TextField(_("uraian"), blank=True)
    figure = models.JSONField(default=dict)
    answered_by = models.CharField(max_length=200, blank=True)
    answered_by_id_text = models.CharField(max_length=64, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.CharField(max_length=200, blank=True)
    confirmed_by_id_text = models.CharField(max_length=64, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "participation", "question"], name="answer_question"),
            models.CheckConstraint(
                condition=Q(confirmed_by_id_text="") | ~Q(confirmed_by_id_text=F("answered_by_id_text")),
                name="answer_two_persons",
            ),
        ]

    @property
    def owner_offices(self) -> tuple[str, ...]:
        return (str(self.office_id),) if self.office_id else ()


class InnerScore(TenantModel):
    """The level the region's own internal assessor gives an answer. The newest one of an answer stands.

    It says which version of the answer was read; one that was changed since has to be read again.
    """

    append_only = True

    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="inner_scores")
    answer_version = models.PositiveIntegerField()
    level = models.PositiveSmallIntegerField(_("tingkat"))
    note = models.CharField(_("catatan"), max_length=500, blank=True)
    scored_by = models.CharField(max_length=200)
    scored_by_id_text = models.CharField(max_length=64)
    scored_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "answer"], name="inner_score_answer")]
        ordering = ["pk"]


class AnswerEvidence(TenantModel):
    """Bukti dukung of an answer: a stored file or a link, of a kind the question asks for."""

    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="evidence")
    kind = models.CharField(_("jenis"), max_length=40)
    title = models.CharField(_("judul"), max_length=300)
    file = models.ForeignKey(
        "base.StoredFile", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    link = models.URLField(max_length=500, blank=True)
    added_by = models.CharField(max_length=200)
    added_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(file__isnull=False, link="") | (Q(file__isnull=True) & ~Q(link="")),
                name="answer_evidence_one_of",
            )
        ]
        indexes = [models.Index(fields=["tenant", "answer"], name="answer_evidence_answer")]


class FollowUp(TenantModel):
    """What the region does about a recommendation (tindak lanjut), carried on until it is done."""

    class State(models.TextChoices):
        OPEN = "open", _("dikerjakan")
        DONE = "done", _("selesai")

    recommendation_id_text = models.CharField(max_length=36)
    round_id_text = models.CharField(max_length=36)
    year = models.PositiveSmallIntegerField()
    text = models.TextField(_("rekomendasi"))
    office = models.ForeignKey("people.Office", on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(_("tenggat"))
    state = models.CharField(max_length=4, choices=State, default=State.OPEN)
    answer = models.TextField(_("jawaban"), blank=True)
    answered_by = models.CharField(max_length=200, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "recommendation_id_text"], name="follow_up_once")
        ]
        indexes = [models.Index(fields=["tenant", "state", "due_on"], name="follow_up_due")]

    @property
    def owner_offices(self) -> tuple[str, ...]:
        return (str(self.office_id),)


class FollowUpEvidence(TenantModel):
    """Proof that a recommendation was followed."""

    follow_up = models.ForeignKey(FollowUp, on_delete=models.PROTECT, related_name="evidence")
    title = models.CharField(_("judul"), max_length=300)
    file = models.ForeignKey(
        "base.StoredFile", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    link = models.URLField(max_length=500, blank=True)
    added_by = models.CharField(max_length=200)
    added_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(file__isnull=False, link="") | (Q(file__isnull=True) & ~Q(link="")),
                name="follow_up_evidence_one_of",
            )
        ]
        indexes = [models.Index(fields=["tenant", "follow_up"], name="follow_up_evidence_of")]
