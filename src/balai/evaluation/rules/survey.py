"""What a survey asks (a file of `definitions/surveys`), and its results on values in hand.

A survey asks the users of one programme. Who is no user is counted and no more.
Results of few respondents are withheld; "I do not know" is neither a value nor a zero.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Self

from pydantic import Field

from balai.definitions import Code, Sourced, Words, Written
from balai.evaluation.rules.scores import half_up

UNKNOWN = "unknown"
"""What stands for "I do not know" among the answers."""
USES, HOW, OFTEN = "uses", "how", "often"
YES, NO = "yes", "no"


class Wording(Written):
    """Whose words the questions are."""

    by: Words
    written_on: date


class Step(Written):
    """One value of the scale."""

    value: Annotated[int, Field(ge=0, le=10)]
    label: Words


class WayText(Written):
    key: Code
    label: Words


class UsesText(Written):
    """The question that tells users from others."""

    label: Words
    help: Words
    yes: Words
    no: Words


class WaysText(Written):
    label: Words
    options: Annotated[tuple[WayText, ...], Field(min_length=2)]


class SurveyFile(Sourced):
    """A survey as its YAML file says it; the questions are in the CSV beside it.

    Attributes:
        least_respondents: users that must have answered before the result is valid.
        least_shown: fewer answers than these are withheld.
    """

    code: Code
    name: Words
    about: Words
    wording: Wording
    valid_from: date
    valid_to: date | None = None
    least_respondents: Annotated[int, Field(ge=1)]
    least_shown: Annotated[int, Field(ge=2)]
    questions_csv: str
    scale: Annotated[tuple[Step, ...], Field(min_length=2)]
    unknown: Words
    introduction: Words
    uses: UsesText
    how: WaysText
    often: WaysText


class SurveyQuestion(Written):
    """One sentence to be judged; `key` is that of the instrument's question, `part` its sub-dimension."""

    key: str
    dimension: Code
    part: str
    text: Words

    @property
    def field(self) -> str:
        """Name of the question in a form.

        >>> SurveyQuestion(key="4.1.1.1", dimension="d", part="d.p", text=Words(id="x", en="x")).field
        'q_4_1_1_1'
        """
        return "q_" + self.key.replace(".", "_").lower()


