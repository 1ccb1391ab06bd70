"""Two local governments with one of everything in two offices each, for the table of authorisations.

`furnish` returns what stands in one office of one local government by kind, so
that a route can be tried with a thing of the own office, of another office and
of another region.
"""

import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone
from PIL import Image

from balai.base import tenancy
from balai.base.actor import Actor, system
from balai.base.files import store_file
from balai.data import changes as data
from balai.data.changes import intake_work
from balai.data.changes.asked import Answered, Wish, answer_wish, ask_for_dataset, prove_wish
from balai.data.changes.feedback import Remark, give_feedback
from balai.data.intake.models import FetchSource, Upload
from balai.data.models import AskedDataset, Dataset, SavedQuery
from balai.data.tests.registry import a_bin, declared
from balai.definitions.models import TableAmendment
from balai.people import reads as people_reads
from balai.people.models import DataRequest, Office, Partner, ProgramKey, RoleRequest
from balai.people.rules import verbs
from balai.people.rules.program_keys import digest
from balai.plan import changes
from balai.plan.models import Action, Evidence, Period, Report
from balai.plan.tests.town import ACTION, NOW, PLAN, PROGRAMME, TODAY
from balai.services.models import Case, CaseFile, CaseTask
from balai.services.reads import version_of
from tests.cast import someone


@dataclass(frozen=True)
class Thing:
    """What a route is tried with, and whose it is; nobody's when `tenant` is "".

    It has the attributes by which `Actor.may` asks for the owner, so what a
    role file says about a reach is asked of the very function the product asks.
    """

    key: str
    tenant: str = ""
    owner_offices: tuple[str, ...] = ()
    owner_account: str = ""


type Things = Mapping[str, Thing]


def all_powerful(name: str, tenant: str) -> Actor:
    """Return somebody who may do everything in a tenant; two of them can report and verify."""
    return system(name, tenant, *verbs())


def picture(shade: int) -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (4, 4), (shade, 0, 0)).save(out, "PNG")
    out.seek(0)
    return out


def found_plan(tenant: str) -> dict[str, Any]:
    """Write a plan that is still a draft, with one programme, and the periods of 2026."""
    actor = all_powerful("writer", tenant)
    plan = changes.create_masterplan(actor, replace(PLAN, region_code=tenant))
    return {
        "plan": plan,
        "programme": changes.create_programme(actor, plan.pk, PROGRAMME),
        "periods": changes.open_year(actor, 2026),
    }


def plan_actions(tenant: str, plan: Mapping[str, Any], office: Office) -> tuple[Action, Action]:
    """Write two actions of an office into the draft: one to be verified, one to wait."""
    actor = all_powerful("writer", tenant)
    first, second = (
        changes.create_action(
            actor,
            plan["programme"].pk,
            replace(ACTION, code=f"{tenant}-{office.code}-{n}", owner=office.pk, is_quick_win=True),
        )
        for n in (1, 2)
    )
    return first, second


def furnish(tenant: str, plan: Mapping[str, Any], office: Office, actions: Iterable[Action]) -> Things:
    """Write one of everything in an office, after the plan was adopted; return each by its kind."""
    writer, verifier = all_powerful("writer", tenant), all_powerful("verifier", tenant)
    first, second = actions
    quarters: tuple[Period, ...] = plan["periods"]
    fund = changes.add_fund(writer, first.pk, changes.FundDraft(2026, "apbn", 1_000_000)).fund

    def reported(action: Action, quarter: Period) -> tuple[Report, Evidence]:
        draft = changes.ReportDraft(Decimal(3))
        row = changes.save_report(writer, action.pk, quarter.pk, draft, version=None, at=NOW)
        upload = changes.Upload(picture(len(action.code) + quarter.number), "foto.png")
        return row, changes.add_evidence(writer, row.pk, "Foto", upload=upload)

    verified, shown = reported(first, quarters[0])
    verified = changes.submit_report(writer, verified.pk, version=verified.version, at=NOW)
    changes.verify_report(verifier, verified.pk, version=verified.version, at=NOW)
    draft, kept = reported(first, quarters[1])
    waiting, _sent = reported(second, quarters[0])
    waiting = changes.submit_report(writer, waiting.pk, version=waiting.version, at=NOW)

    keeper = someone(f"Pengelola-{office.code}", tenant)
    officer = someone(f"Petugas-{office.code}", tenant, "officer", office=office)
    with tenancy.scope(tenant):
        seat = people_reads.seats_visible_to(verifier).get(account=officer.account)
        asked = RoleRequest.objects.create(
            membership=seat, role="auditor", reason="Uji", requested_by=keeper.account
        )
    here = {"tenant": tenant, "owner_offices": (str(office.pk),)}
    rows = {
        "action": (first, here),
        "fund": (fund, here),
        "verified report": (verified, here),
        "draft report": (draft, here),
        "waiting report": (waiting, here),
        "shown evidence": (shown, here),
        "kept evidence": (kept, here),
        "office": (office, here),
        "account": (officer.account, here),
        "seat": (seat, here),
        "role request": (asked, here),
    }
    things = {kind: Thing(str(row.pk), **whose) for kind, (row, whose) in rows.items()}
    things |= {
        kind: Thing(code, **whose) for kind, (code, whose) in datasets_of(tenant, office, here).items()
    }
    things |= {kind: Thing(str(row.pk), **here) for kind, row in files_of(things["published dataset"].key)}
    things |= {kind: Thing(key, **here) for kind, key in cases_of(tenant, office)}
    return things | furnish_account(tenant, officer.account.pk)


