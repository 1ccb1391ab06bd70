"""Reads what is told and shown: notices, documents, publication, what is hidden."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from string import Formatter

from django.utils.translation import gettext as _

from balai.definitions import Words
from balai.definitions.conditions import Kind, Shape
from balai.definitions.reader import Path
from balai.forms.rules import Form, Privacy
from balai.services.rules import facts
from balai.services.rules.definition import (
    PUBLIC,
    EventKind,
    Face,
    Hiding,
    Letter,
    Move,
    Notice,
    Publication,
    PublishedDataset,
    Shown,
    Transform,
)
from balai.services.rules.privacy import fault_of_leaving
from balai.services.rules.reading.flow import Flow
from balai.services.rules.written import (
    FaceText,
    NoticeText,
    ShownText,
)


@dataclass
class Speech(Flow):
    """What of a case is told to whom."""

    # What is said and shown.

    def paths(self, form: Form, moves: Mapping[str, Move]) -> None:
        """Collect what notices, documents and publications may name."""
        from_case = {
            f"case.{name}": facts.Value(kind, Privacy.PUBLIC, is_instant=name in facts.INSTANTS)
            for name, kind in facts.COLUMNS.items()
        }
        clocks = {
            f"clock.{key}.{name}": facts.Value(kind, Privacy.PUBLIC, is_instant=name == "due")
            for key in self.written.clocks
            for name, kind in facts.CLOCK.items()
        }
        lookups = {
            f"{key}.{name}": facts.Value(kind, Privacy.PUBLIC)
            for key, known in self.tables.items()
            for name, kind in facts.table_shape(known).items()
        }
        self.values = {**facts.form_values(form, "form"), **from_case, **clocks, **lookups}
        for key, move in moves.items():
            if move.form:
                self.values |= facts.form_values(move.form, f"move.{key}")

    def notice(self, key: str, text: NoticeText, moves: Mapping[str, Move]) -> Notice:
        path: Path = ("notices", key)
        event = self.event((*path, "event"), text.event) if text.event else None
        if (text.event or text.every_days) and not text.to:
            self.fault(path, _("Pemberitahuan ini tidak punya penerima."), _("Tulis to: peran penerimanya."))
        if text.event and text.every_days:
            wrong = _("“event” dan “every_days” ditulis bersama.")
            self.fault((*path, "every_days"), wrong, _("Pakai salah satu."))
        if text.every_days and not text.during:
            right = _("Tulis during: status selama kabar itu dikirim.")
            self.fault((*path, "every_days"), _("Kabar berkala ini tanpa status."), right)
        for number, state in enumerate(text.during):
            self.known((*path, "during", number), state, self.written.states, _("status"))
        typed = moves[event.of].form if event and event.kind is EventKind.MOVE and event.of in moves else None
        said = self.said(path, "subject", text.subject, typed) | self.said(path, "text", text.text, typed)
        return Notice(
            key,
            text.subject,
            text.text,
            event,
            text.every_days,
            text.during,
            self.roles((*path, "to"), text.to),
            text.via,
            self.condition((*path, "when"), text.when),
            tuple(sorted(said)),
        )

    def said(self, path: Path, name: str, words: Words, input: Form | None) -> set[str]:
        """Return the names between braces, the same in both languages and each known."""
        values = {**self.values, **(facts.form_values(input, "input") if input else {})}
        found: dict[str, set[str]] = {}
        for language in ("id", "en"):
            at: Path = (*path, name, language)
            try:
                parts = [part for _t, part, _f, _c in Formatter().parse(getattr(words, language)) if part]
            except ValueError:
                self.fault(at, _("Kurung kurawalnya tidak lengkap."), _("Tulis seperti {number}."))
                return set()
            found[language] = set(parts)
            for part in found[language] - facts.WORDS:
                self.word(at, part, values)
        if found["id"] != found["en"]:
            said = ", ".join(sorted(found["id"] ^ found["en"]))
            wrong = _("Isian kedua bahasa berbeda: %(names)s.") % {"names": said}
            self.fault((*path, name), wrong, _("Pakai isian yang sama dalam bahasa Indonesia dan Inggris."))
        return found["id"] | found["en"]

    def word(self, at: Path, part: str, values: Mapping[str, facts.Value]) -> None:
        name, _bar, transform = part.partition("|")
        if not self.known(at, name, (*sorted(facts.WORDS), *values), _("isian templat")):
            return
        try:
            chosen = Transform(transform or "none")
        except ValueError:
            self.known(at, transform, list(Transform), _("penyamaran"))
            return
        if wrong := fault_of_leaving(values[name], chosen, is_public=False):
            self.fault(at, *wrong)

    def documents(self) -> dict[str, Letter]:
        found: dict[str, Letter] = {}
        for key, one in self.written.documents.items():
            path: Path = ("documents", key)
            for number, value in enumerate(one.says):
                self.known((*path, "says", number), value, self.values, _("nilai"))
            if one.signed_by:
                self.known((*path, "signed_by"), one.signed_by, self.written.roles, _("peran"))
            found[key] = Letter(key, one.title, one.template, one.signed_by or "", one.says)
        return found

    def shown(self, path: Path, text: ShownText, *, is_public: bool) -> Shown:
        kind: Kind | Shape = Kind.TEXT
        if self.known((*path, "value"), text.value, self.values, _("nilai")):
            value = self.values[text.value]
            kind = value.kind
            if wrong := fault_of_leaving(value, Transform(text.transform), is_public=is_public):
                place: Path = (*path, "transform" if text.transform != "none" else "value")
                self.fault(place, *wrong)
        return Shown(text.value, text.name, text.meaning, kind, Transform(text.transform))

    def all_shown(self, path: Path, texts: Iterable[ShownText], *, is_public: bool) -> tuple[Shown, ...]:
        found: list[Shown] = []
        for number, one in enumerate(texts):
            if any(one.name == known.name for known in found):
                wrong = _("Nama “%(name)s” dipakai dua kali.") % {"name": one.name}
                self.fault((*path, number, "name"), wrong, _("Beri tiap nilai namanya sendiri."))
            found.append(self.shown((*path, number), one, is_public=is_public))
        return tuple(found)

    def face(self, name: str, text: FaceText | None) -> Face | None:
        if text is None:
            return None
        path: Path = ("publication", name)
        hide = self.condition((*path, "hide_when"), text.hide_when)
        return Face(self.all_shown((*path, "show"), text.show, is_public=True), hide)

    def publication(self) -> Publication:
        text = self.written.publication
        tracking = None
        if text.tracking:
            # Who has number and PIN may be anybody who found the slip of paper.
            path: Path = ("publication", "tracking", "show")
            tracking = Face(self.all_shown(path, text.tracking.show, is_public=False))
        return Publication(
            tracking, self.face("map", text.map), self.face("open311", text.open311), self.dataset()
        )

    def dataset(self) -> PublishedDataset | None:
        text = self.written.publication.dataset
        if text is None:
            return None
        path: Path = ("publication", "dataset")
        columns = self.all_shown((*path, "columns"), text.columns, is_public=True)
        counts = text.small_counts
        for number, name in enumerate(counts.by if counts else ()):
            at: Path = (*path, "small_counts", "by", number)
            self.known(at, name, [column.name for column in columns], _("kolom"))
        return PublishedDataset(
            text.code,
            text.title,
            text.licence,
            text.frequency,
            text.delay_days,
            columns,
            counts.least if counts else 0,
            counts.by if counts else (),
            self.condition((*path, "hide_when"), text.hide_when),
        )

    def hiding(self) -> tuple[Hiding, ...]:
        found: list[Hiding] = []
        for number, one in enumerate(self.written.hiding):
            path: Path = ("hiding", number)
            for n, name in enumerate(one.hidden_from):
                self.known((*path, "from", n), name, (PUBLIC, *self.written.roles), _("peran"))
            for n, name in enumerate(one.fields):
                if not any(value == name or value.startswith(f"{name}.") for value in self.values):
                    self.known((*path, "fields", n), name, self.values, _("nilai"))
            when = self.condition((*path, "when"), one.when)
            found.append(Hiding(one.hidden_from, one.because, when, one.fields))
        return tuple(found)
