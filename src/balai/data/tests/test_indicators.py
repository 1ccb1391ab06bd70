"""Figures are computed from versions, kept for ever, and can be followed to their rows."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import LazySettings

from balai.data import reads
from balai.data.tests.measuring import MALANG, Files, measured, publish, reader, visit, written

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folder", "malang")]


@pytest.fixture
def files(settings: LazySettings, tmp_path: Path) -> Files:
    return written(settings, tmp_path / "definitions")


def test_a_figure_is_numerator_over_denominator_rounded_once(files: Files) -> None:
    publish([visit(1), visit(2), visit(3, is_served=False)])
    measured()
    (figure,) = reads.series(reader(), "served", MALANG)
    assert (figure.numerator, figure.denominator, figure.value) == (2, 3, Decimal("66.67"))
    assert (figure.period, figure.period_ends_on) == ("2026-03", date(2026, 3, 31))
    assert [each.number for each in figure.versions] == [1]
    rows = reads.rows_behind(reader(), figure.id)
    assert [row[0] for row in rows.rows] == [1, 2]


def test_a_correction_changes_the_figure_and_says_why(files: Files) -> None:
    publish([visit(1), visit(2), visit(3, is_served=False)])
    measured()
    publish([visit(1), visit(3), visit(4, clinic=None)], corrects=1, reason="Salah catat")
    measured(later=1)
    new, old = reads.history(reader(), reads.series(reader(), "served", MALANG)[0].id)
    assert (old.value, new.value) == (Decimal("66.67"), Decimal("100.00"))
    assert (old.is_standing, new.is_standing) == (False, True)
    why = reads.difference(reader(), old.id, new.id)
    (visits,) = why.datasets
    assert (visits.before, visits.after) == (1, 2)
    assert (visits.added, visits.removed, visits.changed) == (2, 1, 0)
    assert visits.whole == (1, 1, 1)