def cases_of(tenant: str, office: Office) -> Iterator[tuple[str, str]]:
    """Write a case of a service that an office works on, with a part for it to do and a photo."""
    service, number = version_of("sambat", 1), f"ADU-{tenant}-{office.code}".upper()
    row = Case.objects.create(
        service=service.code,
        service_version=service.version,
        definition_hash=service.sha256,
        number=number,
        state="assigned",
        kind="open",
        channel="web",
        office=office,
        topic="other",
        subject="Uji",
        answers={
            "class": "complaint",
            "category": "other",
            "title": "Uji",
            "description": "Sebuah uji saja.",
        },
        received_at=NOW,
        moved_at=NOW,
        urgent_at=NOW,
    )
    task = CaseTask.objects.create(
        case=row, task="assist", in_state="in_progress", office=office, opened_at=NOW
    )
    photo = store_file(picture(len(number)), "foto.png", all_powerful("writer", tenant))
    CaseFile.objects.create(case=row, file=photo, audience="applicant", at=NOW)
    yield "service case", str(row.pk)
    yield "service case number", number
    yield "service task", str(task.pk)
    yield "service file", str(photo.pk)


def datasets_of(tenant: str, office: Office, here: Any) -> dict[str, tuple[str, Any]]:
    """Write a dataset of an office in each state; return its code by kind. They are called by it."""
    writer, verifier = all_powerful("writer", tenant), all_powerful("verifier", tenant)
    codes = {}
    for state in ("draft", "waiting", "published"):
        code = codes[state] = f"{state}_{tenant.replace('.', '_')}_{office.code}"
        row = data.declare(writer, declared(code=code, producer=office.code))
        if state != "draft":
            row = data.submit(writer, code, version=row.version, at=NOW)
        if state == "published":
            data.check(verifier, code, version=row.version, at=NOW)
            data.publish(writer, code, [a_bin(1, region=None)], "2026", at=NOW)
    remark = Remark("wrong", f"Tong di {office.code} sudah dipindah.", office.code)
    told = give_feedback(writer, codes["published"], remark, at=NOW)
    wished = wish_given_to(tenant, office)
    things = {f"{state} dataset": (code, here) for state, code in codes.items()}
    things |= {"wish": (str(wished.pk), here), "wish key": (wished.key, here)}
    return {**things, "feedback": (str(told.pk), here), "feedback key": (told.key, here)}


def wish_given_to(tenant: str, office: Office) -> AskedDataset:
    """Ask for a dataset and give it to an office to prepare."""
    writer, verifier = all_powerful("writer", tenant), all_powerful("verifier", tenant)
    site = "https://contoh.example"
    wish = Wish("Tong di tiap jalan", "Untuk belajar", "own", f"{office.code}@contoh.id", office.code, site)
    made = ask_for_dataset(Actor("", "", tenant, writer.verbs), wish, at=NOW)
    made = prove_wish(writer, made.key, at=NOW)
    said = Answered("accepted", f"Tong {office.code}", "", str(office.pk), NOW.date())
    return answer_wish(verifier, made.pk, said, version=made.version, site=site, at=NOW)


def files_of(code: str) -> Iterator[tuple[str, Any]]:
    """Write a file on its way for a dataset, and an address its files are fetched from."""
    dataset = Dataset.objects.get(code=code)
    yield "upload", _handed_in(dataset)
    yield (
        "fetch source",
        FetchSource.objects.create(
            dataset=dataset,
            address="https://data.contoh.go.id/a.csv",
            starts_on=TODAY,
            next_at=NOW,
            owner_id_text="nobody",
            owner_name="Penyusun",
        ),
    )


def _handed_in(dataset: Dataset) -> Upload:
    """Hand in a file whose row misses its name, and ask the steward to sign for that."""
    writer, content = all_powerful("writer", dataset.tenant), b"id,name\n1,Satu\n2,\n"
    row = data.take_whole(writer, dataset.code, io.BytesIO(content), "baris.csv", len(content), at=NOW)
    row = _worked_on(row)
    data.choose(writer, row.pk, {"period": "2026"}, version=row.version, at=NOW)
    row = _worked_on(row)
    return data.ask_steward(writer, row.pk, version=row.version, at=NOW)


