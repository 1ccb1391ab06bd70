"""Tables of the plan.

A masterplan has programmes, a programme has actions; an action has shares in
dimensions, a target for each year, money by year and source, and reports.
Beside them stand published figures, which nobody can recompute and which are
never mixed with what is counted.
"""

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from balai.base.rows import TenantModel

TYPED, COMPUTED = "typed", "computed"
"""How a figure of progress came to be known; the two are told apart wherever one is shown."""


class Origin(models.TextChoices):
    """Where a record comes from; the three are never pooled with each other."""

    RECORD = "record", _("dicatat oleh daerah")
    PUBLISHED = "published", _("fakta terbit")
    ILLUSTRATION = "illustration", _("ilustrasi")


class Confidence(models.TextChoices):
    VERIFIED = "verified", _("terverifikasi")
    SINGLE_SOURCE = "single source", _("satu sumber")
    INFERRED = "inferred", _("disimpulkan")


class Sourced(TenantModel):
    """A row that says where it comes from."""

    origin = models.CharField(max_length=12, choices=Origin, default=Origin.RECORD)
    source = models.CharField(_("sumber"), max_length=500, blank=True)
    confidence = models.CharField(max_length=16, choices=Confidence, blank=True)

    class Meta(TenantModel.Meta):
        abstract = True


class Masterplan(Sourced):
    """Rencana induk: one version of one region's plan. Adopted ones are locked."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draf")
        ADOPTED = "adopted", _("ditetapkan")
        SUPERSEDED = "superseded", _("digantikan")

    region_code = models.CharField(max_length=13)
    title = models.CharField(_("judul"), max_length=300)
    version = models.PositiveIntegerField(default=1)
    supersedes = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    year_from = models.PositiveSmallIntegerField(_("tahun awal"))
    year_to = models.PositiveSmallIntegerField(_("tahun akhir"))
    legal_basis = models.CharField(_("dasar hukum"), max_length=300, blank=True)
    vision = models.TextField(_("visi"), blank=True)
    axis_set = models.CharField(_("perangkat dimensi"), max_length=40, default="national")
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    adopted_on = models.DateField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "region_code", "version"], name="masterplan_version"),
            models.UniqueConstraint(
                fields=["tenant", "region_code"], condition=Q(status="adopted"), name="masterplan_one_adopted"
            ),
            models.CheckConstraint(condition=Q(year_to__gte=models.F("year_from")), name="masterplan_years"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def last_year(self) -> int:
        """Return the last year of targets: the plan's, or that of a planning period that carries it on."""
        return max([self.year_to, *(period.year_to for period in self.planning_periods.all())])


class Book(TenantModel):
    """One book (buku) of the masterplan, as a file; which books there are is data."""

    masterplan = models.ForeignKey(Masterplan, on_delete=models.PROTECT, related_name="books")
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=300)
    file = models.ForeignKey(
        "base.StoredFile", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    link = models.URLField(max_length=500, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "masterplan", "kind"], name="book_kind")]


class PlanningPeriod(TenantModel):
    """A period of regional planning (RPJMD or RPD) that the masterplan answers to."""

    masterplan = models.ForeignKey(Masterplan, on_delete=models.PROTECT, related_name="planning_periods")
    document = models.CharField(_("dokumen"), max_length=40)
    title = models.CharField(_("judul"), max_length=300)
    year_from = models.PositiveSmallIntegerField()
    year_to = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=500, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "masterplan", "document", "year_from"], name="planning_period"
            )
        ]


class Body(TenantModel):
    """Council (dewan), implementing team (tim pelaksana) or forum of the programme."""

    class Kind(models.TextChoices):
        COUNCIL = "council", _("Dewan Kota Cerdas")
        TEAM = "team", _("Tim Pelaksana")
        FORUM = "forum", _("Forum Kota Cerdas")

    masterplan = models.ForeignKey(Masterplan, on_delete=models.PROTECT, related_name="bodies")
    kind = models.CharField(max_length=8, choices=Kind)
    legal_basis = models.CharField(max_length=300, blank=True)
    chair = models.CharField(max_length=200, blank=True)
    members = models.TextField(blank=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "masterplan", "kind"], name="body_kind")]


