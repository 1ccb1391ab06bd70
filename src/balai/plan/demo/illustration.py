"""Illustrations: a set of actions for each city that shows every state a page can be in.

Everything follows from the tables of `reference/demo`, the place of an action in
them, and the day that is passed in; nothing is drawn by chance.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from balai.base.files import StoredFile
from balai.definitions.taxonomies import AxisSet, axis_set
from balai.plan.demo.cast import Players
from balai.plan.demo.facts import Batch
from balai.plan.demo.history import History, Line
from balai.plan.demo.sheets import ILLUSTRATED, lines, number, of_region, shares
from balai.plan.demo.sheets import Line as Row
from balai.plan.models import (
    Action,
    DimensionShare,
    Fund,
    Masterplan,
    Origin,
    Period,
    Programme,
    QuickWin,
    Support,
    Target,
)
from balai.plan.nomenclature import find_codes

MARK = "ilustrasi – bukan data resmi"
SOURCE = "Ilustrasi – bukan data resmi"
_SIZE: Mapping[str, Decimal] = {
    "35.73": Decimal(1),
    "35.07": Decimal("1.4"),
    "35.79": Decimal("0.5"),
    "35.77": Decimal("0.7"),
}
"""How large numbers that count things are, against those in the table."""
_NOT_COUNTED = ("persen", "menit")


@dataclass
class Illustration:
    """What it takes to write the illustrations of one city.

    Attributes:
        years: the three years reported on, ascending; the last is still running.
        partners: name → key of the illustrated partners.
        papers: dimension → photo, and "minutes" → a PDF; each marked as an example.
    """

    batch: Batch
    plan: Masterplan
    players: Players
    years: Sequence[int]
    periods: Sequence[Period]
    partners: Mapping[str, UUID]
    papers: Mapping[str, StoredFile]
    today: date

    @cached_property
    def axes(self) -> AxisSet:
        return axis_set(self.plan.axis_set)

    @cached_property
    def editions(self) -> Mapping[tuple[str, int], str]:
        codes = {row["budget_code"] for row in lines(ILLUSTRATED, "actions") if row["budget_code"]}
        return {
            (code, year): answer.edition
            for year in self.years
            for code, answer in find_codes(codes, year).items()
        }

    def write(self) -> int:
        """Write everything; return how many rows."""
        programmes = {}
        for dimension in self.axes.dimensions:
            programme = Programme(
                masterplan=self.plan,
                code=f"IL-{dimension.key[:3].upper()}",
                title=f"{dimension.name.id}: program contoh ({MARK})",
                goal="Memperlihatkan cara kerja aplikasi; bukan rencana daerah ini.",
                origin=Origin.ILLUSTRATION,
                source=SOURCE,
            )
            programmes[dimension.key] = programme
            self.batch.add(programme, "programme.create", code=programme.code, title=programme.title)
        places = of_region(ILLUSTRATED, "places", self.plan.region_code)
        for number_, row in enumerate(lines(ILLUSTRATED, "actions")):
            place = places[int(row["place"]) % len(places)] if row["place"] else None
            self._action(row, number_, programmes[next(iter(shares(row["shares"])))], place)
        return self.batch.write()

    def _action(self, row: Row, at: int, programme: Programme, place: Row | None) -> None:
        office = self.players.office(row["owners"].split("|"))
        action = Action(
            programme=programme,
            code=f"IL-{row['code']}",
            title=f"{row['title']} ({MARK})",
            description=f"{SOURCE}. Angka dan bukti dukung di sini hanya contoh.",
            family=row["family"],
            owner_id=office,
            indicator=row["indicator"] or "Kemajuan fisik",
            unit=row["unit"] or "persen",
            direction=row["direction"],
            baseline=number(row["baseline"]),
            weight=Decimal(2) if row["quick_win"] else Decimal(1),
            starts_on=date(self.years[0], 1, 1),
            ends_on=date(self.years[-1], 12, 31),
            is_quick_win=row["quick_win"] == "yes",
            place_name=place["name"] if place else "",
            latitude=number(place["latitude"]) if place else None,
            longitude=number(place["longitude"]) if place else None,
            origin=Origin.ILLUSTRATION,
            source=SOURCE,
        )
        self.batch.add(action, "action.create", code=action.code, title=action.title)
        self._shares(action, row)
        targets = {year: self._target(row, year) for year in self.years}
        for year, value in targets.items():
            self.batch.add(Target(action=action, year=year, value=value))
        line = Line(action, at, targets, int(row["budget_million"]) * 1_000_000)
        history = History(self.batch, self.players.reporter(office), self.players.verifier, self.today)
        told = history.write(line, self.periods, self._papers(row))
        self._funds(action, row, told)
        if office != self.players.head_office:
            self.batch.add(Support(action=action, office_id=self.players.head_office, role="Sistem dan data"))
        if action.is_quick_win:
            self._quick_win(action, row["code"])

    def _shares(self, action: Action, row: Row) -> None:
        parts = {key.partition(".")[0]: key for key in row["sub_dimensions"].split(";")}
        for dimension, part in shares(row["shares"]).items():
            self.batch.add(
                DimensionShare(
                    action=action,
                    dimension=dimension,
                    sub_dimension=parts.get(dimension, ""),
                    numerator=part.numerator,
                    denominator=part.denominator,
                )
            )

    def _target(self, row: Row, year: int) -> Decimal | None:
        if not row["step"]:
            return None
        steps = year - self.years[0] + 1
        value = Decimal(row["baseline"]) + steps * Decimal(row["step"])
        if row["unit"] not in _NOT_COUNTED:
            value = (value * _SIZE[self.plan.region_code]).to_integral_value()
        return min(value, Decimal(96)) if row["unit"] == "persen" else value

    def _papers(self, row: Row) -> list[StoredFile]:
        dimension = next(iter(shares(row["shares"])))
        return [self.papers[dimension], *([self.papers["minutes"]] if row["quick_win"] else [])]

    def _funds(self, action: Action, row: Row, spent: Mapping[int, int | None]) -> None:
        """Write money by year and source; what was spent is spread as the budget is."""
        sources = row["funds"].split("+")
        whole = int(row["budget_million"]) * 1_000_000
        for year in self.years:
            for place, source in enumerate(sources):
                # the first source carries seven tenths where there are two
                tenths = 10 if len(sources) == 1 else (7, 3)[place]
                out = spent.get(year)
                self.batch.add(
                    Fund(
                        action=action,
                        year=year,
                        source=source,
                        code=(code := row["budget_code"] if source == "apbd" else ""),
                        edition=self.editions.get((code, year), "") if code else "",
                        partner_id=self._partner(source),
                        is_in_kind=source == "partner",
                        budget=whole * tenths // 10,
                        spent=None if out is None else out * tenths // 10,
                    )
                )

    def _partner(self, source: str) -> UUID | None:
        names = list(self.partners)
        return {"csr": self.partners[names[1]], "partner": self.partners[names[0]]}.get(source)

    def _quick_win(self, action: Action, code: str) -> None:
        told = {
            line["element"]: line["text"] for line in lines(ILLUSTRATED, "quick_wins") if line["code"] == code
        }
        risks = [
            {"risk": line["risk"], "mitigation": line["mitigation"]}
            for line in lines(ILLUSTRATED, "risks")
            if line["code"] == code
        ]
        story = f"{SOURCE}. {told.pop('story')}"
        row = QuickWin(action=action, story=story, elements=told, risks=risks)
        self.batch.add(row, "quick_win.write", action=action.code)
        community = list(self.partners.values())[2]
        self.batch.add(Support(action=action, partner_id=community, role="Pendampingan warga"))
