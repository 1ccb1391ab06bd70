"""The report of a stage: an archivable PDF with the figures of the page, whatever stands in the texts."""

import re
import shutil
import subprocess
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.cast import Cast

from balai.base import tenancy
from balai.plan import changes, reads
from balai.plan.reads.published import PublishedRow
from balai.plan.reads.stages import StageRow
from balai.plan.report_pdf import fingerprint, stage_pdf
from balai.plan.tests.town import NOW, TODAY, found


def rule(name: str, numerator: str, denominator: str, percent: str, spelled: str) -> dict[str, Any]:
    return {
        "rule": name,
        "rule_version": "2024",
        "numerator": numerator,
        "denominator": denominator,
        "percent": percent,
        "not_reported": "1",
        "sum": spelled,
        "terms": [],
    }


def money(budget: int, spent: int | None) -> dict[str, Any]:
    absorbed = None if spent is None else f"{Decimal(spent) * 100 / budget:.2f}"
    return {"budget": budget, "spent": spent, "unreported": 0, "over": 0, "absorbed_percent": absorbed}


HOSTILE = '#import "/etc/passwd" $x^2$ *tebal* <label> @ref \\ {} [] "kutip"'

FIGURES: dict[str, Any] = {
    "plan": {"title": "Rencana Induk Kebumen Cerdas", "version": 1, "region_code": "35.73"},
    "counts": [
        {
            "origin": "record",
            "rules": [
                rule(
                    "pooled",
                    "47",
                    "51",
                    "92.16",
                    "(9 + 9 + 6 + 9 + 10 + 4) / (9 + 10 + 7 + 9 + 12 + 4) = 47 / 51 = 92,16 %",
                ),
                rule("mean", "2.8", "6", "93.17", "(9/9 + 9/10 + 6/7 + 9/9 + 10/12 + 4/4) / 6 = 93,17 %"),
                rule("weighted", "47", "51", "92.16", "47 / 51 = 92,16 %"),
            ],
            "dimensions": [
                {"key": key, "planned": planned, "done": done, "reported": planned, "percent": percent}
                for key, planned, done, percent in (
                    ("governance", "9", "9", "100.00"),
                    ("branding", "7", "6", "85.71"),
                    ("economy", "12", "10", "83.33"),
                    ("living", "10", "9", "90.00"),
                    ("society", "9", "9", "100.00"),
                    ("environment", "13/3", "4", None),
                )
            ],
        }
    ],
    "money": [
        {
            "origin": "record",
            "total": money(1_500_000_000, 1_200_000_000),
            "in_kind": money(90_000_000, None),
            "pledged": money(883_000_000, None),
            "by_source": {"apbd": money(1_500_000_000, 1_200_000_000), "csr": money(883_000_000, None)},
            "apbd_percent": "62.95",
        }
    ],
    "actions": [
        {
            "id": str(n),
            "code": f"A-{n}",
            "title": HOSTILE if n == 1 else f"Rencana aksi nomor {n}",
            "owner": "Diskominfo",
            "dimensions": [["economy", "1"]],
            "indicator": "titik",
            "unit": "titik",
            "target": "551.0000" if n % 3 else None,
            "value": "551.0000" if n % 2 else None,
            "physical_percent": "80.00",
            "achievement_percent": "100.00",
            "is_done": (True, False, None)[n % 3],
            "is_quick_win": False,
            "origin": "record" if n < 40 else "illustration",
            "source": "",
            "confidence": "",
            "money": money(1, None),
        }
        for n in range(120)
    ],
}

STAGE = StageRow(
    UUID(int=1),
    UUID(int=2),
    "Tahap II 2022",
    2022,
    date(2022, 11, 9),
    "2024",
    FIGURES,
    "Rini",
    datetime(2022, 11, 9, 3, 0, tzinfo=UTC),
)
CLAIM = PublishedRow(
    UUID(int=3), "35.73", "realisation", "", "Realisasi Tahap II", 2022, Decimal("96.2000"), None, None,
    "percent", "", "https://contoh.example/berita", None, "verified",
)  # fmt: skip


def text_of(data: bytes, folder: Path) -> str:
    """Return the text of every page without blanks, each glyph by the table of its font."""
    packed, plain = folder / "packed.pdf", folder / "plain.pdf"
    packed.write_bytes(data)
    subprocess.run(["qpdf", "--qdf", "--object-streams=disable", packed, plain], check=True)
    objects = dict(re.findall(rb"\n(\d+) 0 obj(.*?)endobj", plain.read_bytes(), re.DOTALL))
    said = []
    for page in objects.values():
        if re.search(rb"/Type /Page\b", page):
            content = objects[re.search(rb"/Contents (\d+) 0 R", page)[1]]  # type: ignore[index]
            said.append(_page_text(content, _tables(page, objects)))
    return re.sub(r"\s", "", "".join(said))


