"""Reads instruments from `definitions/instruments`, and refuses one that does not add up."""

import csv
import io
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _
from pydantic import ValidationError

from balai.base.errors import Fault, Invalid
from balai.definitions import Definition, Words, get, kind, load, terms
from balai.definitions.kinds import LARGEST_COMPANION, Companions
from balai.definitions.layers import File
from balai.definitions.reader import Document, file_fault
from balai.evaluation.rules.instrument import Instrument, InstrumentFile, Method, Question

COLUMNS = (
    "question",
    "part",
    "forms",
    "element_id",
    "element_en",
    "dimension",
    "text_id",
    "text_en",
    "evidence",
    "figure",
    "weight",
    "scale",
)
WHOLE = Decimal(100)


def instruments() -> Mapping[str, Definition[Instrument]]:
    """Return every instrument by code. Raises Invalid when one of them is faulty."""
    return load(INSTRUMENTS)


def instrument(code: str) -> Definition[Instrument]:
    """Return one instrument. Raises NotFound, and Invalid when one is faulty."""
    return get(INSTRUMENTS, code)


def _companions(file: InstrumentFile) -> tuple[str, ...]:
    return (file.questions_csv,)


def _complete(file: InstrumentFile, document: Document, beside: Companions) -> Instrument:
    source = beside[file.questions_csv]
    faults = list(_faults_of_file(file, document))
    questions: list[Question] = []
    for found in _questions(file, source):
        if isinstance(found, Fault):
            faults.append(found)
        else:
            questions.append(found)
    if not faults:
        faults += _faults_of_questions(file, document, questions, source.name)
    if faults:
        raise Invalid(faults)
    said = {name: getattr(file, name) for name in type(file).model_fields}
    return Instrument(**said, questions=tuple(questions))


def _faults_of_file(file: InstrumentFile, document: Document) -> Iterator[Fault]:
    total = sum((part.weight for part in file.parts), Decimal())
    if total != WHOLE:
        spelled = " + ".join(f"{part.weight:f}" for part in file.parts)
        wrong = _("Bobotnya berjumlah %(total)s (%(sum)s).") % {"total": f"{total:f}", "sum": spelled}
        yield document.fault(("parts",), wrong, _("Jumlahnya harus 100."))
    keys = [part.key for part in file.parts]
    for number, key in enumerate(keys):
        if key in keys[:number]:
            wrong = _("Kunci %(key)s dipakai dua kali.") % {"key": key}
            yield document.fault(("parts", number, "key"), wrong, _("Beri tiap isi kuncinya sendiri."))
    if file.valid_to and file.valid_to < file.valid_from:
        yield document.fault(
            ("valid_to",), _("Hari terakhir mendahului hari pertama."), _("Tukar atau betulkan keduanya.")
        )
    if file.scale.least >= file.scale.most:
        yield document.fault(("scale",), _("Nilai terendah tidak di bawah nilai tertinggi."))
    if file.assessors.least > file.assessors.most:
        yield document.fault(("assessors",), _("Jumlah penilai terkecil melebihi yang terbesar."))
    limits = [band.at_least for band in file.bands]
    if limits != sorted(set(limits), reverse=True):
        yield document.fault(
            ("bands",), _("Predikat tidak berurutan."), _("Tulis dari batas tertinggi ke terendah.")
        )


def _questions(file: InstrumentFile, source: File) -> Iterator[Question | Fault]:
    """Yield the questions that the parts of the file take from the CSV, and the faults of the CSV."""
    forms = {part.key: part.form for part in file.parts}
    scales = {scale.key for scale in file.level_scales}
    kinds = {term.key for term in terms("evidence-kinds").terms}
    seen: set[str] = set()
    for line, cells in _rows(source):
        if isinstance(cells, Fault):
            yield cells
            continue
        if forms.get(cells["part"]) not in cells["forms"].split():
            continue
        try:
            question = _question(file, cells)
        except (InvalidOperation, ValidationError):
            wrong = _("Baris ini tidak dapat dibaca: kunci, teks, atau bobotnya salah.")
            yield file_fault(source.name, (line, 1), wrong, _("Isi teks dan bobot dengan titik desimal."))
            continue
        unknown = [kind for kind in question.evidence if kind not in kinds]
        if question.key in seen:
            yield file_fault(source.name, (line, 1), _("Pertanyaan ini ditulis dua kali."))
        elif unknown:
            wrong = _("Jenis bukti %(kind)s tidak dikenal.") % {"kind": ", ".join(unknown)}
            right = _("Pilihannya: %(expected)s.") % {"expected": ", ".join(sorted(kinds))}
            yield file_fault(source.name, (line, 1), wrong, right)
        elif (question.weight is not None) != (file.method is Method.LEVELS):
            yield file_fault(
                source.name,
                (line, 1),
                _("Bobot pertanyaan hanya dan selalu ada pada instrumen dengan tingkat."),
            )
        elif question.scale and question.scale not in scales:
            wrong = _("Skala %(key)s tidak ada.") % {"key": question.scale}
            yield file_fault(source.name, (line, 1), wrong)
        else:
            seen.add(question.key)
            yield question


