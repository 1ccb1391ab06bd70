"""Tables of the impact survey; all of them are rows of the region that asks.

Between a pass and an answer there is no link, nor an instant by which one could be
laid beside the other: who answered what is known to nobody.
"""

from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from balai.base.rows import TenantModel
from balai.base.sealing import SealedField


class Survey(TenantModel):
    """A survey among the users of one programme or action, with the questions as they were when it opened.

    Attributes:
        dimensions: keys of the dimensions that are asked about.
        subject: "programme" or "action", and its code and name as they were.
        target: users that must answer before the result is valid.
    """

    class Subject(models.TextChoices):
        PROGRAMME = "programme", _("program")
        ACTION = "action", _("rencana aksi")

    code = models.CharField(_("kode"), max_length=60)
    title = models.CharField(_("judul"), max_length=200)
    year = models.PositiveSmallIntegerField(_("tahun"))
    definition = models.CharField(max_length=60)
    written = models.TextField()
    sha256 = models.CharField(max_length=64)
    subject = models.CharField(max_length=9, choices=Subject)
    subject_code = models.CharField(max_length=60)
    subject_name = models.CharField(max_length=300)
    office = models.ForeignKey(
        "people.Office", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    dimensions = models.JSONField()
    opens_at = models.DateTimeField(_("dibuka"))
    closes_at = models.DateTimeField(_("ditutup"))
    target = models.PositiveSmallIntegerField(_("sasaran pengguna"))
    opened_by = models.CharField(max_length=200)
    version = models.PositiveIntegerField(default=1)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "code"], name="survey_code"),
            models.CheckConstraint(condition=Q(opens_at__lt=F("closes_at")), name="survey_dates"),
        ]
        indexes = [models.Index(fields=["tenant", "year"], name="survey_year")]
        ordering = ["-year", "-opens_at"]

    def __str__(self) -> str:
        return self.title

    @property
    def owner_offices(self) -> tuple[str, ...]:
        return (str(self.office_id),) if self.office_id else ()


class SurveyPass(TenantModel):
    """The right to answer a survey once: a verified contact, or a printed code.

    Neither address nor code is kept: `index` is keyed and of this survey alone, so
    that the lists of two surveys cannot be joined.

    Attributes:
        sheet: number of the printed sheet; 0 of a contact.
        letter: address and code of an e-mail until it is sent, sealed; then empty.
        pin_hash: of the code that was sent to the contact.
        asked: how many codes were sent to it; none after the fifth.
        tickets: hashes of the tickets browsers got for it; the first one that is used spends it.
        spent_with: hash of the ticket it was spent with, "" until then.
    """

    class Kind(models.TextChoices):
        EMAIL = "email", _("surel")
        CODE = "code", _("kode tercetak")

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="passes")
    kind = models.CharField(max_length=5, choices=Kind)
    index = models.CharField(max_length=64)
    sheet = models.PositiveSmallIntegerField(default=0)
    letter = SealedField(purpose="evaluation.survey_letter", blank=True)
    pin_hash = models.CharField(max_length=200, blank=True)
    pin_until = models.DateTimeField(null=True, blank=True)
    wrong_pins = models.PositiveSmallIntegerField(default=0)
    asked = models.PositiveSmallIntegerField(default=0)
    tickets = models.JSONField(default=list)
    spent_with = models.CharField(max_length=64, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "survey", "index"], name="survey_pass_once"),
        ]
        indexes = [models.Index(fields=["tenant", "survey", "sheet"], name="survey_pass_sheet")]


class SurveyAnswer(TenantModel):
    """What one respondent said. Its key is random and it has no instant: it cannot be laid beside a pass."""

    append_only = True

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="answers")
    said = models.JSONField()

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "survey"], name="survey_answer_survey")]