def _tables(page: bytes, objects: dict[bytes, bytes]) -> dict[bytes, dict[bytes, str]]:
    """Return the name of each font of a page → glyph → signs."""
    inside = re.search(rb"/Resources (\d+) 0 R", page)
    resources = objects[inside[1]] if inside else page
    tables = {}
    for name, number in re.findall(rb"/(f\d+) (\d+) 0 R", resources):
        table = objects[re.search(rb"/ToUnicode (\d+) 0 R", objects[number])[1]]  # type: ignore[index]
        pairs = re.findall(rb"<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]+)>\n", table)
        tables[name] = {glyph: bytes.fromhex(to.decode()).decode("utf-16-be") for glyph, to in pairs}
    return tables


def _page_text(content: bytes, tables: dict[bytes, dict[bytes, str]]) -> str:
    said, table = [], {}
    for font, shown in re.findall(rb"/(f\d+) [\d.]+ Tf|\[([^\]]*)\]TJ", content):
        if font:
            table = tables.get(font, {})
        for run in re.findall(rb"<([0-9a-fA-F]+)>", shown):
            glyphs = [run[at : at + 4].lower() for at in range(0, len(run), 4)]
            said += [table.get(glyph, "") or table.get(glyph.upper(), "") for glyph in glyphs]
    return "".join(said)


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.fixture(scope="module")
def made() -> dict[str, bytes]:
    return {language: stage_pdf(STAGE, language, [CLAIM]) for language in ("id", "en")}


needs_qpdf = pytest.mark.skipif(shutil.which("qpdf") is None, reason="qpdf is not installed here")


def test_it_is_an_archivable_pdf(made: dict[str, bytes]) -> None:
    for data in made.values():
        assert data.startswith(b"%PDF-1.7")
        assert b"<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>" in data


@needs_qpdf
@pytest.mark.parametrize("language", ["id", "en"])
def test_qpdf_finds_nothing_wrong(made: dict[str, bytes], language: str, tmp_path: Path) -> None:
    path = tmp_path / "stage.pdf"
    path.write_bytes(made[language])
    done = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@needs_qpdf
@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "id",
            [
                "92,16%",
                "93,17%",
                "47 / 51 = 92,16 %",
                "85,71%",
                "13/3",
                "96,2%",
                "Halaman 2 dari",
                "Rp1.500.000.000",
            ],
        ),
        ("en", ["92.16%", "93.17%", "47 / 51 = 92.16 %", "85.71%", "13/3", "96.2%"]),
    ],
)
def test_the_same_figures_stand_in_it_as_on_the_page(
    made: dict[str, bytes], language: str, words: list[str], tmp_path: Path
) -> None:
    text = text_of(made[language], tmp_path)
    assert [word for word in words if bare(word) not in text] == []
    assert fingerprint(STAGE) in text
    assert bare("Tahap II 2022") in text and "KotaMalang" in text


@needs_qpdf
def test_text_of_people_is_never_taken_for_markup(made: dict[str, bytes], tmp_path: Path) -> None:
    text = text_of(made["id"], tmp_path)
    assert all(bare(part) in text for part in ('#import"/etc/passwd"$x^2$', "*tebal*<label>@ref")), text[
        -2000:
    ]


@needs_qpdf
def test_illustrations_are_marked_on_the_cover_and_on_their_list(tmp_path: Path) -> None:
    counts = [{**FIGURES["counts"][0], "origin": "illustration"}]
    text = text_of(stage_pdf(replace(STAGE, figures={**FIGURES, "counts": counts}), "id"), tmp_path)
    assert text.count(bare("Ilustrasi – bukan data resmi")) == 3
    assert bare("Angka yang pernah diterbitkan") not in text


def test_the_same_stage_gives_the_same_bytes_and_another_another_fingerprint(made: dict[str, bytes]) -> None:
    assert stage_pdf(STAGE, "id", [CLAIM]) == made["id"]
    changed = replace(STAGE, figures={**FIGURES, "actions": FIGURES["actions"][:-1]})
    assert fingerprint(changed) != fingerprint(STAGE)


def test_it_takes_less_than_a_second_and_a_half() -> None:
    start = time.process_time()
    stage_pdf(STAGE, "id", [CLAIM])
    assert time.process_time() - start < 1.5


@needs_qpdf
def test_a_stage_in_which_nothing_is_planned_says_so(tmp_path: Path) -> None:
    empty = replace(STAGE, figures={**FIGURES, "counts": [], "money": [], "actions": []})
    text = text_of(stage_pdf(empty, "id"), tmp_path)
    assert bare("Tidak ada rencana aksi dengan target pada tahun ini") in text


@needs_qpdf
@pytest.mark.django_db
def test_a_stage_frozen_from_records_prints_what_was_counted(
    cast: Cast, malang: tenancy.Scope, tmp_path: Path
) -> None:
    town = found(cast)
    done = town.dimensions({"governance": (2, 3), "economy": (1, 2), "living": (1, 1)})
    town.adopt()
    for action, is_done in done.items():
        town.verified(action, 20 if is_done else 5)
    stage = changes.freeze_stage(town.rini, town.plan.pk, "Tahap I 2026", 2026, TODAY, NOW)
    row = reads.stage(town.rini, stage.pk)
    count = reads.realisation(town.rini, town.plan.pk, 2026, TODAY)[0]
    text = text_of(stage_pdf(row, "id", reads.published(town.rini)), tmp_path)
    for figure in count.rules:
        assert bare(figure.spelled()) in text
    assert "66,67%" in text
