"""What each of the cast may do, with rights built from the database."""


from dataclasses import dataclass

from tests.cast import MALANG, Cast

from balai.people import reads, rules


@dataclass(frozen=True)
class Thing:
    tenant: str
    owner_offices: tuple[str, ...] = ()
    owner_account: str = ""


def test_every_role_file_names_verbs_that_a_module_declares() -> None:
    faults = list(rules.faults_of_roles(reads.roles(), rules.verbs()))
    assert faults == []


def test_cast(cast: Cast) -> None:
    own = Thing(MALANG, (str(cast.kominfo.pk),))
    assert cast.budi.actor.may("plan.report", own)
    assert not cast.agus.actor.may("plan.report", own)
