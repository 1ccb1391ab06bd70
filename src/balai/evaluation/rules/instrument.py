"""What an instrument says: a file of `definitions/instruments`, one for each year and group.

Two methods. By components: assessors score questions, questions make components,
weighted components make the index (smart city). By levels: each indicator has a
level and a weight of its own (SPBE). Both are one shape, so that pages, answers
and rounds need not ask which it is.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Literal, Self

from pydantic import Field

from balai.definitions import Code, Sourced, Words, Written


class Method(StrEnum):
    COMPONENTS = "components"
    LEVELS = "levels"


class Rounding(StrEnum):
    """Where the index of an instrument is rounded, half up, to two decimals."""

    EACH_TERM = "each_term"
    """each weighted component, and then they are added (2022)"""
    ONCE = "once"
    """the weighted sum, at the end (2023, SPBE)"""


class Scale(Written):
    """The whole numbers an assessor may give, both ends included."""

    least: Annotated[int, Field(ge=0)]
    most: Annotated[int, Field(ge=1, le=100)]


class LevelWords(Written):
    level: int
    name: Words
    meaning: Words


class LevelScale(Written):
    """What the levels mean. A generic one describes the scale, not the single indicator."""

    key: Code
    name: Words
    is_generic: bool
    levels: Annotated[tuple[LevelWords, ...], Field(min_length=1)]


class Band(Written):
    """A predicate and the least unrounded index it is given for."""

    key: Code
    name: Words
    at_least: Annotated[Decimal, Field(ge=0)]


class AssessorRule(Sourced):
    """How many assessors score a region."""

    least: Annotated[int, Field(ge=1)]
    most: Annotated[int, Field(ge=1)]


class EvidenceRule(Written):
    """What an answer needs beside it, and the kinds of file that are taken."""

    each_answer: Annotated[int, Field(ge=0)]
    media_types: Annotated[tuple[str, ...], Field(min_length=1)]


class Table(Written):
    """How the results of the instrument are published: which column holds what.

    The columns of the values are the keys of the parts. `tolerance` is there where
    the published values are rounded and the index was made from finer ones.
    """

    unit: str
    total: str
    change: str = ""
    predicate: str = ""
    tolerance: Decimal = Decimal(0)


class Part(Sourced):
    """A component or a domain with its weight in percent.

    `form` says which edition of the question list it takes, `questions` how many that gives.
    """

    key: Code
    name: Words
    weight: Annotated[Decimal, Field(gt=0, le=100)]
    form: str
    questions: Annotated[int, Field(ge=1)]


class Question(Written):
    """A question or an indicator.

    Attributes:
        key: as people quote it: "3.04", "32".
        element: what it belongs to within its part: an aspect, a sub-dimension.
        dimension: key of the dimension it is about, "" where it is about none.
        evidence: kinds of evidence it asks for (`definitions/taxonomies/terms/evidence-kinds`).
        figure: what of the plan or of One Data answers it (`reads.figures`), "" where nothing does.
        weight: percent of the whole; only where the method is by levels.
        scale: key of the scale of levels that describes it.
    """

    key: str
    part: Code
    element: Words
    text: Words
    dimension: str = ""
    evidence: tuple[str, ...] = ()
    figure: str = ""
    weight: Decimal | None = None
    scale: str = ""


class InstrumentFile(Sourced):
    """An instrument as its YAML file says it; the questions are in the CSV beside it."""

    code: Code
    name: Words
    about: Words
    family: Literal["smartcity", "spbe"]
    edition: str
    valid_from: date
    valid_to: date | None = None
    group: str
    group_names: Words
    group_aliases: tuple[str, ...] = ()
    method: Method
    scale: Scale
    rounding: Rounding
    questions_csv: str
    parts: Annotated[tuple[Part, ...], Field(min_length=1)]
    bands: tuple[Band, ...]
    level_scales: tuple[LevelScale, ...] = ()
    assessors: AssessorRule
    evidence: EvidenceRule
    table: Table


class Instrument(InstrumentFile):
    """An instrument whole: its file and its questions, checked."""

    questions: tuple[Question, ...]

    @property
    def weights(self) -> Mapping[str, Decimal]:
        """Percent by key of the part, adding up to 100."""
        return MappingProxyType({part.key: part.weight for part in self.parts})

    @property
    def indicator_weights(self) -> Mapping[str, Decimal]:
        """Percent by key of the indicator, adding up to 100; empty where the method is by components."""
        return MappingProxyType({q.key: q.weight for q in self.questions if q.weight is not None})

    def part(self, key: str) -> Part:
        """Return one part. Raises KeyError."""
        for part in self.parts:
            if part.key == key:
                return part
        raise KeyError(key)

    def question(self, key: str) -> Question:
        """Return one question. Raises KeyError."""
        for question in self.questions:
            if question.key == key:
                return question
        raise KeyError(key)

    def questions_of(self, part: str) -> tuple[Question, ...]:
        return tuple(question for question in self.questions if question.part == part)

    def level_words(self, question: Question, level: int) -> LevelWords | None:
        """Return what a level of an indicator means, None where nobody says."""
        for scale in self.level_scales:
            if scale.key == question.scale:
                return next((words for words in scale.levels if words.level == level), None)
        return None

    def covers(self, year: int, group: str) -> bool:
        """Tell whether results of this year and group, as published tables name it, are made with it."""
        groups = {_plain(name) for name in (self.group, *self.group_aliases)}
        last = self.valid_to.year if self.valid_to else year
        return self.valid_from.year <= year <= last and _plain(group) in groups

    def written(self) -> str:
        """Return the instrument as JSON, to be kept with a round."""
        return self.model_dump_json()

    @classmethod
    def kept(cls, written: str) -> Self:
        """Return the instrument from what `written` gave."""
        return cls.model_validate_json(written)


def short_name(instrument: Instrument, part: Part) -> str:
    """Return the name of a part without that of the whole evaluation, for drawings."""
    return " ".join(word for word in str(part.name).split() if word.casefold() != instrument.family)


def _plain(group: str) -> str:
    return "".join(sign for sign in group.casefold() if sign.isalnum())


__all__ = [
    "AssessorRule",
    "Band",
    "EvidenceRule",
    "Instrument",
    "InstrumentFile",
    "LevelScale",
    "LevelWords",
    "Method",
    "Part",
    "Question",
    "Rounding",
    "Scale",
    "Table",
    "short_name",
]