def _question(file: InstrumentFile, cells: Mapping[str, str]) -> Question:
    return Question(
        key=cells["question"],
        part=cells["part"],
        element=Words(id=cells["element_id"], en=cells["element_en"]),
        text=Words(id=cells["text_id"], en=cells["text_en"]),
        dimension=cells["dimension"],
        evidence=tuple(cells["evidence"].split()),
        figure=cells["figure"],
        weight=Decimal(cells["weight"]) if cells["weight"] else None,
        scale=cells["scale"],
    )


def _rows(source: File) -> Iterator[tuple[int, dict[str, str] | Fault]]:
    try:
        text = source.read(LARGEST_COMPANION).decode("utf-8")
    except UnicodeDecodeError:
        yield (
            1,
            file_fault(source.name, (1, 1), _("Ada huruf yang bukan UTF-8."), _("Simpan sebagai CSV UTF-8.")),
        )
        return
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        header = next(reader, [])
        if tuple(header) != COLUMNS:
            wrong = _("Kepala kolom tidak sesuai: %(columns)s.") % {"columns": ", ".join(header)}
            right = _("Harus: %(columns)s.") % {"columns": ",".join(COLUMNS)}
            yield 1, file_fault(source.name, (1, 1), wrong, right)
            return
        for cells in reader:
            line = reader.line_num
            if len(cells) != len(COLUMNS):
                wrong = _("Baris ini punya %(found)d kolom.") % {"found": len(cells)}
                right = _("Harus %(right)d.") % {"right": len(COLUMNS)}
                yield line, file_fault(source.name, (line, 1), wrong, right)
            else:
                yield line, dict(zip(COLUMNS, cells, strict=True))
    except csv.Error as error:
        wrong = _("Bentuk CSV salah (%(problem)s).") % {"problem": error}
        yield line, file_fault(source.name, (line, 1), wrong, _("Periksa tanda kutip baris ini."))


def _faults_of_questions(
    file: InstrumentFile, document: Document, questions: list[Question], name: str
) -> Iterator[Fault]:
    for number, part in enumerate(file.parts):
        own = [question for question in questions if question.part == part.key]
        if len(own) != part.questions:
            wrong = _("%(file)s punya %(found)d pertanyaan untuk %(part)s, bukan %(said)d.") % {
                "file": name,
                "found": len(own),
                "part": part.key,
                "said": part.questions,
            }
            yield document.fault(("parts", number, "questions"), wrong, _("Samakan keduanya."))
        weight = sum((question.weight or Decimal() for question in own), Decimal())
        if file.method is Method.LEVELS and weight != part.weight:
            wrong = _("Bobot indikatornya dalam %(file)s berjumlah %(found)s.") % {
                "file": name,
                "found": f"{weight:f}",
            }
            yield document.fault(
                ("parts", number, "weight"), wrong, _("Harus %(right)s.") % {"right": f"{part.weight:f}"}
            )


def _between(found: Mapping[str, Definition[Instrument]]) -> Iterator[Fault]:
    """Yield a fault where two instruments claim the same year and group of the same family."""
    known = list(found.values())
    for number, later in enumerate(known):
        for earlier in known[:number]:
            one, other = later.value, earlier.value
            if one.family == other.family and (
                other.covers(one.valid_from.year, one.group) or one.covers(other.valid_from.year, other.group)
            ):
                wrong = _("Tahun dan kelompok ini sudah dipakai oleh %(code)s.") % {"code": earlier.code}
                yield later.document.fault(("group",), wrong, _("Satu tahun dan kelompok, satu instrumen."))


INSTRUMENTS = kind(
    "instruments",
    "instruments",
    InstrumentFile,
    cross=_between,
    companions=_companions,
    complete=_complete,
)