class Meeting(TenantModel):
    """A meeting of a body, with what was decided."""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="meetings")
    held_on = models.DateField()
    place = models.CharField(max_length=200, blank=True)
    attendees = models.PositiveIntegerField(null=True, blank=True)
    decisions = models.TextField(blank=True)
    minutes = models.ForeignKey(
        "base.StoredFile", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "body", "held_on"], name="meeting_date")]


class Programme(Sourced):
    """A programme: a bundle of actions. One of the national tenant is shared by several regions."""

    masterplan = models.ForeignKey(
        Masterplan, on_delete=models.PROTECT, related_name="programmes", null=True, blank=True
    )
    code = models.CharField(_("kode"), max_length=40)
    title = models.CharField(_("judul"), max_length=300)
    goal = models.TextField(_("tujuan"), blank=True)
    rpjmd_code = models.CharField(_("kode program RPJMD/Renstra"), max_length=40, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "masterplan", "code"], name="programme_code"),
            models.UniqueConstraint(
                fields=["tenant", "code"], condition=Q(masterplan__isnull=True), name="programme_shared_code"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class SharedPart(TenantModel):
    """What one region does in a shared programme of the national tenant; a row of that region.

    `programme_id_text` names a row of the national tenant, so it is no foreign key.
    """

    programme_id_text = models.CharField(max_length=36)
    part = models.TextField(_("bagian daerah"))

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "programme_id_text"], name="shared_part")]


class Action(Sourced):
    """Rencana aksi: something one office does, measured by one indicator."""

    class Family(models.TextChoices):
        HUMAN_CAPACITY = "human_capacity", _("pengembangan SDM")
        INFRASTRUCTURE = "infrastructure", _("infrastruktur")
        APPLICATIONS = "applications", _("aplikasi")
        LITERACY = "literacy", _("literasi")

    class Direction(models.TextChoices):
        UP = "up", _("makin tinggi makin baik")
        DOWN = "down", _("makin rendah makin baik")

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="actions")
    code = models.CharField(_("kode"), max_length=40)
    title = models.CharField(_("judul"), max_length=300)
    description = models.TextField(_("uraian"), blank=True)
    family = models.CharField(_("kelompok"), max_length=16, choices=Family)
    owner = models.ForeignKey(
        "people.Office", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    owner_name = models.CharField(_("penanggung jawab menurut sumber"), max_length=200, blank=True)
    indicator = models.CharField(_("indikator"), max_length=300)
    unit = models.CharField(_("satuan"), max_length=60)
    direction = models.CharField(max_length=4, choices=Direction, default=Direction.UP)
    baseline = models.DecimalField(_("nilai awal"), max_digits=20, decimal_places=4, null=True, blank=True)
    measured_by = models.CharField(_("dihitung dari indikator"), max_length=60, blank=True)
    """code of the indicator of One Data its progress is computed from; "" where it is typed"""
    weight = models.DecimalField(_("bobot"), max_digits=8, decimal_places=4, default=Decimal(1))
    starts_on = models.DateField(_("mulai"), null=True, blank=True)
    ends_on = models.DateField(_("selesai"), null=True, blank=True)
    is_quick_win = models.BooleanField(default=False)
    place_name = models.CharField(_("tempat"), max_length=200, blank=True)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    continues = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    """the same action in the version of the masterplan before this one"""
    version = models.PositiveIntegerField(default=1)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "programme", "code"], name="action_code"),
            models.CheckConstraint(condition=Q(weight__gt=0), name="action_weight_positive"),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__isnull=False, longitude__isnull=False),
                name="action_place_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def owner_offices(self) -> tuple[str, ...]:
        return (str(self.owner_id),) if self.owner_id else ()

    def counts_by_data(self, target: Decimal | None) -> bool:
        """Tell whether progress towards a target is computed; physical percent is always typed."""
        return bool(self.measured_by) and target is not None


class DimensionShare(TenantModel):
    """How much of an action counts in a dimension; the shares of an action sum to 1 (checked in changes).

    `numerator / denominator` keeps a third exact.
    """

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="shares")
    dimension = models.CharField(max_length=40)
    sub_dimension = models.CharField(max_length=40, blank=True)
    numerator = models.PositiveIntegerField(default=1)
    denominator = models.PositiveIntegerField(default=1)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "action", "dimension"], name="share_dimension"),
            models.CheckConstraint(
                condition=Q(numerator__gt=0) & Q(numerator__lte=models.F("denominator")), name="share_in_one"
            ),
        ]


