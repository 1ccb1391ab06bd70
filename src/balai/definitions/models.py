"""The tenant's own rows of dated tables, each proposed by one person and decided by another."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from balai.base.rows import TenantModel


class TableAmendment(TenantModel):
    """A row that stands above the shipped rows of a dated table, once it is approved.

    `values` holds each cell as files write it (`rules.written`), so that the
    types come from the table's columns and no decimal passes through a float.
    """

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("menunggu persetujuan")
        APPROVED = "approved", _("disetujui")
        REFUSED = "refused", _("ditolak")
        WITHDRAWN = "withdrawn", _("ditarik")
        REPLACED = "replaced", _("digantikan")

    table = models.CharField(_("tabel"), max_length=60)
    key = models.CharField(_("kunci"), max_length=60, blank=True)
    valid_from = models.DateField(_("berlaku sejak"))
    valid_to = models.DateField(_("berlaku sampai"), null=True, blank=True)
    values = models.JSONField(_("isi"), default=dict)
    source = models.CharField(_("sumber"), max_length=500)
    reason = models.TextField(_("alasan"))
    replaces = models.ForeignKey(
        "self",
        verbose_name=_("menggantikan"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.PROPOSED)
    proposed_by = models.CharField(max_length=64)
    proposed_by_name = models.CharField(max_length=200)
    proposed_at = models.DateTimeField(default=timezone.now)
    decided_by = models.CharField(max_length=64, blank=True)
    decided_by_name = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_note = models.TextField(_("catatan keputusan"), blank=True)

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")),
                name="table_amendment_ends_after_it_begins",
            ),
            # Two pairs of eyes, whoever writes: only a withdrawal is the proposer's own decision.
            models.CheckConstraint(
                condition=models.Q(status__in=["proposed", "withdrawn"])
                | (~models.Q(decided_by="") & ~models.Q(decided_by=models.F("proposed_by"))),
                name="table_amendment_decided_by_another",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "table", "key", "valid_from"], name="table_amendment_validity"),
            models.Index(fields=["tenant", "status"], name="table_amendment_status"),
        ]
        ordering: ClassVar = ["-proposed_at"]

    def __str__(self) -> str:
        return f"{self.table} {self.key}".strip()

    @property
    def owner_account(self) -> str:
        """The account whose own thing this is, for rights that reach that far."""
        return self.proposed_by
