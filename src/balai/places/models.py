"""Tables of the regions: codes with the time they hold, figures, outlines, and what was loaded.

They are the same for every local government. Nobody edits them on a page: they
are loaded from `reference/`, whole, by `manage.py load_places`.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from balai.base.rows import SharedModel
from balai.places import rules

CODE_LENGTH = 13


class Region(SharedModel):
    """One region under one code for as long as its name, kind and parent stay the same.

    `valid_from` is the first day, `valid_to` the last one (null: still holds).
    What stood in the oldest edition we hold begins at `rules.UNKNOWN_START`.
    """

    why_shared = "Region codes are set for the whole country by the Ministry of Home Affairs."

    class Level(models.TextChoices):
        PROVINCE = rules.Level.PROVINCE.value, _("provinsi")
        REGENCY = rules.Level.REGENCY.value, _("kabupaten/kota")
        DISTRICT = rules.Level.DISTRICT.value, _("kecamatan")
        VILLAGE = rules.Level.VILLAGE.value, _("kelurahan/desa")

    class Kind(models.TextChoices):
        PROVINSI = "provinsi", _("provinsi")
        KABUPATEN = "kabupaten", _("kabupaten")
        KOTA = "kota", _("kota")
        KECAMATAN = "kecamatan", _("kecamatan")
        KELURAHAN = "kelurahan", _("kelurahan")
        DESA = "desa", _("desa")
        DESA_ADAT = "desa adat", _("desa adat")

    code = models.CharField(_("kode"), max_length=CODE_LENGTH)
    name = models.CharField(_("nama"), max_length=100)
    level = models.CharField(max_length=8, choices=Level)
    parent = models.CharField(max_length=CODE_LENGTH, blank=True)
    kind = models.CharField(max_length=9, choices=Kind)
    search_key = models.CharField(max_length=220)
    valid_from = models.DateField(default=rules.UNKNOWN_START)
    valid_to = models.DateField(null=True, blank=True)
    edition = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="region_code_from"),
            models.UniqueConstraint(
                fields=["code"], condition=models.Q(valid_to__isnull=True), name="region_one_holds"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")),
                name="region_days",
            ),
        ]
        indexes = [models.Index(fields=["parent", "code"], name="region_parent")]

    def __str__(self) -> str:
        return self.long_name

    @property
    def long_name(self) -> str:
        """The name with its kind: "Kecamatan Klojen"."""
        return rules.long_name(self.name, self.kind)

    @property
    def is_start_known(self) -> bool:
        return self.valid_from != rules.UNKNOWN_START


class RegionChange(SharedModel):
    """A code that was followed by another on a day. A region that was split has several successors."""

    why_shared = "Regions are founded, split and renumbered by national law."

    old_code = models.CharField(max_length=CODE_LENGTH)
    new_code = models.CharField(max_length=CODE_LENGTH)
    on = models.DateField()
    source = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["old_code", "new_code", "on"], name="region_change"),
            models.CheckConstraint(
                condition=~models.Q(old_code=models.F("new_code")), name="region_change_changes"
            ),
        ]


class RegionFigure(SharedModel):
    """People and area of a region in a year. What a source does not say is null, not zero."""

    why_shared = "Population and area are published nationally."

    code = models.CharField(max_length=CODE_LENGTH)
    year = models.PositiveSmallIntegerField()
    male = models.PositiveIntegerField(null=True)
    female = models.PositiveIntegerField(null=True)
    population = models.PositiveIntegerField(null=True)
    area_km2 = models.DecimalField(max_digits=10, decimal_places=3, null=True)
    population_source = models.CharField(max_length=200)
    area_source = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "year"], name="region_figure_year")]


class Outline(SharedModel):
    """The indicative outline of a region as well-known binary: MultiPolygon, WGS 84, longitude first.

    `full` outlines fit each other to the metre and answer "where is this point";
    `simplified` ones are for maps of the whole country.
    """

    why_shared = "Outlines are public and cross the borders of local governments."

    class Detail(models.TextChoices):
        FULL = "full", _("lengkap")
        SIMPLIFIED = "simplified", _("disederhanakan")

    code = models.CharField(max_length=CODE_LENGTH)
    level = models.CharField(max_length=8, choices=Region.Level)
    detail = models.CharField(max_length=10, choices=Detail)
    edition = models.CharField(max_length=80)
    shape = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "detail"], name="outline_code")]
        indexes = [models.Index(fields=["level", "detail"], name="outline_level")]


class LoadedFile(SharedModel):
    """A reference set that was loaded, with the SHA-256 of its files and of the way they were read."""

    why_shared = "Reference data is loaded once for the installation."

    name = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, blank=True)
    rows = models.PositiveIntegerField(default=0)
    loaded_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name"], name="loaded_file_name")]