class Support(TenantModel):
    """An office or a partner that helps with an action."""

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="supports")
    office = models.ForeignKey(
        "people.Office", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    partner = models.ForeignKey(
        "people.Partner", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    role = models.CharField(max_length=200, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(office__isnull=False, partner__isnull=True)
                | Q(office__isnull=True, partner__isnull=False),
                name="support_one_of",
            ),
            models.UniqueConstraint(fields=["tenant", "action", "office"], name="support_office"),
            models.UniqueConstraint(fields=["tenant", "action", "partner"], name="support_partner"),
        ]


class QuickWin(TenantModel):
    """The ten elements of a quick win, and its risks (list of {risk, mitigation})."""

    action = models.OneToOneField(Action, on_delete=models.CASCADE, related_name="quick_win")
    story = models.TextField(_("cerita"), blank=True)
    elements = models.JSONField(default=dict)
    risks = models.JSONField(default=list)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "action"], name="quick_win_action")]


class Target(TenantModel):
    """What an action is to reach in a year. An action without a target in a year is not planned in it.

    `value` is missing where the action is measured by physical percent alone.
    """

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="targets")
    year = models.PositiveSmallIntegerField()
    value = models.DecimalField(max_digits=20, decimal_places=4, null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "action", "year"], name="target_year")]
        indexes = [models.Index(fields=["tenant", "year"], name="target_tenant_year")]


class Fund(TenantModel):
    """Money for an action in a year from one source. Whole rupiah.

    `code` is the sub-kegiatan of the dated nomenclature for APBD; `edition` is
    the edition it was found in, "" when no edition we hold has it.
    """

    class Source(models.TextChoices):
        APBD = "apbd", "APBD"
        APBN = "apbn", "APBN"
        CSR = "csr", "CSR/TJSL"
        PARTNER = "partner", _("mitra")
        OTHER = "other", _("lainnya")

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="funds")
    year = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=8, choices=Source)
    code = models.CharField(max_length=40, blank=True)
    edition = models.CharField(max_length=40, blank=True)
    partner = models.ForeignKey(
        "people.Partner", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    is_in_kind = models.BooleanField(default=False)
    budget = models.BigIntegerField(_("pagu"), default=0)
    spent = models.BigIntegerField(_("realisasi"), null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "action", "year", "source", "code", "partner"], name="fund_line"
            ),
            models.UniqueConstraint(
                fields=["tenant", "action", "year", "source", "code"],
                condition=Q(partner__isnull=True),
                name="fund_line_without_partner",
            ),
            models.CheckConstraint(
                condition=Q(budget__gte=0) & (Q(spent__isnull=True) | Q(spent__gte=0)),
                name="fund_not_negative",
            ),
        ]


class Period(TenantModel):
    """A reporting period of a year (e.g. the third quarter), when it is due, and whether it is locked."""

    year = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=60)
    starts_on = models.DateField()
    ends_on = models.DateField()
    due_on = models.DateField()
    locked_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "year", "number"], name="period_number")]
        ordering = ["year", "number"]

    def __str__(self) -> str:
        return self.title


