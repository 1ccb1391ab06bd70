"""Tables of the intake: files on their way to a version, and addresses files are fetched from."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from balai.base.rows import TenantModel
from balai.base.sealing import SealedField, unseal


class Upload(TenantModel):
    """A file on its way: received in parts, read, agreed to, checked, published.

    `offset` counts the bytes that are on disk for good; what is acknowledged is never lost. `said`
    is what persons decided: {layout, columns, styles, regions, period, reason, corrects}. `taken`,
    `readings`, `unclear` and `proposal` are what was recognised, `report` what the check found,
    `faults` why it could not be read, as {place, wrong, right}. `signed` is {reason, by, account, at} of the
    steward who let it be published although it is not as declared.
    """

    class State(models.TextChoices):
        RECEIVING = "receiving", _("sedang diunggah")
        READING = "reading", _("sedang dibaca")
        ASKING = "asking", _("menunggu Anda mencocokkan kolomnya")
        REFUSED = "refused", _("tidak dapat dibaca")
        CHECKING = "checking", _("sedang diperiksa")
        JUDGED = "judged", _("selesai diperiksa")
        PUBLISHING = "publishing", _("sedang diterbitkan")
        PUBLISHED = "published", _("terbit")
        DROPPED = "dropped", _("dibuang")

    class Source(models.TextChoices):
        PAGE = "page", _("halaman")
        API = "api", _("program")
        FETCH = "fetch", _("pengambilan terjadwal")

    dataset = models.ForeignKey(
        "data.Dataset", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    """None for a file from which a dataset is to be declared"""
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    offset = models.PositiveBigIntegerField(default=0)
    told_sha256 = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.RECEIVING)
    key = SealedField(purpose="intake.key", blank=True)
    """of its bytes on the disk; forgotten with them"""
    source = models.CharField(max_length=5, choices=Source, default=Source.PAGE)
    fetched_from = models.ForeignKey(
        "data.FetchSource", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    said = models.JSONField(default=dict)
    taken = models.JSONField(default=dict)
    readings = models.JSONField(default=list)
    unclear = models.JSONField(default=dict)
    proposal = models.JSONField(default=list)
    report = models.JSONField(default=dict)
    faults = models.JSONField(default=list)
    signed = models.JSONField(default=dict)
    waits_for_steward = models.BooleanField(default=False)
    steward_answer = models.TextField(blank=True)
    number = models.PositiveIntegerField(null=True)
    """of the version it became"""
    is_new_version = models.BooleanField(default=True)
    owner_id_text = models.CharField(max_length=64)
    owner_name = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(offset__lte=models.F("size")), name="upload_offset"),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(number__isnull=False), name="upload_published_has_number"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "state", "touched_at"], name="upload_state"),
            models.Index(fields=["tenant", "dataset", "touched_at"], name="upload_dataset"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def file_key(self) -> str:
        """The key of its bytes on the disk; it stays within the intake."""
        return unseal(self.key, "intake.key", self.tenant)

    @property
    def owner_offices(self) -> tuple[str, ...]:
        return self.dataset.owner_offices if self.dataset else ()

    @property
    def owner_account(self) -> str:
        return self.owner_id_text

    @property
    def is_working(self) -> bool:
        return self.state in (self.State.READING, self.State.CHECKING, self.State.PUBLISHING)


class FetchSource(TenantModel):
    """An address whose file is fetched again and again for a dataset, from a day, until a day.

    After MOST_FAILURES failures in a row nothing is fetched until somebody switches it on again.
    """

    MOST_FAILURES = 8

    class Kind(models.TextChoices):
        FILE = "file", _("alamat berkas")
        CKAN = "ckan", _("sumber daya di portal CKAN")

    class Every(models.TextChoices):
        HOUR = "hour", _("setiap jam")
        DAY = "day", _("setiap hari")
        WEEK = "week", _("setiap minggu")
        MONTH = "month", _("setiap bulan")

    dataset = models.ForeignKey("data.Dataset", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("jenis"), max_length=4, choices=Kind, default=Kind.FILE)
    address = models.CharField(_("alamat"), max_length=1000)
    resource = models.CharField(_("nomor sumber daya"), max_length=100, blank=True)
    every = models.CharField(_("diambil"), max_length=5, choices=Every, default=Every.DAY)
    starts_on = models.DateField(_("mulai"))
    ends_on = models.DateField(_("sampai"), null=True, blank=True)
    next_at = models.DateTimeField()
    last_at = models.DateTimeField(null=True, blank=True)
    last_told = models.CharField(max_length=300, blank=True)
    etag = models.CharField(max_length=300, blank=True)
    last_modified = models.CharField(max_length=100, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)
    is_on = models.BooleanField(default=True)
    owner_id_text = models.CharField(max_length=64)
    owner_name = models.CharField(max_length=200)
    version = models.PositiveIntegerField(default=1)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "dataset", "address", "resource"], name="fetch_source_address"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="fetch_source_days",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "is_on", "next_at"], name="fetch_source_next")]

    @property
    def owner_offices(self) -> tuple[str, ...]:
        return self.dataset.owner_offices
