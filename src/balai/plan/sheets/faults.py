"""What can be wrong with a row whose cells can all be read: unknown things, sums, years, order."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext as _

from balai.base.errors import Fault
from balai.plan.nomenclature import CODE
from balai.plan.rules.money import APBD, PLEDGED
from balai.plan.rules.ties import fits
from balai.plan.sheets.grid import Grid
from balai.plan.sheets.parsing import Parsed
from balai.plan.sheets.standing import Key, Standing


@dataclass(frozen=True)
class Known:
    """Programmes and actions that exist or that the file brings."""

    programmes: set[str]
    actions: set[tuple[str, str]]


def row_faults(grid: Grid, row: Parsed, known: Known, now: Standing) -> Iterator[Fault]:
    """Yield what is wrong with one row, given what else there is."""
    yield from _parents(grid, row, known)
    if row.is_whole and (rule := _RULES.get(grid.sheet.key)):
        yield from rule(grid, row, now)


def _parents(grid: Grid, row: Parsed, known: Known) -> Iterator[Fault]:
    if grid.sheet.key == "programme" or row.key[0] is None:
        return
    if row.key[0] not in known.programmes:
        yield Fault(
            grid.place(row.number, "programme"),
            _("program “%(code)s” tidak ada.") % {"code": row.key[0]},
            _("Tulis kode yang ada di lembar Program."),
        )
    elif grid.sheet.key != "action" and row.key[1] is not None and row.key[:2] not in known.actions:
        yield Fault(
            grid.place(row.number, "action"),
            _("aksi “%(code)s” tidak ada di program “%(programme)s”.")
            % {"code": row.key[1], "programme": row.key[0]},
            _("Tulis kode yang ada di lembar Aksi."),
        )


def _sourced(grid: Grid, row: Parsed, now: Standing) -> Iterator[Fault]:
    origin = row.fields["origin"]
    stands = now.rows.get(grid.sheet.key, {}).get(row.key)
    if stands and stands["origin"] != origin:
        yield Fault(
            grid.place(row.number, "origin"),
            _("asal baris yang sudah ada tidak dapat diubah."),
            _("Kembalikan seperti semula, atau buat baris baru dengan kode lain."),
        )
    if origin == "published" and not row.fields["source"]:
        yield Fault(
            grid.place(row.number, "source"), _("sumber kosong."), _("Fakta terbit menyebut sumbernya.")
        )


def _action(grid: Grid, row: Parsed, now: Standing) -> Iterator[Fault]:
    yield from _sourced(grid, row, now)
    yield from _shares(grid, row, now)
    fields = row.fields
    yield from _office(grid, row, fields["owner"], "owner", now)
    if fields["weight"] <= 0:
        yield Fault(grid.place(row.number, "weight"), _("bobot harus lebih dari 0."), _("Isi 1 bila ragu."))
    if fields["starts_on"] and fields["ends_on"] and fields["ends_on"] < fields["starts_on"]:
        yield Fault(
            grid.place(row.number, "ends_on"), _("selesai sebelum mulai."), _("Isi tanggal sejak hari mulai.")
        )
    yield from _point(grid, row)
    yield from _tie(grid, row, now)


def _tie(grid: Grid, row: Parsed, now: Standing) -> Iterator[Fault]:
    code = row.fields.get("measured_by")
    stands = now.rows.get("action", {}).get(row.key)
    same = ("measured_by", "unit", "direction")
    if not code or (stands and all(stands[name] == row.fields[name] for name in same)):
        return
    unit, direction = row.fields["unit"], row.fields["direction"]
    fitting = sorted(key for key, each in now.indicators.items() if fits(unit, direction, each))
    right = _("Yang cocok satuan dan arahnya: %(codes)s.") % {"codes": ", ".join(fitting) or "–"}
    indicator = now.indicators.get(code)
    if indicator is None:
        yield Fault(
            grid.place(row.number, "measured_by"),
            _("indikator “%(code)s” tidak ada.") % {"code": code[:60]},
            right,
        )
    elif not fits(unit, direction, indicator):
        yield Fault(
            grid.place(row.number, "measured_by"),
            _("satuan atau arah indikator “%(code)s” (%(unit)s) lain dari rencana aksi ini.")
            % {"code": code, "unit": indicator.unit},
            right,
        )


def tie_faults(
    grids: Mapping[str, Grid], rows: Mapping[str, Sequence[Parsed]], now: Standing
) -> Iterator[Fault]:
    """A year measured by physical percent cannot be computed, so a tied action has a number in every year."""
    tied = {key for key, fields in now.rows.get("action", {}).items() if fields["measured_by"]}
    for row in rows.get("action", ()):
        if row.is_whole and "measured_by" in row.fields:
            (tied.add if row.fields["measured_by"] else tied.discard)(row.key)
    brought = {row.key: row for row in rows.get("target", ()) if row.is_whole}
    for key, row in brought.items():
        if key[:2] in tied and row.fields["value"] is None:
            yield Fault(
                grids["target"].place(row.number, "value"),
                _("target aksi “%(code)s” kosong, padahal capaiannya dihitung dari indikator.")
                % {"code": key[1]},
                _("Isi angka, atau kosongkan kolom Dihitung dari Indikator pada lembar Aksi."),
            )
    for row in rows.get("action", ()):
        empty = [
            str(key[2])
            for key, fields in now.rows.get("target", {}).items()
            if key[:2] == row.key and fields["value"] is None and key not in brought
        ]
        if row.is_whole and row.fields.get("measured_by") and empty:
            yield Fault(
                grids["action"].place(row.number, "measured_by"),
                _("target %(years)s tidak berupa angka.") % {"years": ", ".join(empty)},
                _("Isi angkanya di lembar Target, atau kosongkan kolom ini."),
            )


def _point(grid: Grid, row: Parsed) -> Iterator[Fault]:
    latitude, longitude = row.fields["latitude"], row.fields["longitude"]
    if (latitude is None) != (longitude is None):
        missing = "latitude" if latitude is None else "longitude"
        yield Fault(
            grid.place(row.number, missing),
            _("letak tidak lengkap."),
            _("Isi Lintang dan Bujur, atau kosongkan keduanya."),
        )
    for key, value, low, high in (("latitude", latitude, -11, 7), ("longitude", longitude, 94, 142)):
        if value is not None and not low <= value <= high:
            yield Fault(
                grid.place(row.number, key),
                _("letak di luar Indonesia."),
                _("Nilainya antara %(low)s dan %(high)s; mungkin Lintang dan Bujur tertukar.")
                % {"low": low, "high": high},
            )


def _shares(grid: Grid, row: Parsed, now: Standing) -> Iterator[Fault]:
    parts = {key: value for key, value in row.fields.items() if key.startswith("share:") and value}
    total = sum(parts.values(), Fraction(0))
    if total != 1:
        at = next(iter(parts), f"share:{now.axes.keys()[0]}")
        yield Fault(
            grid.place(row.number, at),
            _("jumlah bagian dimensi %(total)s.") % {"total": total},
            _("Jumlahnya harus tepat 1, misalnya 1/2 dan 1/2."),
        )
    leaves = {part.key for dimension in now.axes.dimensions for part in dimension.parts}
    chosen = [key for key in row.fields["sub_dimensions"].split("; ") if key]
    taken = [key.partition(".")[0] for key in chosen]
    for key in chosen:
        dimension = key.partition(".")[0]
        if key not in leaves or f"share:{dimension}" not in parts or taken.count(dimension) > 1:
            expected = ", ".join(
                sorted(leaf for leaf in leaves if f"share:{leaf.partition('.')[0]}" in parts)
            )
            yield Fault(
                grid.place(row.number, "sub_dimensions"),
                _("subdimensi “%(key)s” tidak cocok.") % {"key": key[:60]},
                _("Satu untuk tiap dimensi yang terisi; pilihannya: %(expected)s.") % {"expected": expected},
            )


def _year(grid: Grid, row: Parsed, now: Standing) -> Iterator[Fault]:
    if row.key[2] not in now.years:
        yield Fault(
            grid.place(row.number, "year"),
            _("tahun %(year)s di luar masa rencana.") % {"year": row.key[2]},
            _("Isi %(first)s sampai %(last)s.") % {"first": now.years[0], "last": now.years[-1]},
        )


def _fund(grid: Grid, row: Parsed, now: Standing) -> Iterator[Fault]:
    yield from _year(grid, row, now)
    yield from _partner(grid, row, row.key[5], now)
    if row.key[5] and row.key[3] not in PLEDGED:
        yield Fault(
            grid.place(row.number, "partner"),
            _("mitra hanya untuk CSR/TJSL dan mitra."),
            _("Kosongkan mitranya, atau pilih sumber lain."),
        )
    if row.key[4] and row.key[3] != APBD:
        yield Fault(
            grid.place(row.number, "code"),
            _("kode subkegiatan hanya untuk APBD."),
            _("Kosongkan kodenya, atau pilih APBD."),
        )
    elif row.key[4] and not CODE.fullmatch(row.key[4]):
        yield Fault(
            grid.place(row.number, "code"),
            _("“%(code)s” bukan kode subkegiatan.") % {"code": row.key[4]},
            _("Tulis seperti 1.01.02.2.01.0001."),
        )


def _support(grid: Grid, row: Parsed, now: Standing) -> Iterator[Fault]:
    office, partner = row.key[2], row.key[3]
    if bool(office) == bool(partner):
        yield Fault(
            grid.place(row.number, "office"),
            _("perangkat daerah dan mitra terisi keduanya.") if office else _("pendukung kosong."),
            _("Isi salah satu: Perangkat Daerah atau Mitra."),
        )
    yield from _office(grid, row, office, "office", now)
    yield from _partner(grid, row, partner, now)


def _office(grid: Grid, row: Parsed, code: str, key: str, now: Standing) -> Iterator[Fault]:
    if code and code not in now.offices:
        yield Fault(
            grid.place(row.number, key),
            _("perangkat daerah “%(code)s” tidak ada.") % {"code": code},
            _("Pilih kode dari daftar di templat, atau daftarkan perangkat daerahnya dahulu."),
        )


def _partner(grid: Grid, row: Parsed, name: str, now: Standing) -> Iterator[Fault]:
    if name and name not in now.partners:
        yield Fault(
            grid.place(row.number, "partner"),
            _("mitra “%(name)s” tidak ada.") % {"name": name[:60]},
            _("Tulis nama seperti di daftar mitra, atau daftarkan mitranya dahulu."),
        )


_RULES = {
    "programme": _sourced,
    "action": _action,
    "target": _year,
    "fund": _fund,
    "support": _support,
}


def code_faults(grid: Grid, rows: Iterable[Parsed], now: Standing) -> Iterator[Fault]:
    """The code of an action is its address, so it is used once in a whole plan."""
    homes = {code: programme for programme, code in now.rows.get("action", {})}
    for row in rows:
        programme = homes.setdefault(row.key[1], row.key[0])
        if row.key[0] and row.key[1] and programme != row.key[0]:
            yield Fault(
                grid.place(row.number, "action"),
                _("kode aksi ini sudah dipakai di program “%(programme)s”.") % {"programme": programme},
                _("Pakai kode lain, atau tulis kode programnya."),
            )


def risk_faults(grid: Grid, rows: Iterable[Parsed], now: Standing) -> Iterator[Fault]:
    """Risks are numbered without gaps, because their number is their place in the list."""
    numbers: dict[Key, set[int]] = {}
    for programme, action, number in now.rows.get("risk", {}):
        numbers.setdefault((programme, action), set()).add(number)
    listed = [row for row in rows if row.is_whole]
    for row in listed:
        numbers.setdefault(row.key[:2], set()).add(row.key[2])
    for row in listed:
        if row.key[2] > len(numbers[row.key[:2]]):
            yield Fault(
                grid.place(row.number, "number"),
                _("nomor risiko meloncat ke %(number)s.") % {"number": row.key[2]},
                _("Nomori 1, 2, 3 … tanpa celah."),
            )


def quick_win_faults(
    grids: Mapping[str, Grid], rows: Mapping[str, Sequence[Parsed]], now: Standing
) -> Iterator[Fault]:
    """Stories and risks belong to actions that are quick wins; risks need the story's row."""
    wins = {key for key, fields in now.rows.get("action", {}).items() if fields["is_quick_win"]}
    for row in rows.get("action", ()):
        # a row that could not be read wholly has its own faults; its stories are not blamed as well
        (wins.add if row.fields.get("is_quick_win") or not row.is_whole else wins.discard)(row.key)
    told = {*now.rows.get("quick_win", {}), *(row.key for row in rows.get("quick_win", ()))}
    for sheet in ("quick_win", "risk"):
        for row in rows.get(sheet, ()):
            if row.is_whole and row.key[:2] not in wins:
                yield Fault(
                    grids[sheet].place(row.number, "action"),
                    _("aksi “%(code)s” bukan program unggulan.") % {"code": row.key[1]},
                    _("Isi Ya di kolom Program Unggulan pada lembar Aksi."),
                )
            elif row.is_whole and row.key[:2] not in told:
                yield Fault(
                    grids[sheet].place(row.number, "action"),
                    _("aksi ini belum ada di lembar Quick Win."),
                    _("Tambahkan barisnya di lembar Quick Win."),
                )
