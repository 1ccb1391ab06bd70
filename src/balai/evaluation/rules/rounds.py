"""What a round allows and when, on values in hand: deadlines, completeness, the hash of what is frozen."""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from balai.evaluation.rules.instrument import Instrument, Method, Question
from balai.evaluation.rules.scores import Number, question_score

SURVEY = "survey"


def is_within(at: datetime, opens_at: datetime, due_at: datetime) -> bool:
    """Tell whether something may still be handed in: the second of the deadline is the last that counts.

    >>> due = datetime(2026, 11, 9, 23, 59, 59)
    >>> start = datetime(2026, 11, 1)
    >>> is_within(datetime(2026, 11, 9, 23, 59, 59, 900_000), start, due)
    True
    >>> is_within(datetime(2026, 11, 10), start, due)
    False
    """
    return opens_at <= at and at.replace(microsecond=0) <= due_at


@dataclass(frozen=True)
class Given:
    """What the region has said to one question, as far as completeness asks."""

    has_answer: bool
    has_level: bool
    evidence: tuple[str, ...]
    """kinds of the evidence beside it"""


@dataclass(frozen=True)
class Lack:
    """What one question still lacks."""

    question: Question
    answer: bool
    evidence: bool


def lacks(instrument: Instrument, given: Mapping[str, Given]) -> tuple[Lack, ...]:
    """Return what is missing before the self-assessment may be sent, in the order of the questions.

    Each question needs an answer, and with levels a level. Each needs as many pieces of
    evidence as the instrument says; questions that a survey answers share one in their part.
    """
    surveyed = {
        question.part
        for question in instrument.questions
        if SURVEY in given.get(question.key, _NOTHING).evidence
    }
    found = []
    for question in instrument.questions:
        said = given.get(question.key, _NOTHING)
        answer = said.has_level if instrument.method is Method.LEVELS else said.has_answer or said.has_level
        if question.evidence == (SURVEY,):
            proven = question.part in surveyed or not instrument.evidence.each_answer
        else:
            proven = len(said.evidence) >= instrument.evidence.each_answer
        if not (answer and proven):
            found.append(Lack(question, not answer, not proven))
    return tuple(found)


_NOTHING = Given(has_answer=False, has_level=False, evidence=())


def settled_scores(
    instrument: Instrument, scores: Mapping[str, Collection[int]], moderated: Mapping[str, Number]
) -> dict[str, Fraction]:
    """Return the score of each question: as moderated, else the mean over the assessors.

    Args:
        scores: what each assessor gave, by question.
        moderated: what they settled together, by question.

    Raises:
        MissingLevel: nobody scored a question.
    """
    found = {key: question_score(given) for key, given in scores.items() if given}
    return {**found, **{key: Fraction(value) for key, value in moderated.items()}}


def disagreements(instrument: Instrument, scores: Mapping[str, Collection[int]]) -> Iterator[str]:
    """Yield the questions on which assessors differ so much that they should talk.

    By levels any difference: a level is one whole number. By components two points or more.
    """
    limit = 1 if instrument.method is Method.LEVELS else 2
    for question in instrument.questions:
        given = scores.get(question.key, ())
        if given and max(given) - min(given) >= limit:
            yield question.key


def digest(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a frozen content: JSON with sorted keys, so that a row gives it again."""
    told = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(told.encode()).hexdigest()


def exact(value: Number) -> str:
    """Return a number as text that loses nothing.

    >>> exact(Fraction(13, 4)), exact(Fraction(3))
    ('13/4', '3')
    """
    return str(Fraction(value))


def assessor_count_fits(instrument: Instrument, assessors: Iterable[object]) -> bool:
    return instrument.assessors.least <= len(list(assessors)) <= instrument.assessors.most
