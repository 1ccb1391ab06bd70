"""A small permit for tests, in two versions, and the inspection it opens as a child."""
# ruff: noqa: E501  lines of a file are as long as a person would write them there

from dataclasses import replace
from pathlib import Path

from django.conf import LazySettings

_HEAD = """
format: service/1
service: {code}
version: {version}
status: {status}
valid_from: 2026-01-01
title: {{id: {title}, en: {title}}}
summary: {{id: Uji., en: Test.}}
icon: file-check
source: Uji
cities: ["35.73"]
owner: diskominfo
legal:
  basis:
    - {{key: uu-30-2014, name: UU 30/2014 tentang Administrasi Pemerintahan, article: Pasal 53, confidence: verified}}
    - {{key: uu-43-2009, name: UU 43/2009 tentang Kearsipan, confidence: inferred}}
number: {{pattern: "{letters}-{{yyyy}}-{{seq:04}}", scope: year}}
filing:
  by: [applicant]
  channels: [web]
form:
  steps:
    - id: what
      title: {{id: Usaha, en: Business}}
      fields:
        - {{id: name, type: text, label: {{id: Nama usaha, en: Name}}, required: true, max: 80, privacy: P1}}
"""
_PERMIT = """
roles:
  applicant: {title: {id: Pemohon, en: Applicant}, party: applicant}
  desk: {title: {id: Pemeriksa, en: Desk}, verb: services.verify, office: owner}
  timer: {title: {id: Sistem, en: System}, party: system}
states:
  STATE: {title: {id: Diperiksa, en: Checked}, kind: open}
  inspected: {title: {id: Ditinjau, en: Inspected}, kind: waiting, waits_for: desk}
  ready: {title: {id: Siap diputus, en: Ready}, kind: open}
  granted: {title: {id: Terbit, en: Granted}, kind: closed, outcome: granted}
  refused: {title: {id: Ditolak, en: Refused}, kind: closed, outcome: refused}
initial: STATE
moves:
  give: {title: {id: Bagi, en: Give}, from: [STATE], to: same, by: [desk], do: [{route: auto}]}
  pass: {title: {id: Alihkan, en: Pass}, from: [STATE], to: same, by: [desk], offices: one, do: [{route: chosen}]}
  inspect: {title: {id: Tinjau, en: Inspect}, from: [STATE], to: inspected, by: [desk], do: [{child: visit, then: go_on}]}
  go_on: {title: {id: Lanjut, en: Go on}, from: [inspected], to: ready, by: [timer], guard: "case.children_refused == 0", because: {id: Tinjauannya menolak., en: The visit refused.}}
  stop: {title: {id: Tolak, en: Refuse}, from: [STATE, inspected, ready], to: refused, by: [desk]}
  grant: {title: {id: Terbitkan, en: Grant}, from: [ready], to: granted, by: [desk]}
  deem: {title: {id: Dianggap dikabulkan, en: Deemed granted}, from: [STATE, ready], to: granted, by: [timer], deemed: true, law: uu-30-2014}
clocks:
  decide:
    title: {id: Keputusan, en: Decision}
    start: [filed]
    stop: [enter granted, enter refused]
    unit: working_days
    limit: [{amount: 5, law: uu-30-2014}]
    on_breach: [{fire: deem}]
  wait:
    title: {id: Tinjauan, en: Visit}
    start: [enter inspected]
    stop: [leave inspected]
    unit: working_days
    limit: [{amount: 20, law: uu-30-2014}]
    on_breach: [{fire: go_on}]
routing:
  - {least_loaded: [dinkes, diskominfo], because: {id: Kantor yang paling longgar., en: The office with the least to do.}}
most_reroutes: 2
notices:
  received: {event: filed, to: [applicant], subject: {id: Masuk, en: Filed}, text: {id: Masuk., en: Filed.}}
retention: {personal_years: 1, case_years: 2, law: uu-43-2009}
tests:
  - name: Kantor diam, permohonan dianggap dikabulkan
    at: "2026-08-18T09:00+07:00"
    by: applicant
    answers: {name: Warung}
    steps: [{wait_until: "2026-08-27T09:00:00+07:00"}]
    then: {state: granted, clocks: {decide: missed}}
"""
_VISIT = """
roles:
  applicant: {title: {id: Pemohon, en: Applicant}, party: applicant}
  desk: {title: {id: Peninjau, en: Visitor}, verb: services.verify, office: owner}
states:
  asked: {title: {id: Diminta, en: Asked}, kind: open}
  fine: {title: {id: Layak, en: Fine}, kind: closed, outcome: done}
  bad: {title: {id: Tidak layak, en: Not fit}, kind: closed, outcome: refused}
initial: asked
moves:
  pass: {title: {id: Layak, en: Fine}, from: [asked], to: fine, by: [desk]}
  fail: {title: {id: Tidak layak, en: Not fit}, from: [asked], to: bad, by: [desk]}
clocks:
  visit:
    title: {id: Tinjauan, en: Visit}
    start: [filed]
    stop: [enter fine, enter bad]
    unit: working_days
    limit: [{amount: 10, law: uu-30-2014}]
    on_breach: [{notify: desk, notice: late}]
notices:
  received: {event: filed, to: [applicant], subject: {id: Masuk, en: Filed}, text: {id: Masuk., en: Filed.}}
  late: {subject: {id: Lewat waktu, en: Late}, text: {id: Lewat waktu., en: Late.}}
retention: {personal_years: 1, case_years: 2, law: uu-43-2009}
tests:
  - name: Layak
    at: "2026-08-18T09:00+07:00"
    by: applicant
    answers: {name: Warung}
    steps: [{at: "2026-08-19T09:00+07:00", move: pass, by: desk}]
    then: {state: fine}
"""


def lay(settings: LazySettings, folder: Path, *, second: str = "", status: str = "published") -> None:
    """Lay the permit and the visit in a folder of definitions of the installation.

    Args:
        second: what version 2 says besides; with it its first state is called otherwise. "" for no version 2.
        status: of the newest version.
    """
    head = {"code": "permit", "title": "Izin uji", "letters": "IZN"}
    first = _HEAD.format(version=1, status="published" if second else status, **head)
    texts = {"permit/1": first + _PERMIT.replace("STATE", "checked")}
    if second:
        newer = _HEAD.format(version=2, status=status, **head)
        texts["permit/2"] = newer + _PERMIT.replace("STATE", "examined") + second
    visit = _HEAD.format(code="visit", version=1, status="published", title="Tinjauan uji", letters="TJN")
    texts["visit/1"] = visit + _VISIT
    for name, text in texts.items():
        place = folder / "services" / f"{name}.yaml"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")
    settings.OPTIONS = replace(settings.OPTIONS, definitions=str(folder))
