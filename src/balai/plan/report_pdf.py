"""The report of a frozen stage as PDF/A-2b: the same figures as its page, with their sums.

    stage_pdf(stage, language, published=()) -> bytes

`stage` is what `reads.stage` returns, `published` what `reads.published` returns
(put beside the counted figures, never among them). Nothing is computed here: the
figures are those that were copied when the stage was frozen, so the same stage
gives the same bytes.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from balai.base import writing
from balai.base.charts import Axis, Bar, Chart, Series, bars, radar
from balai.base.later import typst
from balai.base.money import Rupiah, full
from balai.definitions.taxonomies import AxisSet, axis_set
from balai.people.reads.catalogue import cities
from balai.plan.reads.published import PublishedRow
from balai.plan.reads.stages import StageRow
from balai.plan.rules.numbers import written

TEMPLATES = Path(__file__).parent / "typst"
STANDARD: Final = "a-2b"
_BRAND = "#0f5c63"
_FONT = ('font-family="system-ui, sans-serif"', 'font-family="Libertinus Serif"')


def stage_pdf(stage: StageRow, language: str, published: Sequence[PublishedRow] = ()) -> bytes:
    """Return the report of a stage in a language ("id" or "en"), some four pages of A4.

    Cost: about half a second.

    Raises:
        typst.TypstError: the template is broken; no text in the data can break it.
    """
    with translation.override(language):
        data = _data(stage, language, published)
    frozen = timezone.localtime(stage.frozen_at)
    data["date"] = [frozen.year, frozen.month, frozen.day]
    return typst.compile(
        TEMPLATES / "stage.typ",
        root=TEMPLATES,
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False, sort_keys=True)},
        pdf_standards=STANDARD,
        timestamp=int(stage.frozen_at.timestamp()),
    )


def fingerprint(stage: StageRow) -> str:
    """Return the SHA-256 of what was frozen, as the footer of every page shows it."""
    kept = {
        "title": stage.title,
        "year": stage.year,
        "as_of": stage.as_of.isoformat(),
        "rule_version": stage.rule_version,
        "figures": stage.figures,
    }
    text = json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _data(stage: StageRow, language: str, published: Sequence[PublishedRow]) -> dict[str, Any]:
    figures = stage.figures
    plan = figures["plan"]
    axes = axis_set(plan.get("axis_set", "national"))
    city = cities().get(plan["region_code"])
    origins = [count["origin"] for count in figures["counts"]]
    return {
        "language": language,
        "brand": city.brand if city and city.brand else _BRAND,
        "words": _words(),
        "stage": {
            "title": stage.title,
            "city": city.name if city else plan["region_code"],
            "plan": plan["title"],
            "hash": fingerprint(stage),
            "notice": _notice("illustration") if "illustration" in origins else "",
            "about": [
                [_("Tahun"), str(stage.year)],
                [_("Keadaan per"), writing.day(stage.as_of)],
                [_("Dibekukan"), writing.moment(stage.frozen_at)],
                [_("Versi aturan hitung"), stage.rule_version],
            ],
            "counts": [_count(count, axes) for count in figures["counts"]],
            "money": [_money(money) for money in figures["money"]],
            "published": [_published(row, axes) for row in published if row.year <= stage.year],
            "actions": _actions(figures["actions"]),
        },
    }


def _words() -> dict[str, Any]:
    return {
        "hash": _("Sidik data:"),
        "page": _("Halaman"),
        "of": _("dari"),
        "empty": _(
            "Tidak ada rencana aksi dengan target pada tahun ini, sehingga tidak ada realisasi yang dihitung."
        ),
        "rules": _("Tiga cara menghitung, berdampingan"),
        "dimensions": _("Menurut dimensi"),
        "dimension_headings": [_("Dimensi"), _("Direncanakan"), _("Selesai"), _("Dilaporkan"), _("Persen")],
        "money_headings": [_("Sumber dana"), _("Pagu"), _("Realisasi"), _("Terserap")],
        "published": _("Angka yang pernah diterbitkan"),
        "published_about": _(
            "Angka ini dikutip dari sumbernya dan tidak dapat dihitung ulang di sini. "
            "Angka ini tidak dicampur dengan angka yang dihitung."
        ),
        "published_headings": [_("Perihal"), _("Tahun"), _("Nilai"), _("Target"), _("Sumber")],
        "actions": _("Daftar rencana aksi"),
        "action_headings": [
            _("Kode"),
            _("Rencana aksi"),
            _("Penanggung jawab"),
            _("Target"),
            _("Capaian"),
            _("Keadaan"),
        ],
    }


def _notice(origin: str) -> str:
    if origin != "illustration":
        return ""
    return _("Ilustrasi – bukan data resmi. Angka ini contoh dan tidak digabung dengan data daerah.")


def _origin(origin: str) -> str:
    return {
        "record": _("Dicatat oleh daerah"),
        "published": _("Fakta terbit"),
        "illustration": _("Ilustrasi"),
    }[origin]


def _count(count: Mapping[str, Any], axes: AxisSet) -> dict[str, Any]:
    names = {dimension.key: str(dimension.name) for dimension in axes.dimensions}
    rows = [(names.get(each["key"], each["key"]), each) for each in count["dimensions"]]
    return {
        "title": _("Realisasi: %(origin)s") % {"origin": _origin(count["origin"])},
        "notice": _notice(count["origin"]),
        "drawings": [_drawing(chart) for chart in _charts(rows)],
        "rules": [_rule(rule) for rule in count["rules"]],
        "dimensions": [
            [
                name,
                _exact(each["planned"]),
                _exact(each["done"]),
                _exact(each["reported"]),
                _percent(each["percent"]),
            ]
            for name, each in rows
        ],
    }


def _charts(rows: Sequence[tuple[str, Mapping[str, Any]]]) -> list[Chart]:
    values = [None if each["percent"] is None else Fraction(each["percent"]) for _name, each in rows]
    listed = [Bar(name, value, key=each["key"]) for (name, each), value in zip(rows, values, strict=True)]
    drawn = [bars(_("Realisasi menurut dimensi"), listed, most=100)]
    if len(rows) >= 3:
        axes = [Axis(name, each["key"]) for name, each in rows]
        drawn.insert(0, radar(_("Realisasi menurut dimensi"), axes, [Series(_("realisasi"), values)]))
    return drawn


def _drawing(chart: Chart) -> dict[str, str]:
    # The drawing names the fonts of a screen; on paper it takes the one that is embedded.
    return {"title": chart.title, "svg": chart.svg.replace(*_FONT)}


def _rule(rule: Mapping[str, Any]) -> dict[str, str]:
    names = {
        "pooled": (_("Gabungan semua aksi"), _("Setiap aksi dihitung satu kali, di dimensi mana pun.")),
        "mean": (_("Rata-rata dimensi"), _("Setiap dimensi dihitung satu kali, berapa pun jumlah aksinya.")),
        "weighted": (_("Berbobot"), _("Setiap aksi dihitung menurut bobot yang diberikan rencana.")),
    }
    name, about = names[rule["rule"]]
    if Fraction(rule["not_reported"]):
        about += " " + _("%(count)s aksi belum dilaporkan; tetap dihitung sebagai penyebut.") % {
            "count": _exact(rule["not_reported"])
        }
    return {
        "name": name,
        "percent": _percent(rule["percent"]),
        "sum": rule["sum"].replace(",", _mark()) if rule["sum"] else _("Belum ada laporan yang berlaku."),
        "about": about,
    }


def _money(money: Mapping[str, Any]) -> dict[str, Any]:
    sources = {
        "apbd": "APBD",
        "apbn": "APBN",
        "csr": "CSR/TJSL",
        "partner": _("mitra"),
        "other": _("lainnya"),
    }
    rows = [[sources[source], *_sum(each)] for source, each in money["by_source"].items()]
    rows.append([_("Jumlah uang"), *_sum(money["total"])])
    if money["in_kind"]["budget"]:
        rows.append([_("Barang dan jasa (tidak dijumlahkan)"), *_sum(money["in_kind"])])
    share = money["apbd_percent"]
    return {
        "title": _("Pendanaan menurut sumber: %(origin)s") % {"origin": _origin(money["origin"])},
        "notice": _notice(money["origin"]),
        "rows": rows,
        "about": "" if share is None else _("Bagian APBD dari pagu: %(share)s.") % {"share": _percent(share)},
    }


def _sum(each: Mapping[str, Any]) -> list[str]:
    spent = each["spent"]
    return [
        full(Rupiah(each["budget"])),
        _("belum dilaporkan") if spent is None else full(Rupiah(spent)),
        _percent(each["absorbed_percent"]),
    ]


def _published(row: PublishedRow, axes: AxisSet) -> list[str]:
    said = _claimed(row.value, row.unit)
    if row.value is None and row.budget is not None:
        said = full(Rupiah(row.budget))
    confidence = {
        "verified": _("terverifikasi"),
        "single source": _("satu sumber"),
        "inferred": _("disimpulkan"),
    }[row.confidence]
    name = next((str(each.name) for each in axes.dimensions if each.key == row.dimension), row.dimension)
    title = f"{row.title} ({name})" if name else row.title
    return [title, str(row.year), said, _claimed(row.target, row.unit), f"{row.source} ({confidence})"]


def _claimed(value: Decimal | None, unit: str) -> str:
    if value is None:
        return "–"
    if unit == "rupiah":
        return full(Rupiah(int(value)))
    return f"{writing.number(value)}%" if unit == "percent" else f"{writing.number(value)} {unit}"


def _actions(actions: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    origins = dict.fromkeys(action["origin"] for action in actions)
    return [
        {
            "title": _origin(origin),
            "notice": _notice(origin),
            "rows": [_action(action) for action in actions if action["origin"] == origin],
        }
        for origin in origins
    ]


def _action(action: Mapping[str, Any]) -> list[str]:
    if action["target"] is None:
        target, reached = _("fisik 100%"), action["physical_percent"]
        unit = "%"
    else:
        target, reached = f"{_number(action['target'])} {action['unit']}", action["value"]
        unit = f" {action['unit']}"
    state = {True: _("selesai"), False: _("belum selesai"), None: _("belum dilaporkan")}[action["is_done"]]
    # What was frozen before figures were computed was typed.
    how = _("dihitung") if action.get("figure") == "computed" else _("diketik")
    said = "–" if reached is None else f"{_number(reached)}{unit} ({how})"
    return [action["code"], action["title"], action["owner"] or "–", target, said, state]


def _number(text: str) -> str:
    return writing.number(Fraction(text))


def _exact(text: str) -> str:
    """Return a share of actions as the page writes it: a third stays a third."""
    return written(Fraction(text), _mark())


def _percent(text: str | None) -> str:
    return "–" if text is None else f"{writing.number(Fraction(text), 2)}%"


def _mark() -> str:
    return "." if (translation.get_language() or "id").startswith("en") else ","
