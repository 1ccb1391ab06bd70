"""The letter and the report of a frozen result as PDF/A-2b, from what was frozen and nothing else.

    letter_pdf(round, report, language) -> bytes
    report_pdf(round, report, language) -> bytes

The same result gives the same bytes. The footer names the hash that stands in the journal.
"""

import json
from pathlib import Path
from typing import Any, Final

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from balai.base import writing
from balai.base.charts import Axis, Chart, Series, radar
from balai.base.later import typst
from balai.evaluation.models import Round
from balai.evaluation.reads import Report
from balai.evaluation.rules import digits, short_name

TEMPLATES = Path(__file__).parent / "typst"
STANDARD: Final = "a-2b"
_FONT = ('font-family="system-ui, sans-serif"', 'font-family="Libertinus Serif"')


def letter_pdf(row: Round, report: Report, language: str) -> bytes:
    """Return the letter that tells a region its result ("id" or "en"), one page of A4.

    Raises:
        typst.TypstError: the template is broken; no text in the data can break it.
    """
    return _made("letter.typ", row, report, language)


def report_pdf(row: Round, report: Report, language: str) -> bytes:
    """Return the report of a region in a language ("id" or "en"). Raises as `letter_pdf`."""
    return _made("report.typ", row, report, language)


def _made(template: str, row: Round, report: Report, language: str) -> bytes:
    with translation.override(language):
        data = _data(row, report, language)
    frozen = timezone.localtime(report.frozen_at)
    data["date"] = [frozen.year, frozen.month, frozen.day]
    return typst.compile(
        TEMPLATES / template,
        root=TEMPLATES,
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False, sort_keys=True)},
        pdf_standards=STANDARD,
        timestamp=int(report.frozen_at.timestamp()),
    )


def _data(row: Round, report: Report, language: str) -> dict[str, Any]:
    placed = report.placed
    return {
        "language": language,
        "region": placed.region_name,
        "title": row.title,
        "year": row.year,
        "hash": report.sha256,
        "frozen": writing.day(timezone.localtime(report.frozen_at).date()),
        "instrument": str(report.instrument.name),
        "took_part": report.index is not None,
        "facts": _facts(report),
        "sum": list(report.index.spelled()) if report.index else [],
        "change": _change(report),
        "drawing": _drawing(_radar(row, report)) if report.index else None,
        "parts": _parts(report),
        "questions": _questions(report),
        "assessors": [
            {
                "name": each.name,
                "strengths": each.strengths,
                "weaknesses": each.weaknesses,
                "recommendations": list(each.recommendations),
            }
            for each in report.assessors
        ],
        "words": _words(row, report),
    }


def _facts(report: Report) -> list[list[str]]:
    placed = report.placed
    if placed.final is None:
        return [[_("Hasil"), _("tidak ikut dinilai")]]
    bands = {band.key: str(band.name) for band in report.instrument.bands}
    found = [[_("Indeks"), writing.number(placed.final, 2)]]
    if placed.predicate:
        found.append([_("Predikat"), bands.get(placed.predicate, placed.predicate)])
    found.append([_("Peringkat dalam tahap ini"), str(placed.rank_in_group or "–")])
    found.append([_("Peringkat nasional"), str(placed.rank_in_nation or "–")])
    if placed.change is not None:
        sign = "+" if placed.change > 0 else ""
        found.append([_("Perubahan dari tahun sebelumnya"), sign + writing.number(placed.change, 2)])
    return found


def _change(report: Report) -> str:
    if report.index is None or report.before is None or report.placed.change is None:
        return ""
    return _("Perubahan: %(now)s dikurangi %(then)s (nilai %(year)d, dihitung ulang) = %(change)s.") % {
        "now": writing.number(report.index.shown, 2),
        "then": writing.number(report.before.rounded_once, 2),
        "year": report.before_year or 0,
        "change": writing.number(report.placed.change, 2),
    }


def _radar(row: Round, report: Report) -> Chart:
    parts = report.instrument.parts
    series = [Series(str(row.year), [report.parts.get(part.key) for part in parts])]
    if report.parts_before:
        then = str(report.before_year)
        series.append(Series(then, [report.parts_before.get(part.key) for part in parts]))
    axes = [Axis(short_name(report.instrument, part)) for part in parts]
    return radar(_("Nilai tiap bagian"), axes, series, most=report.instrument.scale.most, unit="")


def _drawing(chart: Chart) -> dict[str, str]:
    # The drawing names the fonts of a screen; on paper it takes the one that is embedded.
    return {"title": chart.title, "svg": chart.svg.replace(*_FONT)}


def _parts(report: Report) -> list[list[str]]:
    return [
        [
            str(part.name),
            f"{writing.number(part.weight)}%",
            digits(report.parts[part.key], 2) if part.key in report.parts else "–",
            digits(report.parts_before[part.key], 2) if part.key in report.parts_before else "–",
        ]
        for part in report.instrument.parts
    ]


def _questions(report: Report) -> list[list[str]]:
    """Return a line for each question; by levels with those of the region and its internal assessor."""
    if report.levels:
        return [
            [
                each.question.key,
                str(each.question.text),
                _level(each.own),
                _level(each.inner),
                digits(each.external),
            ]
            for each in report.levels
        ]
    return [
        [each.key, str(each.text), digits(report.questions[each.key], 2)]
        for each in report.instrument.questions
        if each.key in report.questions
    ]


def _level(level: int | None) -> str:
    return "–" if level is None else str(level)


def _question_headings(report: Report) -> list[str]:
    if report.levels:
        return [_("Nomor"), _("Indikator"), _("Mandiri"), _("Internal"), _("Eksternal")]
    return [_("Nomor"), _("Pertanyaan"), _("Nilai")]


def _words(row: Round, report: Report) -> dict[str, Any]:
    return {
        "hash": _("Sidik hasil:"),
        "page": _("Halaman"),
        "of": _("dari"),
        "letter": _("Pemberitahuan hasil penilaian"),
        "to": _("Kepada %(region)s") % {"region": report.placed.region_name},
        "opening": _(
            "Penilaian mandiri daerah Anda dalam %(round)s telah dinilai dengan %(instrument)s. "
            "Hasilnya dibekukan dan tidak berubah lagi:"
        )
        % {"round": row.title, "instrument": report.instrument.name},
        "absent": _(
            "Daerah Anda diundang dalam %(round)s dan tidak mengirim penilaian mandiri. "
            "Daerah Anda tercatat tidak ikut dinilai; itu bukan nilai nol."
        )
        % {"round": row.title},
        "closing": _(
            "Penjumlahan lengkap, kekuatan, kelemahan, dan rekomendasi setiap penilai ada dalam laporan. "
            "Setiap rekomendasi menunggu penanggung jawab dan tenggat dari daerah Anda."
        ),
        "checked": _(
            "Surat ini dibuat dari hasil yang dibekukan. Sidik di kaki halaman sama dengan yang tertulis "
            "di jejak audit; siapa pun yang memegang keduanya dapat membandingkannya."
        ),
        "sum": _("Penjumlahannya"),
        "parts": _("Bagian"),
        "part_headings": [_("Bagian"), _("Bobot"), str(row.year), str(report.before_year or "–")],
        "questions": _("Nilai setiap pertanyaan"),
        "question_headings": _question_headings(report),
        "strengths": _("Kekuatan"),
        "weaknesses": _("Kelemahan"),
        "recommendations": _("Rekomendasi"),
        "assessors": _("Menurut para penilai"),
    }
