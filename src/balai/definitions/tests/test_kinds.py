"""Kinds: schema faults with their place, the installation's own files, reloading."""

import os
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from balai import definitions
from balai.base.errors import Fault, Invalid, NotFound
from balai.definitions import editors, kinds, layers
from balai.definitions.reader import FileFault
from balai.definitions.schema import Words, Written
from balai.definitions.tests.conftest import Write


class Colour(StrEnum):
    RED = "red"


class Flag(Written):
    code: str
    name: Words
    stripes: int = 1
    colours: tuple[Colour, ...] = ()
    region: str | None = None


def _no_plain_flags(found: Mapping[str, definitions.Definition[Flag]]) -> Iterable[Fault]:
    for definition in found.values():
        if not definition.value.colours:
            yield definition.document.fault(("code",), "tanpa warna", "Beri warna.")


@pytest.fixture
def flags() -> Iterator[kinds.Kind[Flag]]:
    yield definitions.kind("flags", "flags", Flag, cross=_no_plain_flags)
    kinds._kinds.pop("flags")
    kinds._loaded.pop("flags", None)


GOOD = "code: merah\nname: {id: Merah, en: Red}\ncolours: [red]\n"


def faults_of(kind: kinds.Kind[Flag]) -> list[FileFault]:
    with pytest.raises(Invalid) as refused:
        definitions.load(kind)
    return [fault for fault in refused.value.faults if isinstance(fault, FileFault)]


def test_a_definition_is_loaded_with_file_hash_and_layer(shipped: Write, flags: kinds.Kind[Flag]) -> None:
    shipped("flags/merah.yaml", GOOD)
    found = definitions.get(flags, "merah")
    assert found.value.colours == (Colour.RED,)
    assert (found.file, found.layer, len(found.sha256)) == ("flags/merah.yaml", "shipped", 64)


def test_a_definition_nobody_wrote_is_not_found(shipped: Write, flags: kinds.Kind[Flag]) -> None:
    with pytest.raises(NotFound, match="biru"):
        definitions.get(flags, "biru")


def test_the_installation_replaces_a_file_and_adds_another(
    shipped: Write, own: Write, flags: kinds.Kind[Flag]
) -> None:
    shipped("flags/merah.yaml", GOOD)
    own("flags/merah.yaml", GOOD.replace("Red}", "Crimson}"))
    own("flags/biru.yaml", GOOD.replace("merah", "biru"))
    found = definitions.load(flags)
    assert list(found) == ["biru", "merah"]
    assert found["merah"].value.name.en == "Crimson"
    assert {each.layer for each in found.values()} == {"installation"}


def test_a_folder_of_the_installation_that_is_missing_is_named(
    shipped: Write, settings: Settings, own: Write, flags: kinds.Kind[Flag]
) -> None:
    Path(settings.OPTIONS.definitions).rmdir()
    with pytest.raises(Invalid, match="BALAI_DEFINITIONS"):
        definitions.load(flags)


def test_a_changed_file_is_seen_and_an_unchanged_one_is_not_read_again(
    shipped: Write, flags: kinds.Kind[Flag]
) -> None:
    path = shipped("flags/merah.yaml", GOOD)
    first = definitions.load(flags)
    assert definitions.load(flags) is first
    path.write_text(GOOD.replace("Red}", "Rot}"))
    os.utime(path, ns=(1, 1))
    second = definitions.load(flags)
    assert second["merah"].value.name.en == "Rot"
    assert second["merah"].sha256 != first["merah"].sha256
    path.unlink()
    assert definitions.load(flags) == {}


def test_when_one_file_changes_only_that_one_is_read_again(shipped: Write, flags: kinds.Kind[Flag]) -> None:
    shipped("flags/merah.yaml", GOOD)
    biru = shipped("flags/biru.yaml", GOOD.replace("merah", "biru"))
    first = definitions.load(flags)
    shipped("flags/biru.yaml", GOOD.replace("merah", "biru") + "stripes: 13\n")
    second = definitions.load(flags)
    assert second["merah"] is first["merah"]
    assert second["biru"].value.stripes == 13
    biru.unlink()
    assert list(definitions.load(flags)) == ["merah"]


