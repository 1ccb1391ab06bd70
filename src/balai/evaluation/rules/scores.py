"""Exact arithmetic of the index: no binary fractions, one place where something is rounded.

A missing value is never a zero: it stops the sum.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from balai.evaluation.rules.instrument import Band, Instrument, Method, Rounding

type Number = int | Decimal | Fraction


class MissingLevel(ValueError):
    """A question, an indicator or a part has a weight and no value. A missing value is not a zero."""

    def __init__(self, missing: Iterable[str]) -> None:
        self.missing = tuple(missing)
        super().__init__(_("Belum ada nilai untuk: %(keys)s.") % {"keys": ", ".join(self.missing)})


class OutOfScale(ValueError):
    """A level is no whole number of the scale."""


@dataclass(frozen=True)
class Term:
    """One line of the sum as a person would write it: weight x value = product, counted as `counted`.

    `counted` is the product itself, or what is left of it where each term is rounded.
    """

    key: str
    name: str
    weight: Decimal
    value: Fraction
    product: Fraction
    counted: Fraction


@dataclass(frozen=True)
class Index:
    """An index with the whole sum behind it.

    Attributes:
        terms: in the order of the instrument.
        exact: the weighted sum, nothing rounded; predicates go by it.
        shown: as it is published, two decimals, by the rounding of the instrument.
        predicate: None where the instrument has no bands.
    """

    instrument: str
    rounding: Rounding
    terms: tuple[Term, ...]
    exact: Fraction
    shown: Decimal
    predicate: Band | None

    @property
    def rounded_once(self) -> Decimal:
        """The sum rounded at the end, whatever the instrument says: what improvement starts from."""
        return half_up(self.exact)

    def spelled(self) -> tuple[str, ...]:
        """Return the sum line by line, in the digits of Indonesian.

        >>> from balai.evaluation.rules.loading import instrument
        >>> first_phase = instrument("smartcity-2022-first-phase").value
        >>> values = dict(zip(first_phase.weights, ["1.40", "1.54", "2.92", "2.56", "3.08"]))
        >>> for line in index_of_parts(first_phase, {k: Decimal(v) for k, v in values.items()}).spelled():
        ...     print(line)
        Baseline: 10 % × 1,4 = 0,14 → 0,14
        Output: 20 % × 1,54 = 0,308 → 0,31
        Outcome: 30 % × 2,92 = 0,876 → 0,88
        Impact: 10 % × 2,56 = 0,256 → 0,26
        Quick win: 30 % × 3,08 = 0,924 → 0,92
        0,14 + 0,31 + 0,88 + 0,26 + 0,92 = 2,51
        """
        lines = [
            f"{term.name}: {digits(Fraction(term.weight))} % × {digits(term.value)} = {digits(term.product)}"
            + (f" → {digits(term.counted, 2)}" if self.rounding is Rounding.EACH_TERM else "")
            for term in self.terms
        ]
        decimals = 2 if self.rounding is Rounding.EACH_TERM else None
        total = sum((term.counted for term in self.terms), Fraction())
        added = " + ".join(digits(term.counted, decimals) for term in self.terms)
        end = f"{added} = {digits(total, decimals)}"
        if self.rounding is Rounding.ONCE:
            end += f" → {digits(Fraction(self.shown), 2)}"
        return (*lines, end)


def half_up(value: Number, decimals: int = 2) -> Decimal:
    """Return `value` rounded half up (away from zero) to `decimals` digits, exactly.

    >>> half_up(Fraction(2125, 1000)), half_up(Decimal("-0.125")), half_up(Fraction(1, 3), 4)
    (Decimal('2.13'), Decimal('-0.13'), Decimal('0.3333'))
    """
    exact = Fraction(value)
    scaled = abs(exact) * 10**decimals
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(whole if exact >= 0 else -whole).scaleb(-decimals)


def digits(value: Fraction, decimals: int | None = None) -> str:
    """Return a number with a decimal comma: to `decimals`, else as long as it is exact, at most 5 digits.

    >>> digits(Fraction(364, 1000)), digits(Fraction(1, 3)), digits(Fraction(2), 2)
    ('0,364', '0,33333', '2,00')
    """
    if decimals is None:
        text = f"{half_up(value, 5):f}".rstrip("0").rstrip(".")
    else:
        text = f"{half_up(value, decimals):f}"
    return text.replace(".", ",")


def question_score(by_assessor: Iterable[Number]) -> Fraction:
    """Return the score of a question: the plain mean over its assessors.

    Raises:
        MissingLevel: nobody scored it.

    >>> question_score([3, 3, 2, 3])
    Fraction(11, 4)
    """
    given = [Fraction(score) for score in by_assessor]
    if not given:
        raise MissingLevel([_("penilai")])
    return sum(given, Fraction()) / len(given)


def component_score(questions: Iterable[Number]) -> Decimal:
    """Return the score of a component: the plain mean of its questions, half up to two decimals.

    Raises:
        MissingLevel: it has no question.
    """
    return half_up(question_score(questions))


def component_scores(instrument: Instrument, scores: Mapping[str, Number]) -> dict[str, Decimal]:
    """Return the score of each component from the score of each question.

    Raises:
        MissingLevel: with every question that has none.
    """
    refuse_missing([question.key for question in instrument.questions], scores)
    return {
        part.key: component_score(scores[question.key] for question in instrument.questions_of(part.key))
        for part in instrument.parts
    }


def index_of_parts(instrument: Instrument, values: Mapping[str, Number]) -> Index:
    """Return the index from the value of each part (component or domain).

    Of an instrument with levels this is only as exact as the domain values are;
    published ones are rounded, so compare it within `instrument.table.tolerance`.

    Raises:
        MissingLevel: with every part that has no value.
    """
    return _index(instrument, [(part.key, str(part.name), part.weight) for part in instrument.parts], values)


def index_of_levels(instrument: Instrument, levels: Mapping[str, int]) -> Index:
    """Return the index from the level of each indicator: sum of level x weight over 100, exact.

    Source: PermenPANRB 59/2020.

    Raises:
        MissingLevel: with every indicator that has a weight and no level.
        OutOfScale: a level is not a whole number of the scale.
        ValueError: the instrument has no levels.
    """
    if instrument.method is not Method.LEVELS:
        raise ValueError(f"instrument {instrument.code} is not scored by levels")
    refuse_missing(instrument.indicator_weights, levels)
    for key in instrument.indicator_weights:
        if not isinstance(levels[key], int) or not in_scale(instrument, levels[key]):
            raise OutOfScale(
                _("Indikator %(key)s: tingkat %(level)s di luar %(least)d sampai %(most)d.")
                % {
                    "key": key,
                    "level": levels[key],
                    "least": instrument.scale.least,
                    "most": instrument.scale.most,
                }
            )
    named = [(q.key, str(q.text), q.weight or Decimal()) for q in instrument.questions]
    return _index(instrument, named, levels)


def domain_values(instrument: Instrument, levels: Mapping[str, int]) -> dict[str, Fraction]:
    """Return the value of each domain from the levels, unrounded. Raises MissingLevel."""
    refuse_missing(instrument.indicator_weights, levels)
    return {
        part.key: sum(
            (levels[q.key] * Fraction(q.weight or 0) for q in instrument.questions_of(part.key)), Fraction()
        )
        / Fraction(part.weight)
        for part in instrument.parts
    }


def index_of_scores(instrument: Instrument, scores: Mapping[str, Number]) -> Index:
    """Return the index from the score of each question, by the method of the instrument.

    Raises:
        MissingLevel: with every question that has no score.
        OutOfScale: a level on which the assessors disagree, so it is not whole.
    """
    if instrument.method is Method.COMPONENTS:
        return index_of_parts(instrument, component_scores(instrument, scores))
    whole = {
        key: Fraction(score).numerator for key, score in scores.items() if Fraction(score).denominator == 1
    }
    torn = [key for key in instrument.indicator_weights if key in scores and key not in whole]
    if torn:
        raise OutOfScale(
            _("Penilai belum sepakat tentang tingkat indikator: %(keys)s.") % {"keys": ", ".join(torn)}
        )
    return index_of_levels(instrument, whole)


def in_scale(instrument: Instrument, score: int) -> bool:
    """Tell whether an assessor may give this score."""
    return instrument.scale.least <= score <= instrument.scale.most


def predicate(instrument: Instrument, exact: Number) -> Band | None:
    """Return the band an unrounded index lies in, None where the instrument has none.

    >>> from balai.evaluation.rules.loading import instrument
    >>> str(predicate(instrument("spbe-2020").value, Decimal("3.4996")).name)
    'Baik'
    """
    return next((band for band in instrument.bands if Fraction(exact) >= Fraction(band.at_least)), None)


def improvement(this_year: Index, year_before: Index) -> Decimal:
    """Return the change against the year before, which is recomputed with its own weights and rounded once.

    Kota Kediri 2023 has 3.20 and was published with 3.31 for 2022; rounded once that is 3.32,
    and so the published change is -0.12.
    """
    return this_year.shown - year_before.rounded_once


def refuse_missing(needed: Iterable[str], given: Mapping[str, object]) -> None:
    """Raise MissingLevel with every key of `needed` that has no value."""
    missing = [key for key in needed if given.get(key) is None]
    if missing:
        raise MissingLevel(missing)


def _index(
    instrument: Instrument, named: list[tuple[str, str, Decimal]], values: Mapping[str, Number]
) -> Index:
    refuse_missing([key for key, _name, _weight in named], values)
    terms = []
    for key, name, weight in named:
        value = Fraction(values[key])
        product = value * Fraction(weight) / 100
        rounded = instrument.rounding is Rounding.EACH_TERM
        terms.append(
            Term(key, name, weight, value, product, Fraction(half_up(product)) if rounded else product)
        )
    exact = sum((term.product for term in terms), Fraction())
    return Index(
        instrument.code,
        instrument.rounding,
        tuple(terms),
        exact,
        half_up(sum((term.counted for term in terms), Fraction())),
        predicate(instrument, exact),
    )
