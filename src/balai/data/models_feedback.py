"""The table of what readers say is wrong with a dataset."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from balai.base.rows import TenantModel


class Feedback(TenantModel):
    """What a reader found wrong with a dataset, and what its producer answered.

    Nobody's name is asked. `key` is known to the sender alone, who follows the answer by it;
    `sender_digest` counts how much one network sends in a day and tells nothing after it.
    Readers see kind, day, state and answer, never `text`: it may hold anything.
    """

    class Kind(models.TextChoices):
        WRONG = "wrong", _("nilainya salah")
        MISSING = "missing", _("ada yang kurang")
        OLD = "old", _("sudah ketinggalan")
        UNCLEAR = "unclear", _("penjelasannya tidak jelas")
        BROKEN = "broken", _("berkas atau halamannya tidak dapat dibuka")
        OTHER = "other", _("lainnya")

    class State(models.TextChoices):
        NEW = "new", _("menunggu jawaban")
        AT_WORK = "at_work", _("sedang diperiksa")
        MENDED = "mended", _("sudah diperbaiki")
        KEPT = "kept", _("tidak diubah")

    dataset = models.ForeignKey("data.Dataset", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    """of the version it speaks of"""
    kind = models.CharField(max_length=8, choices=Kind)
    text = models.TextField()
    key = models.CharField(max_length=32)
    sender_digest = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=State, default=State.NEW)
    answer = models.TextField(blank=True)
    answered_by = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "key"], name="feedback_key"),
            models.CheckConstraint(
                condition=Q(state__in=["new", "at_work"]) | ~Q(answer=""), name="feedback_end_has_answer"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "dataset", "sent_at"], name="feedback_of_dataset"),
            models.Index(fields=["tenant", "sender_digest", "sent_at"], name="feedback_of_sender"),
        ]

    @property
    def owner_offices(self) -> tuple[str, ...]:
        return self.dataset.owner_offices
