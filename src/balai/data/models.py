"""Tables of One Data: datasets, and their versions, which never change."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from balai.base.rows import TenantModel
from balai.data.rules.metadata import Classification


class Dataset(TenantModel):
    """A dataset of a tenant: what is in force of its declaration, and what waits to be checked.

    `metadata` is the declaration in force, {} before the first check; `draft` the one being
    written, {} when nothing waits. `current` points to the version readers get.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("draf")
        SUBMITTED = "submitted", _("menunggu pemeriksaan walidata")
        CHECKED = "checked", _("sudah diperiksa")
        PUBLISHED = "published", _("terbit")

    code = models.CharField(_("kode"), max_length=60)
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    classification = models.CharField(
        max_length=8,
        choices=[(each.value, each.value) for each in Classification],
        default=Classification.CLOSED.value,
    )
    producer = models.ForeignKey(
        "people.Office", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    metadata = models.JSONField(default=dict)
    draft = models.JSONField(default=dict)
    definition_hash = models.CharField(max_length=64, blank=True)
    """of the definition file it follows; empty for one declared on a page"""
    current = models.ForeignKey(
        "data.DatasetVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.TextField(_("alasan dikembalikan"), blank=True)
    submitted_by = models.CharField(max_length=200, blank=True)
    submitter_id_text = models.CharField(max_length=64, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.CharField(max_length=200, blank=True)
    checker_id_text = models.CharField(max_length=64, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "code"], name="dataset_code"),
            models.CheckConstraint(
                condition=Q(checker_id_text="") | ~Q(checker_id_text=models.F("submitter_id_text")),
                name="dataset_two_persons",
            ),
            models.CheckConstraint(
                condition=~Q(status="published") | Q(current__isnull=False), name="dataset_published_has_rows"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "status"], name="dataset_status")]

    def __str__(self) -> str:
        return self.code

    @property
    def owner_offices(self) -> tuple[str, ...]:
        return (str(self.producer_id),) if self.producer_id else ()


class DatasetVersion(TenantModel):
    """One version of a dataset: its files, and what they held when they were published.

    `files` is a list of {name, sha256, bytes, rows}; `metadata` the declaration it was checked
    against. `suppressed` counts the rows left out because too few were alike.
    """

    append_only = True

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    period = models.CharField(_("periode"), max_length=40)
    rows = models.PositiveBigIntegerField()
    files = models.JSONField(default=list)
    metadata = models.JSONField(default=dict)
    classification = models.CharField(
        max_length=8, choices=[(each.value, each.value) for each in Classification]
    )
    """when it was published; who may not read such rows does not read these, whatever the dataset became"""
    schema_hash = models.CharField(max_length=64)
    content_hash = models.CharField(max_length=64)
    reason = models.TextField(_("alasan koreksi"), blank=True)
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    suppressed = models.PositiveBigIntegerField(default=0)
    published_by = models.CharField(max_length=200)
    publisher_id_text = models.CharField(max_length=64)
    published_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "dataset", "number"], name="dataset_version_number"),
            models.CheckConstraint(
                condition=Q(corrects__isnull=True) | ~Q(reason=""), name="dataset_correction_has_reason"
            ),
        ]


class RetiredVersion(TenantModel):
    """A version whose rows were given up by the retention rule of its dataset; its record stays."""

    append_only = True

    dataset_version = models.OneToOneField(DatasetVersion, on_delete=models.PROTECT, related_name="retired")
    rule = models.CharField(max_length=100)
    retired_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "dataset_version"], name="retired_version_once")
        ]


class SavedQuery(TenantModel):
    """A question in SQL with an address; whoever opens it asks it with their own sight.

    `chart` is {"kind", "x", "y"} as the page of questions takes them.
    """

    class Sharing(models.TextChoices):
        ME = "me", _("hanya saya")
        OFFICE = "office", _("perangkat daerah saya")
        OFFICERS = "officers", _("semua petugas daerah ini")
        PUBLIC = "public", _("siapa saja")

    slug = models.SlugField(_("alamat"), max_length=60)
    title = models.CharField(_("judul"), max_length=200)
    text = models.TextField("SQL")
    sharing = models.CharField(max_length=8, choices=Sharing, default=Sharing.ME)
    office = models.ForeignKey(
        "people.Office", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    """whom it is shared with when that is an office"""
    owner_id_text = models.CharField(max_length=64)
    owner_name = models.CharField(max_length=200)
    chart = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "slug"], name="saved_query_slug"),
            models.CheckConstraint(
                condition=~Q(sharing="office") | Q(office__isnull=False), name="saved_query_office"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "owner_id_text"], name="saved_query_owner")]

    def __str__(self) -> str:
        return self.title

    @property
    def owner_account(self) -> str:
        return self.owner_id_text
