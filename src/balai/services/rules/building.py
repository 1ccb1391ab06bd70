"""Makes a service of what its file says, and tells every fault with its line."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from balai.base.errors import Invalid
from balai.definitions.conditions import Vocabulary
from balai.definitions.reader import Document
from balai.services.rules import facts
from balai.services.rules.definition import (
    Law,
    Retention,
    Service,
    ServiceIndicator,
    Status,
)
from balai.services.rules.reading.desk import Desk
from balai.services.rules.written import (
    ServiceText,
)


def build_service(written: ServiceText, document: Document, offices: Mapping[str, frozenset[str]]) -> Service:
    """Return the service a file says.

    Args:
        offices: codes of the offices of each tenant, to know which the file may name.

    Raises:
        Invalid: with every fault, each at its line.
    """
    builder = _Builder(written, document, offices)
    service = builder.service()
    if builder.faults:
        raise Invalid(builder.faults)
    return service


@dataclass
class _Builder(Desk):
    """A whole file."""

    def service(self) -> Service:
        text = self.written
        self.named()
        for number, law in enumerate(text.legal.basis):
            if law.key in self.laws:
                self.fault(
                    ("legal", "basis", number, "key"),
                    _("Dasar hukum “%(key)s” ditulis dua kali.") % {"key": law.key},
                    _("Beri tiap dasar hukum kuncinya sendiri."),
                )
            self.laws[law.key] = Law(law.key, law.name, law.article, law.confidence)
        form = self.form()
        lookups = self.lookups(form)
        self.shapes = facts.variables(form, text.moves, text.states, self.tables)
        self.vocabulary = Vocabulary(self.shapes)
        states = {key: self.state(key) for key in text.states}
        roles = {key: self.role(key) for key in text.roles}
        moves = {key: self.move(key, one) for key, one in text.moves.items()}
        tasks = {key: self.task(key, one) for key, one in text.tasks.items()}
        clocks = {key: self.clock(key, one) for key, one in text.clocks.items()}
        self.paths(form, moves)
        return Service(
            code=text.service,
            version=text.version,
            sha256=self.sha256,
            status=Status(text.status),
            valid_from=text.valid_from,
            title=text.title,
            summary=text.summary,
            icon=text.icon,
            source=text.source,
            cities=self.cities(),
            owner=self.office(("owner",), text.owner),
            laws=self.laws,
            archive_code=text.legal.archive_code,
            office_hours=self.office_hours(),
            number=self.series(),
            filing=self.filing(),
            form=form,
            lookups=lookups,
            search=self.search(),
            suggest=self.suggest(form),
            roles=roles,
            states=states,
            initial=self.initial(),
            moves=moves,
            clocks=clocks,
            tasks=tasks,
            routing=self.routing(),
            most_reroutes=text.most_reroutes,
            notices={key: self.notice(key, one, moves) for key, one in text.notices.items()},
            documents=self.documents(),
            hiding=self.hiding(),
            publication=self.publication(),
            indicators=tuple(
                ServiceIndicator(one.define, tuple((feed.plan, feed.indicator) for feed in one.feeds))
                for one in text.indicators
            ),
            retention=Retention(
                text.retention.personal_years,
                text.retention.case_years,
                self.law(("retention", "law"), text.retention.law),
                self.condition(("retention", "hold_when"), text.retention.hold_when),
            ),
            same_person_may=(
                self.law(("same_person_may",), text.same_person_may) if text.same_person_may else None
            ),
            upgrades=self.upgrades(),
            tests=self.tests(moves),
            variables=self.shapes,
        )