def _worked_on(row: Upload) -> Upload:
    row.refresh_from_db()
    intake_work.work_on(row.pk, row.version, NOW)
    row.refresh_from_db()
    return row


def furnish_account(tenant: str, account: UUID) -> Things:
    """Write what belongs to one account in a local government; call within its scope."""
    rows = {
        "own data request": asked_by(account),
        "own program key": program_key_of(account),
        "own amendment": proposed_by(account),
    }
    asked = saved_by(account)
    return {kind: Thing(str(row.pk), tenant, owner_account=str(account)) for kind, row in rows.items()} | {
        "own question": Thing(asked.slug, tenant, owner_account=str(account))
    }


def furnish_tenant(tenant: str, plan: Mapping[str, Any] | None) -> Things:
    """Write what belongs to no office of a local government: partners, papers, figures, open requests."""
    writer = all_powerful("writer", tenant)
    proposer = someone("Pengusul", tenant)
    rows: dict[str, Any] = {
        "partner": Partner.objects.create(name=f"Universitas {tenant}", helix="academia"),
        "data request": asked_by(proposer.account.pk),
        "figure": changes.record_published_figure(
            writer,
            changes.PublishedDraft(
                "realisation",
                "Realisasi",
                2023,
                "percent",
                "LAKIP",
                value=Decimal("96.2"),
                confidence="verified",
            ),
        ),
        "amendment": proposed_by(proposer.account.pk),
    }
    changes.record_published_figure(
        writer,
        changes.PublishedDraft(
            "realisation",
            "Realisasi",
            2023,
            "percent",
            "LAKIP",
            dimension="economy",
            value=Decimal(86),
            confidence="verified",
        ),
    )
    if plan:
        rows |= plan_papers(tenant, plan)
    shared = Thing(saved_by(proposer.account.pk, "public").slug, tenant)
    return {kind: Thing(str(row.pk), tenant) for kind, row in rows.items()} | {"public question": shared}


def plan_papers(tenant: str, plan: Mapping[str, Any]) -> dict[str, Any]:
    """Return the things of a plan that belong to no office, its papers written before it was adopted."""
    actor = all_powerful("writer", tenant)
    stage = changes.freeze_stage(actor, plan["plan"].pk, "Tahap I", 2026, TODAY, NOW)
    return {
        kind: plan[kind] for kind in ("plan", "programme", "book", "planning period", "body", "meeting")
    } | {
        "stage": stage,
        "period": plan["periods"][1],
    }


def write_papers(tenant: str, plan: dict[str, Any]) -> None:
    """Write the papers of a draft plan: a book, a planning period, a body that met."""
    actor, key = all_powerful("writer", tenant), plan["plan"].pk
    plan["book"] = changes.add_book(
        actor, key, "buku-1", "Buku I", upload=changes.Upload(picture(90), "buku.png")
    )
    plan["planning period"] = changes.add_planning_period(actor, key, "RPJMD", "RPJMD 2024–2028", 2024, 2028)
    plan["body"] = changes.write_body(actor, key, "team")
    plan["meeting"] = changes.record_meeting(
        actor,
        plan["body"].pk,
        date(2026, 2, 2),
        on=TODAY,
        minutes=changes.Upload(picture(91), "notula.png"),
    )


def asked_by(account: UUID) -> DataRequest:
    """Write a request about their data by an account, in the tenant of the scope."""
    return DataRequest.objects.create(
        account_id=account,
        kind="correction",
        text="Nama saya salah ketik.",
        received_at=NOW,
        due_at=NOW + timedelta(days=3),
    )


def saved_by(account: UUID, sharing: str = "me") -> SavedQuery:
    """Write a question of an account, in the tenant of the scope; it reads no dataset."""
    return SavedQuery.objects.create(
        slug=f"{sharing}-{account}",
        title="Uji",
        text="SELECT 1 AS x",
        sharing=sharing,
        owner_id_text=str(account),
        owner_name="Penyusun",
        created_at=NOW,
        changed_at=NOW,
    )


def program_key_of(account: UUID) -> ProgramKey:
    """Write a key of an account, in the tenant of the scope."""
    return ProgramKey.objects.create(
        account_id=account,
        name="Dasbor",
        digest=digest(str(account)),
        verbs=["plan.read"],
        made_at=NOW,
        expires_on=timezone.localdate() + timedelta(days=9),
    )


def proposed_by(account: UUID) -> TableAmendment:
    """Write a proposal of an account for a dated table, in the tenant of the scope."""
    return TableAmendment.objects.create(
        table="freshness",
        key="report",
        valid_from=date(2026, 1, 1),
        values={"stale_after_days": "60"},
        source="SE Sekda 1/2026",
        reason="Uji",
        proposed_by=str(account),
        proposed_by_name="Pengusul",
    )


def adopt(tenant: str, plan: Mapping[str, Any]) -> None:
    changes.adopt(all_powerful("writer", tenant), plan["plan"].pk, TODAY)