class SurveyText(SurveyFile):
    """A survey whole: its file and its questions, checked."""

    questions: tuple[SurveyQuestion, ...]

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Keys of the dimensions it can ask about, in their order."""
        return tuple(dict.fromkeys(question.dimension for question in self.questions))

    @property
    def most(self) -> int:
        return max(step.value for step in self.scale)

    def asked(self, dimensions: Collection[str]) -> tuple[SurveyQuestion, ...]:
        """Return the questions about some of the dimensions."""
        return tuple(question for question in self.questions if question.dimension in dimensions)

    def written(self) -> str:
        """Return the survey as JSON, to be kept with what was opened."""
        return self.model_dump_json()

    @classmethod
    def kept(cls, written: str) -> Self:
        """Return the survey from what `written` gave."""
        return cls.model_validate_json(written)


@dataclass(frozen=True)
class Mean:
    """A mean over users, rounded once for the page; None where it is withheld or nobody said anything."""

    exact: Fraction | None

    @property
    def shown(self) -> Decimal | None:
        return None if self.exact is None else half_up(self.exact)


@dataclass(frozen=True)
class QuestionResult:
    """What users said to one question.

    Attributes:
        answers: how many gave a value.
        unknown: how many said they did not know.
        counts: value → how many; None where `answers` are too few to be told.
    """

    question: SurveyQuestion
    answers: int
    unknown: int
    counts: Mapping[int, int] | None
    mean: Mean

    @property
    def is_withheld(self) -> bool:
        return self.counts is None and self.answers > 0


@dataclass(frozen=True)
class PartResult:
    """A sub-dimension or dimension: the plain mean of its questions, all of which must be there."""

    key: str
    questions: tuple[QuestionResult, ...]
    mean: Mean


@dataclass(frozen=True)
class GroupResult:
    """Users who said the same of how often they use it; both None where they are too few to be told."""

    key: str
    users: int | None
    mean: Mean


@dataclass(frozen=True)
class SurveyResult:
    """What a survey found.

    Attributes:
        users: respondents who used the programme; results are of them alone.
        others: respondents who did not, counted apart.
        is_valid: enough users answered.
    """

    users: int
    others: int
    least_respondents: int
    questions: tuple[QuestionResult, ...]
    parts: tuple[PartResult, ...]
    dimensions: tuple[PartResult, ...]
    groups: tuple[GroupResult, ...]

    @property
    def is_valid(self) -> bool:
        return self.users >= self.least_respondents

    @property
    def lacking(self) -> int:
        return max(0, self.least_respondents - self.users)


def survey_result(
    text: SurveyText, dimensions: Collection[str], target: int, answers: Iterable[Mapping[str, Any]]
) -> SurveyResult:
    """Reckon what a survey found.

    Args:
        dimensions: those it was opened for.
        target: how many users make it valid.
        answers: checked answers of the form, one mapping for each respondent.
    """
    said = list(answers)
    users = [each for each in said if each.get(USES) == YES]
    questions = tuple(_question(text, question, users) for question in text.asked(dimensions))
    return SurveyResult(
        len(users),
        len(said) - len(users),
        target,
        questions,
        _parts(questions, lambda each: each.question.part),
        _parts(questions, lambda each: each.question.dimension),
        _groups(text, dimensions, users),
    )


def _question(
    text: SurveyText, question: SurveyQuestion, users: Sequence[Mapping[str, Any]]
) -> QuestionResult:
    given = [each.get(question.field) for each in users]
    values = [int(one) for one in given if one not in (None, "", UNKNOWN)]
    unknown = sum(1 for one in given if one == UNKNOWN)
    if len(values) < text.least_shown:
        return QuestionResult(question, len(values), unknown, None, Mean(None))
    counted = Counter(values)
    counts = {step.value: counted[step.value] for step in text.scale}
    return QuestionResult(question, len(values), unknown, counts, Mean(Fraction(sum(values), len(values))))


def _parts(questions: Sequence[QuestionResult], key: Any) -> tuple[PartResult, ...]:
    found: dict[str, list[QuestionResult]] = {}
    for each in questions:
        found.setdefault(key(each), []).append(each)
    return tuple(
        PartResult(name, tuple(rows), _mean([row.mean.exact for row in rows])) for name, rows in found.items()
    )


def _mean(values: Sequence[Fraction | None]) -> Mean:
    known = [value for value in values if value is not None]
    if not known or len(known) < len(values):
        return Mean(None)
    return Mean(sum(known, Fraction()) / len(known))


def _groups(
    text: SurveyText, dimensions: Collection[str], users: Sequence[Mapping[str, Any]]
) -> tuple[GroupResult, ...]:
    """Return the users by how often they use it, so that no small group shows through the others.

    One withheld group could be reckoned from the whole and the rest; then the next
    smallest is withheld too.
    """
    of = {way.key: [each for each in users if each.get(OFTEN) == way.key] for way in text.often.options}
    sizes = {key: len(rows) for key, rows in of.items() if rows}
    hidden = {key for key, size in sizes.items() if size < text.least_shown}
    if len(hidden) == 1 and len(sizes) > 1:
        hidden.add(min((key for key in sizes if key not in hidden), key=lambda key: (sizes[key], key)))
    questions = text.asked(dimensions)

    def mean(rows: Sequence[Mapping[str, Any]]) -> Mean:
        return _mean([_question(text, question, rows).mean.exact for question in questions])

    return tuple(
        GroupResult(key, None, Mean(None)) if key in hidden else GroupResult(key, len(rows), mean(rows))
        for key, rows in of.items()
    )
