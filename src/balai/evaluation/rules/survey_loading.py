"""Reads surveys from `definitions/surveys`, and makes their form for the engine that draws and checks it."""

import csv
import io
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _
from pydantic import ValidationError

from balai.base.errors import Fault, Invalid
from balai.definitions import Definition, Words, axis_set, get, kind, load, reader
from balai.definitions.kinds import LARGEST_COMPANION, Companions
from balai.definitions.layers import File
from balai.definitions.reader import Document, file_fault
from balai.evaluation.rules.survey import (
    HOW,
    NO,
    OFTEN,
    UNKNOWN,
    USES,
    YES,
    SurveyFile,
    SurveyQuestion,
    SurveyText,
    WaysText,
)
from balai.forms.rules import Form, FormText, build

COLUMNS = ("question", "dimension", "part", "text_id", "text_en")
_USERS_ONLY = f"form.{USES} == '{YES}'"


def surveys() -> Mapping[str, Definition[SurveyText]]:
    """Return every survey by code. Raises Invalid when one of them is faulty."""
    return load(SURVEYS)


def survey_text(code: str) -> Definition[SurveyText]:
    """Return one survey. Raises NotFound, and Invalid when one is faulty."""
    return get(SURVEYS, code)


def _companions(file: SurveyFile) -> tuple[str, ...]:
    return (file.questions_csv,)


def _complete(file: SurveyFile, document: Document, beside: Companions) -> SurveyText:
    faults: list[Fault] = []
    questions: list[SurveyQuestion] = []
    values = [step.value for step in file.scale]
    if values != sorted(set(values)):
        wrong = _("Nilai skalanya tidak berurutan naik.")
        faults.append(document.fault(("scale",), wrong, _("Tulis tiap nilai sekali, dari yang terendah.")))
    for found in _questions(beside[file.questions_csv]):
        if isinstance(found, Fault):
            faults.append(found)
        else:
            questions.append(found)
    if not questions and not faults:
        faults.append(document.fault(("questions_csv",), _("Tidak ada pertanyaan di dalamnya."), ""))
    if faults:
        raise Invalid(faults)
    said = {name: getattr(file, name) for name in type(file).model_fields}
    return SurveyText(**said, questions=tuple(questions))


def _questions(source: File) -> Iterator[SurveyQuestion | Fault]:
    try:
        rows = csv.reader(
            io.StringIO(source.read(LARGEST_COMPANION).decode("utf-8"), newline=""), strict=True
        )
        if tuple(next(rows, ())) != COLUMNS:
            right = _("Harus: %(columns)s.") % {"columns": ",".join(COLUMNS)}
            yield file_fault(source.name, (1, 1), _("Kepala kolom tidak sesuai."), right)
            return
        known = {part.key: axis.key for axis in axis_set().dimensions for part in axis.parts}
        seen: set[str] = set()
        for cells in rows:
            yield _question(source, rows.line_num, cells, known, seen)
    except (UnicodeDecodeError, csv.Error):
        yield file_fault(source.name, (1, 1), _("Bentuk CSV salah."), _("Simpan sebagai CSV UTF-8."))


def _question(
    source: File, line: int, cells: list[str], known: Mapping[str, str], seen: set[str]
) -> SurveyQuestion | Fault:
    said = dict(zip(COLUMNS, cells, strict=False))
    if len(cells) != len(COLUMNS) or said["question"] in seen:
        return file_fault(
            source.name, (line, 1), _("Baris ini tidak utuh, atau pertanyaannya ditulis dua kali.")
        )
    if known.get(said["part"]) != said["dimension"]:
        wrong = _("Subdimensi %(part)s tidak ada dalam dimensi %(dimension)s.") % said
        return file_fault(source.name, (line, 3), wrong)
    try:
        question = SurveyQuestion(
            key=said["question"],
            dimension=said["dimension"],
            part=said["part"],
            text=Words(id=said["text_id"], en=said["text_en"]),
        )
    except ValidationError:
        return file_fault(source.name, (line, 1), _("Kunci atau teksnya kosong."))
    seen.add(question.key)
    return question


SURVEYS = kind("surveys", "surveys", SurveyFile, companions=_companions, complete=_complete)


@lru_cache(maxsize=32)
def survey_form(written: str, dimensions: tuple[str, ...]) -> Form:
    """Return the form of a kept survey about some dimensions: one page; only users are asked the sentences.

    Args:
        written: what `SurveyText.written` gave.
    """
    text = SurveyText.kept(written)
    axes = {axis.key: axis for axis in axis_set().dimensions}
    fields: list[dict[str, Any]] = [
        _choice(USES, text.uses.label, [(YES, text.uses.yes), (NO, text.uses.no)], help=text.uses.help),
        _ways(HOW, text.how),
        _ways(OFTEN, text.often),
        {
            "id": "introduction",
            "type": "note",
            "label": _words(text.introduction),
            "visible_if": _USERS_ONLY,
        },
    ]
    scale = [(str(step.value), step.label) for step in text.scale] + [(UNKNOWN, text.unknown)]
    for part, name in _parts(text, dimensions, axes):
        questions = [one for one in text.asked(dimensions) if one.part == part]
        fields.append(
            {
                "id": part.replace(".", "_").replace("-", "_"),
                "type": "section",
                "label": _words(name),
                "visible_if": _USERS_ONLY,
                "fields": [_choice(one.field, one.text, scale, visible="") for one in questions],
            }
        )
    said = {"steps": [{"id": "survey", "title": _words(text.name), "fields": fields}]}
    form = FormText.model_validate(said, strict=False)
    document = reader.read(form.model_dump_json(exclude_none=True).encode(), f"surveys/{text.code}")
    return build(form, document, (), code=f"surveys/{text.code}", version="1", sha256="")


def _parts(
    text: SurveyText, dimensions: Collection[str], axes: Mapping[str, Any]
) -> Iterator[tuple[str, Words]]:
    for key in dict.fromkeys(one.part for one in text.asked(dimensions)):
        axis = axes[key.partition(".")[0]]
        part = next(each for each in axis.parts if each.key == key)
        yield (
            key,
            Words(
                id=f"{axis.name.id}: {part.name.id}",
                en=f"{axis.name.en}: {part.name.en}",
            ),
        )


def _ways(id: str, said: WaysText) -> dict[str, Any]:
    return _choice(id, said.label, [(way.key, way.label) for way in said.options], visible=_USERS_ONLY)


def _choice(
    id: str,
    label: Words,
    options: list[tuple[str, Words]],
    *,
    help: Words | None = None,
    visible: str = "",
) -> dict[str, Any]:
    field: dict[str, Any] = {
        "id": id,
        "type": "choice",
        "label": _words(label),
        "required": True,
        "privacy": "P1",
        "options": [{"key": key, "label": _words(words)} for key, words in options],
    }
    if help is not None:
        field["help"] = _words(help)
    if visible:
        field["visible_if"] = visible
    return field


def _words(words: Words) -> dict[str, str]:
    return {"id": words.id, "en": words.en}


def flat_answers(form: Form, plain: Mapping[str, Any]) -> dict[str, str]:
    """Return checked answers by field, sections opened, as `survey_result` takes them."""
    found: dict[str, str] = {}
    for key, value in plain.items():
        if isinstance(value, Mapping):
            found |= {name: str(one) for name, one in value.items()}
        else:
            found[key] = str(value)
    return found