def test_the_disk_is_looked_at_again_after_a_moment_only(
    shipped: Write, flags: kinds.Kind[Flag], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(layers, "_files", {})
    monkeypatch.setattr(layers, "BELIEVED_FOR", 1.0)
    monkeypatch.setattr(layers.time, "monotonic", lambda: now[0])
    path = shipped("flags/merah.yaml", GOOD)
    assert set(definitions.load(flags)) == {"merah"}
    path.unlink()
    now[0] += 0.9
    assert set(definitions.load(flags)) == {"merah"}
    now[0] += 0.2
    assert definitions.load(flags) == {}


@pytest.mark.parametrize(
    ("changed", "place", "in_words"),
    [
        (("code: merah", "code: biru"), (1, 1), "nama berkasnya"),
        (("colours: [red]", "colours: [blue]"), (3, 11), "Pilihannya: 'red'"),
        (("colours: [red]", "colours: red"), (3, 1), "daftar"),
        (("colours: [red]", "region: 35.10"), (3, 1), 'tanda kutip: "35.10"'),
        (("colours: [red]", "region: 3573"), (3, 1), 'tanda kutip: "3573"'),
        (("colours: [red]", 'stripes: "2"'), (3, 1), "bilangan bulat"),
        (("colours: [red]", "stripes: 1.5"), (3, 1), "bilangan bulat"),
        (("colours: [red]", "strips: 2"), (3, 1), "tidak dikenal"),
        ((", en: Red", ""), (2, 1), "Tambahkan “en”"),
    ],
)
def test_what_the_schema_refuses_is_said_at_its_place(
    shipped: Write, flags: kinds.Kind[Flag], changed: tuple[str, str], place: tuple[int, int], in_words: str
) -> None:
    shipped("flags/merah.yaml", GOOD.replace(*changed))
    (fault,) = faults_of(flags)
    assert (fault.line, fault.column) == place
    assert in_words in str(fault)
    assert fault.place == f"flags/merah.yaml baris {place[0]} kolom {place[1]}"


def test_every_faulty_file_is_named_at_once(shipped: Write, flags: kinds.Kind[Flag]) -> None:
    for name in ("a", "b"):
        shipped(f"flags/{name}.yaml", "stripes: x\n")
    assert {fault.file for fault in faults_of(flags)} == {"flags/a.yaml", "flags/b.yaml"}


def test_check_runs_what_a_kind_checks_between_files(shipped: Write, flags: kinds.Kind[Flag]) -> None:
    shipped("flags/merah.yaml", GOOD.replace("colours: [red]\n", ""))
    assert [fault.wrong for fault in definitions.check() if "flags" in fault.place] == ["tanpa warna"]


@pytest.mark.parametrize("kept", ["sealed.json", "../keys/sealed.json"])
def test_a_link_out_of_the_folder_is_refused_and_shows_nothing_of_what_it_leads_to(
    kept: str, tmp_path: Path, shipped: Write, own: Write, flags: kinds.Kind[Flag]
) -> None:
    shipped("flags/merah.yaml", GOOD)
    secret = tmp_path / "own" / ".." / kept
    secret.parent.mkdir(exist_ok=True)
    secret.write_text("rahasia: sangat\n")
    link = own("flags/putih.yaml", "")
    link.unlink()
    link.symlink_to(secret)
    (fault,) = faults_of(flags)
    assert fault.file == "flags/putih.yaml" and "rahasia" not in str(fault)


def test_a_link_within_the_folder_is_followed(tmp_path: Path, own: Write, flags: kinds.Kind[Flag]) -> None:
    """Definitions mounted into a container are links to a folder beside them."""
    own("..data/putih.yaml", GOOD.replace("merah", "putih"))
    (tmp_path / "own" / "flags").mkdir()
    (tmp_path / "own" / "flags" / "putih.yaml").symlink_to(tmp_path / "own" / "..data" / "putih.yaml")
    assert definitions.get(flags, "putih").layer == "installation"


def test_a_file_too_large_to_be_a_definition_is_read_no_further(
    shipped: Write, flags: kinds.Kind[Flag]
) -> None:
    path = shipped("flags/merah.yaml", GOOD)
    os.truncate(path, 50_000_000_000)
    (fault,) = faults_of(flags)
    assert "terlalu besar" in fault.wrong


def test_a_file_that_no_kind_reads_is_a_fault(shipped: Write, flags: kinds.Kind[Flag]) -> None:
    shipped("flgas/merah.yaml", GOOD)
    shipped("flags/merah.yml", GOOD)
    assert {fault.place.partition(" ")[0] for fault in definitions.check()} >= {
        "flgas/merah.yaml",
        "flags/merah.yml",
    }


def test_two_kinds_cannot_share_a_folder(flags: kinds.Kind[Flag]) -> None:
    with pytest.raises(ValueError, match="collides"):
        definitions.kind("banners", "flags/banners", Flag)
    assert definitions.kind("flags", "flags", Flag, cross=_no_plain_flags) == flags


def test_every_definition_of_the_product_is_without_fault() -> None:
    assert definitions.check() == []
    call_command("check_definitions")


def test_the_command_ends_with_one_when_a_definition_has_a_fault(
    own: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    own("tables/holidays.csv", "key\n")
    with pytest.raises(CommandError) as ended:
        call_command("check_definitions")
    assert ended.value.returncode == 1
    assert "tables/holidays.csv baris 1" in capsys.readouterr().err


def test_the_stored_schemas_for_editors_are_those_of_the_models(tmp_path: Path) -> None:
    stored = settings.ROOT / "docs" / "reference" / "schemas"
    on_disk = {path.name: path.read_text("utf-8") for path in stored.glob("*.json")}
    assert on_disk == editors.schema_texts(), "run ./balai manage definition_schemas"
    assert {path.name for path in definitions.schemas(tmp_path)} == set(on_disk)
