"""Tables an export shows and no import reads: reports, evidence, published figures, the masterplan itself."""

from collections.abc import Callable, Mapping

from django.db.models import QuerySet

from balai.base.actor import Actor
from balai.plan.models import COMPUTED, TYPED, Action, Evidence, Masterplan, PublishedFigure
from balai.plan.reads import sight
from balai.plan.sheets.columns import ORIGINS, VIEWS
from balai.plan.sheets.layout import Table

ORIGIN = "Asal"

_STATUS = {
    "draft": "draf",
    "submitted": "menunggu verifikasi",
    "returned": "dikembalikan",
    "verified": "terverifikasi",
    "computed": "dihitung dari catatan",
}
_KIND = {TYPED: "diketik", COMPUTED: "dihitung"}
_CONFIDENCE = {"verified": "terverifikasi", "single source": "satu sumber", "inferred": "disimpulkan"}
_PLAN_STATUS = {"draft": "draf", "adopted": "ditetapkan", "superseded": "digantikan"}


def origin(value: str) -> str:
    """Return an origin in the words of the workbook."""
    return next(label for label, kept in ORIGINS.items() if kept == value)


def table(actor: Actor, what: str, plan: Masterplan, actions: QuerySet[Action]) -> Table:
    """Return one of TABLES for the actions an actor may export."""
    return TABLES[what](actor, plan, actions)


def _reports(actor: Actor, plan: Masterplan, actions: QuerySet[Action]) -> Table:
    rows = (
        sight.reports(actor)
        .filter(action__in=actions)
        .select_related("action__programme", "period")
        .order_by("action__programme__code", "action__code", "year", "period__number", "entry")
    )
    headings = ("Kode Program", "Kode Aksi", "Judul", ORIGIN, "Tahun", "Masa", "Entri", "Nilai", "Satuan")
    how = ("Cara Nilai Diperoleh", "Indikator", "Nomor Angka")
    more = ("Fisik (%)", "Realisasi (Rp)", "Catatan", "Status", "Berlaku", "Dilaporkan", "Diverifikasi")
    return Table(
        VIEWS[0],
        (*headings, *how, *more),
        [
            (
                *(row.action.programme.code, row.action.code, row.action.title, origin(row.action.origin)),
                *(row.year, row.period.title, row.entry, row.value, row.action.unit),
                *(_KIND[row.kind], row.measured_by, str(row.measurement or "")),
                *(
                    row.physical_percent,
                    row.spent,
                    row.note,
                    _STATUS[row.status],
                    row.stands,
                    row.reported_at,
                    row.verified_at,
                ),
            )
            for row in rows
        ],
    )


def _evidence(actor: Actor, plan: Masterplan, actions: QuerySet[Action]) -> Table:
    reports = sight.reports(actor).filter(action__in=actions)
    rows = (
        Evidence.objects.filter(report__in=reports)
        .select_related("report__action__programme", "report__period", "file")
        .order_by("report__action__programme__code", "report__action__code", "report__year", "id")
    )
    headings = ("Kode Program", "Kode Aksi", ORIGIN, "Tahun", "Masa", "Judul", "Tanggal", "Berkas", "SHA-256")
    return Table(
        VIEWS[1],
        (*headings, "Tautan"),
        [
            (
                *(row.report.action.programme.code, row.report.action.code, origin(row.report.action.origin)),
                *(row.report.year, row.report.period.title, row.title, row.dated_on),
                *(row.file.name if row.file else None, row.file.sha256 if row.file else None, row.link),
            )
            for row in rows
        ],
    )


def _published(actor: Actor, plan: Masterplan, actions: QuerySet[Action]) -> Table:
    rows = PublishedFigure.objects.filter(tenant=plan.tenant).order_by(
        "-year", "subject", "dimension", "title"
    )
    headings = ("Perihal", "Dimensi", "Judul", "Tahun", "Nilai", "Target", "Anggaran (Rp)", "Satuan")
    more = ("Penanggung Jawab", "Sumber", "Diterbitkan", "Keyakinan")
    return Table(
        VIEWS[2],
        (*headings, *more),
        [
            (
                *(
                    row.subject,
                    row.dimension,
                    row.title,
                    row.year,
                    row.value,
                    row.target,
                    row.budget,
                    row.unit,
                ),
                *(row.owner_name, row.source, row.published_on, _CONFIDENCE[row.confidence]),
            )
            for row in rows
        ],
    )


def _masterplans(actor: Actor, plan: Masterplan, actions: QuerySet[Action]) -> Table:
    rows = sight.plans(actor).filter(tenant=plan.tenant).order_by("region_code", "version")
    headings = ("Kode Wilayah", "Judul", "Versi", "Tahun Awal", "Tahun Akhir", "Dasar Hukum", "Status")
    return Table(
        VIEWS[3],
        (*headings, "Ditetapkan", ORIGIN, "Sumber", "Keyakinan"),
        [
            (
                *(row.region_code, row.title, row.version, row.year_from, row.year_to, row.legal_basis),
                *(_PLAN_STATUS[row.status], row.adopted_on, origin(row.origin), row.source),
                _CONFIDENCE.get(row.confidence, ""),
            )
            for row in rows
        ],
    )


TABLES: Mapping[str, Callable[[Actor, Masterplan, QuerySet[Action]], Table]] = {
    "laporan": _reports,
    "bukti": _evidence,
    "angka-terbit": _published,
    "rencana-induk": _masterplans,
}
