"""The English of the texts: collected, checked and compiled without GNU gettext."""

import gettext
from pathlib import Path

import pytest

from balai.site import catalogs

PAGE = """{% load i18n %}
<h1>{% translate "Halaman" %}</h1>
  {% if x %}
    it's {% blocktranslate count n=rows %}{{ n }} baris{% plural %}{{ n }} baris{% endblocktranslate %}
{% translate "Tutup" context "tombol" as close %}{% endif %}
"""
CODE = """
from django.utils.translation import gettext as _
def page():
    return _("Baris pertama, "
             "baris kedua.") + _(f"bukan {1}")
"""


@pytest.fixture
def house(tmp_path: Path) -> Path:
    module = tmp_path / "plan"
    (module / "templates").mkdir(parents=True)
    (module / "tests").mkdir()
    (module / "__init__.py").touch()
    (module / "templates" / "page.html").write_text(PAGE)
    (module / "pages.py").write_text(CODE)
    (module / "tests" / "test_x.py").write_text("_('tidak dihitung')")
    return tmp_path


def fill(house: Path, **english: str) -> Path:
    path = catalogs.catalog_path(house / "plan")
    text = path.read_text()
    for indonesian, words in english.items():
        text = text.replace(f'msgid "{indonesian}"\nmsgstr ""', f'msgid "{indonesian}"\nmsgstr "{words}"')
    path.write_text(text)
    return path


def test_texts_are_found_with_file_and_line(house: Path) -> None:
    assert catalogs.texts(house / "plan") == {
        ("Baris pertama, baris kedua.", None): "plan/pages.py:4",
        ("Halaman", None): "plan/templates/page.html:2",
        (("%(n)s baris", "%(n)s baris"), None): "plan/templates/page.html:4",
        ("Tutup", "tombol"): "plan/templates/page.html:5",
    }


def test_english_that_is_there_survives_an_update_and_a_second_update_changes_nothing(house: Path) -> None:
    catalogs.update_all(house)
    path = fill(house, Halaman="Page")
    catalogs.update_all(house)
    once = path.read_bytes()
    assert b'msgstr "Page"' in once
    catalogs.update_all(house)
    assert path.read_bytes() == once


def test_a_text_nobody_says_any_more_falls_out_and_is_named(house: Path) -> None:
    catalogs.update_all(house)
    (house / "plan" / "pages.py").write_text("")
    assert [flaw.what for flaw in catalogs.flaws(house)].count("unused") == 1
    assert catalogs.update_all(house) == [("Baris pertama, baris kedua.", None)]


def test_what_is_missing_is_named_by_file_and_line(house: Path) -> None:
    assert "plan/templates/page.html:2: missing: Halaman" in map(str, catalogs.flaws(house))


def test_a_module_need_not_repeat_the_english_of_another(house: Path) -> None:
    catalogs.update_all(house)
    fill(house, Halaman="Page")
    other = house / "people"
    other.mkdir()
    (other / "__init__.py").touch()
    (other / "pages.py").write_text("_('Halaman')")
    catalogs.update_all(house)
    assert not catalogs.catalog_path(other).exists()
    assert not [flaw for flaw in catalogs.flaws(house) if flaw.where.startswith("people")]


def test_a_translation_that_loses_a_value_is_wrong(house: Path) -> None:
    (house / "plan" / "pages.py").write_text("_('%(count)d baris')")
    catalogs.update_all(house)
    path = catalogs.catalog_path(house / "plan")
    path.write_text(
        path.read_text().replace(
            'msgid "%(count)d baris"\nmsgstr ""', 'msgid "%(count)d baris"\nmsgstr "%(n)s rows"'
        )
    )
    assert "wrong" in {flaw.what for flaw in catalogs.flaws(house)}


def test_a_doubtful_translation_is_listed(house: Path) -> None:
    catalogs.update_all(house)
    path = fill(house, Halaman="Page")
    path.write_text(path.read_text().replace('msgid "Halaman"', '#, fuzzy\nmsgid "Halaman"'))
    assert "doubtful" in {flaw.what for flaw in catalogs.flaws(house)}


def test_what_was_compiled_is_read_by_gettext_and_compiled_once(house: Path) -> None:
    catalogs.update_all(house)
    path = fill(house, Halaman="Page")
    assert (catalogs.compile_all(house), catalogs.compile_all(house)) == (1, 0)
    with path.with_suffix(".mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Halaman") == "Page"
