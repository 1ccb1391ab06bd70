"""Tables of One Data: datasets, and their versions, which never change."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from balai.base.rows import TenantModel
from balai.data.intake.models import FetchSource as FetchSource
from balai.data.intake.models import Upload as Upload
from balai.data.models_asked import AskedDataset as AskedDataset
from balai.data.models_feedback import Feedback as Feedback
from balai.data.rules.metadata import Classification

if TYPE_CHECKING:
    _Text = models.CharField[Decimal | None, Decimal | None]
else:
    _Text = models.CharField


class ExactDecimalField(_Text):
    """A decimal of any length, kept digit by digit: SQLite would round it to a float.

    It is not put in order nor summed by the database.
    """

    def from_db_value(self, value: str | None, *given: Any) -> Decimal | None:
        return None if value is None else Decimal(value)

    def to_python(self, value: Any) -> Any:
        return None if value is None else Decimal(value)

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else format(Decimal(value), "f")


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
    quality = models.JSONField(default=dict)
    """{score, since, parts, faults, departures, signed} where an intake judged it; see `rules.quality`"""
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


class MeasurementRun(TenantModel):
    """One computing of an indicator: by which definition, from which versions, why.

    `definition` is the definition as it was, so that a figure can be followed after the
    file changed. `versions` is a list of {tenant, dataset, number, id, content_hash}, `parts` by name
    {dataset: the one whose rows that part counts}. `rows` counts the figures found, `changed`
    those that were written because they differ from what stood.
    """

    append_only = True

    indicator = models.CharField(max_length=60)
    definition = models.JSONField()
    definition_hash = models.CharField(max_length=64)
    sql_hash = models.CharField(max_length=64)
    parts = models.JSONField()
    versions = models.JSONField()
    reason = models.CharField(max_length=300)
    rows = models.PositiveIntegerField()
    changed = models.PositiveIntegerField()
    withheld = models.PositiveIntegerField()
    as_of = models.DateTimeField()
    computed_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["tenant", "indicator", "computed_at"], name="measurement_run_indicator")
        ]


class Measurement(TenantModel):
    """A figure as it was computed at one time; what stands is in `StandingMeasurement`.

    A withheld figure keeps no number at all. `is_gone`: the rows it was computed from are no longer
    there, so from this run on nothing stands. `dimensions_key` is `dimensions` as text, "" for none.
    """

    append_only = True

    run = models.ForeignKey(MeasurementRun, on_delete=models.PROTECT, related_name="figures")
    indicator = models.CharField(max_length=60)
    region = models.CharField(max_length=13)
    period = models.CharField(max_length=10)
    period_ends_on = models.DateField()
    dimensions = models.JSONField(default=dict)
    dimensions_key = models.CharField(max_length=500, blank=True)
    numerator = ExactDecimalField(max_length=60, null=True)
    denominator = ExactDecimalField(max_length=60, null=True)
    value = ExactDecimalField(max_length=60, null=True)
    is_withheld = models.BooleanField(default=False)
    is_gone = models.BooleanField(default=False)
    as_of = models.DateTimeField()
    computed_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "indicator", "region", "dimensions_key", "period", "run"],
                name="measurement_once_a_run",
            ),
            models.CheckConstraint(
                condition=Q(is_withheld=False, is_gone=False)
                | Q(numerator__isnull=True, denominator__isnull=True, value__isnull=True),
                name="measurement_withheld_is_empty",
            ),
        ]


class StandingMeasurement(TenantModel):
    """Which figure stands for an indicator, region, period and dimensions."""

    indicator = models.CharField(max_length=60)
    region = models.CharField(max_length=13)
    dimensions_key = models.CharField(max_length=500, blank=True)
    period = models.CharField(max_length=10)
    period_ends_on = models.DateField()
    measurement = models.OneToOneField(Measurement, on_delete=models.PROTECT, related_name="standing")

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "indicator", "region", "dimensions_key", "period"],
                name="measurement_stands_once",
            )
        ]


class IndicatorState(TenantModel):
    """How an indicator stands with a tenant: its latest run, and the failure since, if any.

    `failure` is {part, told, faults: [{place, wrong, right}]}, {} when the last computing went well.
    """

    code = models.CharField(max_length=60)
    latest = models.ForeignKey(
        MeasurementRun, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    failure = models.JSONField(default=dict)
    failed_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "code"], name="indicator_state_code")]


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


class CatalogueMark(TenantModel):
    """Another mark stands here after each change of what readers see in the catalogue of a tenant.

    Whoever keeps something of the catalogue knows by it whether that still holds.
    """

    mark = models.UUIDField()

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant"], name="catalogue_mark_once")]


class CatalogueText(TenantModel):
    """What a dataset is in DCAT, written once when it changes; reading the catalogue puts them together.

    `mark` is of all that was written down: the declaration, the version, names, and the profile itself.
    """

    dataset = models.OneToOneField(Dataset, on_delete=models.PROTECT, related_name="dcat")
    mark = models.CharField(max_length=64)
    turtle = models.TextField()
    jsonld = models.TextField()
    rdfxml = models.TextField()

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "dataset"], name="catalogue_text_once")]