class Report(TenantModel):
    """What an office says of an action at the end of a period, cumulated since 1 January.

    One entry stands for an action and year (`stands`; which one: `rules.standing`).
    A locked period is corrected by a new entry that names the one it corrects.

    An entry with `measured_by` was computed: nobody reported or verified it, its
    figure is the measurement of One Data it names. Without a value it says that
    the figure is withheld, or was taken back; such an entry never stands.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("draf")
        SUBMITTED = "submitted", _("menunggu verifikasi")
        RETURNED = "returned", _("dikembalikan")
        VERIFIED = "verified", _("terverifikasi")
        COMPUTED = "computed", _("dihitung dari catatan")

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="reports")
    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    entry = models.PositiveSmallIntegerField(default=1)
    is_correction = models.BooleanField(default=False)
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    """the verified entry it corrects; none where the locked period had no verified one"""
    carried_from = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    """the report of the version before, when a new version of the masterplan took it over"""
    value = models.DecimalField(_("nilai capaian"), max_digits=20, decimal_places=4, null=True, blank=True)
    physical_percent = models.DecimalField(
        _("fisik (%)"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    measured_by = models.CharField(_("dihitung dari indikator"), max_length=60, blank=True)
    measurement = models.UUIDField(null=True, blank=True)
    """key of the figure of One Data; it may be the nation's, so it is no foreign key"""
    is_withheld = models.BooleanField(default=False)
    spent = models.BigIntegerField(_("realisasi belanja"), null=True, blank=True)
    note = models.TextField(_("catatan"), blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    stands = models.BooleanField(default=False)
    reason = models.TextField(_("alasan dikembalikan atau dikoreksi"), blank=True)
    reported_by = models.CharField(max_length=200, blank=True)
    reporter_id_text = models.CharField(max_length=64, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.CharField(max_length=200, blank=True)
    verifier_id_text = models.CharField(max_length=64, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "action", "period", "entry"], name="report_entry"),
            models.UniqueConstraint(
                fields=["tenant", "action", "year"], condition=Q(stands=True), name="report_one_stands"
            ),
            models.CheckConstraint(
                condition=Q(stands=False) | Q(status__in=["verified", "computed"]),
                name="report_stands_verified",
            ),
            models.CheckConstraint(
                condition=(~Q(status="computed") & Q(measured_by="", measurement__isnull=True))
                | (Q(status="computed", reporter_id_text="", verifier_id_text="") & ~Q(measured_by="")),
                name="report_computed_by_nobody",
            ),
            models.CheckConstraint(
                condition=Q(is_withheld=False) | Q(value__isnull=True), name="report_withheld_has_no_value"
            ),
            models.CheckConstraint(
                condition=Q(stands=False) | Q(measured_by="") | Q(value__isnull=False),
                name="report_computed_stands_with_value",
            ),
            models.CheckConstraint(
                condition=~Q(status="verified")
                | Q(verifier_id_text="")
                | ~Q(verifier_id_text=models.F("reporter_id_text")),
                name="report_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(physical_percent__isnull=True)
                | Q(physical_percent__gte=0, physical_percent__lte=100),
                name="report_percent",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "status", "reported_at"], name="report_queue"),
            # Holds all that the count of a year reads, so that it never touches the table itself.
            models.Index(
                fields=["tenant", "action", "year", "value", "physical_percent"],
                condition=Q(stands=True),
                name="report_standing",
            ),
        ]

    @property
    def owner_offices(self) -> tuple[str, ...]:
        return self.action.owner_offices

    @property
    def kind(self) -> str:
        """Return how the figure came to be known: "typed" or "computed"."""
        return COMPUTED if self.measured_by else TYPED


class Evidence(TenantModel):
    """Bukti dukung of a report: a stored file or a link, with its own date."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="evidence")
    title = models.CharField(max_length=300)
    dated_on = models.DateField(null=True, blank=True)
    file = models.ForeignKey(
        "base.StoredFile", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    link = models.URLField(max_length=500, blank=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "report"], name="evidence_report")]


class Stage(TenantModel):
    """A frozen stage (tahap): the figures of one moment, copied, never recomputed."""

    masterplan = models.ForeignKey(Masterplan, on_delete=models.PROTECT, related_name="stages")
    title = models.CharField(max_length=200)
    year = models.PositiveSmallIntegerField()
    as_of = models.DateField()
    rule_version = models.CharField(max_length=40)
    figures = models.JSONField(default=dict)
    frozen_by = models.CharField(max_length=200)
    frozen_at = models.DateTimeField()

    append_only = True

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "masterplan", "title"], name="stage_title")]


class PublishedFigure(TenantModel):
    """A figure somebody published and nobody can recompute here: kept as a claim, with its source."""

    subject = models.CharField(max_length=60)
    dimension = models.CharField(max_length=40, blank=True)
    title = models.CharField(max_length=300)
    year = models.PositiveSmallIntegerField()
    value = models.DecimalField(max_digits=20, decimal_places=4, null=True, blank=True)
    target = models.DecimalField(max_digits=20, decimal_places=4, null=True, blank=True)
    budget = models.BigIntegerField(null=True, blank=True)
    unit = models.CharField(max_length=60)
    owner_name = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=500)
    published_on = models.DateField(null=True, blank=True)
    confidence = models.CharField(max_length=16, choices=Confidence)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "subject", "dimension", "title", "year", "unit", "source"],
                name="published_figure",
            )
        ]


from balai.plan.nomenclature import FundingSource, NomenclatureCode, NomenclatureEdition  # noqa: E402, F401
