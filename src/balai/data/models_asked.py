"""The table of what people ask to be published."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from balai.base.rows import TenantModel
from balai.base.sealing import SealedField


class AskedDataset(TenantModel):
    """A dataset somebody misses, and what became of the wish.

    Readers see `title` once a steward wrote it, `use`, state, days and answer; never `what` and
    `why`, which may hold anything. The address is sealed, and forgotten when nothing more is told.
    `key` is known to the sender alone; before the address is proved it proves it.
    """

    class Use(models.TextChoices):
        RESEARCH = "research", _("penelitian atau tugas kuliah")
        PRESS = "press", _("pemberitaan")
        BUSINESS = "business", _("usaha")
        COMMUNITY = "community", _("kegiatan warga")
        GOVERNMENT = "government", _("tugas pemerintahan")
        OWN = "own", _("keperluan sendiri")

    class State(models.TextChoices):
        UNPROVED = "unproved", _("menunggu bukti surel")
        NEW = "new", _("menunggu jawaban walidata")
        ACCEPTED = "accepted", _("diterima, sedang disiapkan")
        REFUSED = "refused", _("tidak dapat diterbitkan")
        PUBLISHED = "published", _("sudah terbit")

    what = models.TextField()
    why = models.TextField()
    use = models.CharField(max_length=10, choices=Use)
    state = models.CharField(max_length=9, choices=State, default=State.UNPROVED)
    key = models.CharField(max_length=32)
    email = SealedField(purpose="data.asked", blank=True)
    email_index = models.CharField(max_length=32, blank=True)
    sender_digest = models.CharField(max_length=64)
    asked_at = models.DateTimeField()
    proved_at = models.DateTimeField(null=True, blank=True)
    answer_by = models.DateField(null=True, blank=True)
    """the last day of the law; none where the calendar does not reach so far"""
    title = models.CharField(max_length=200, blank=True)
    answer = models.TextField(blank=True)
    ground = models.CharField(max_length=40, blank=True)
    """key in the table `data_request_grounds`, for what was refused"""
    office = models.ForeignKey(
        "people.Office", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    """who prepares it"""
    planned_on = models.DateField(null=True, blank=True)
    dataset = models.ForeignKey(
        "data.Dataset", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_by = models.CharField(max_length=200, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "key"], name="asked_dataset_key"),
            models.CheckConstraint(
                condition=Q(state__in=["unproved", "new"]) | ~Q(title=""), name="asked_dataset_title"
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | (~Q(ground="") & ~Q(answer="")), name="asked_dataset_ground"
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(dataset__isnull=False), name="asked_dataset_published"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "state", "asked_at"], name="asked_dataset_state"),
            models.Index(fields=["tenant", "sender_digest", "asked_at"], name="asked_dataset_sender"),
        ]

    @property
    def owner_offices(self) -> tuple[str, ...]:
        return (str(self.office_id),) if self.office_id else ()
