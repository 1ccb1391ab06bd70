"""Forty mistakes planted in copies of the shipped services: each is refused at its line."""

from pathlib import Path
from time import process_time

import pytest

from balai.base.errors import Invalid
from balai.definitions.reader import FileFault
from balai.services.rules import check_text

FOLDER = Path(__file__).resolve().parents[5] / "definitions" / "services"
ROOM, SAMBAT = "mcc_room", "sambat"

type Planted = tuple[str, str, str, str, str, str]
"""What is wrong in words, the service, what stood there, what stands there now, a text of the line
that is named, and what is told."""

PLANTED: tuple[Planted, ...] = (
    ("an unknown name", ROOM, "initial: asked", "initail: asked", "initail", "tidak dikenal"),
    (
        "a missing translation",
        ROOM,
        "{id: Diajukan, en: Asked for}",
        "{id: Diajukan}",
        "{id: Diajukan}",
        "“en”",
    ),
    ("a key twice", ROOM, "icon: door", "icon: door\nicon: key", "icon: key", "dua kali"),
    ("a bare yes", ROOM, "icon: door", "icon: yes", "icon: yes", "dua arti"),
    ("an anchor", ROOM, "icon: door", "icon: &i door", "icon: &i", "Jangkar"),
    ("another version than its name", ROOM, "version: 1", "version: 2", "version: 2", "1.yaml"),
    (
        "a kind of state nobody knows",
        ROOM,
        "kind: open}\n  checked",
        "kind: opened}\n  checked",
        "kind: opened",
        "Pilihannya",
    ),
    ("an unknown first state", ROOM, "initial: asked", "initial: begun", "initial: begun", "asked"),
    ("a move to nowhere", ROOM, "to: withdrawn, by", "to: withdrawm, by", "to: withdrawm", "withdrawn"),
    (
        "a move from nowhere",
        ROOM,
        "from: [asked], to: checked",
        "from: [ask], to: checked",
        "from: [ask]",
        "Tidak ada status",
    ),
    (
        "a move by nobody known",
        ROOM,
        "by: [desk], duty",
        "by: [clerk], duty",
        "by: [clerk]",
        "Tidak ada peran",
    ),
    ("a dead end", ROOM, ", kind: closed, outcome: void}", ", kind: open}", "  withdrawn: {title", "buntu"),
    (
        "a state nobody comes to",
        ROOM,
        "initial: asked",
        "  lost: {title: {id: Hilang, en: Lost}, kind: closed, outcome: void}\ninitial: asked",
        "  lost:",
        "tidak pernah tercapai",
    ),
    (
        "a waiting state without a timer",
        ROOM,
        "en: Room is free}, kind: open}",
        "en: Room is free}, kind: waiting, waits_for: applicant}",
        "waits_for: applicant",
        "menunggu tanpa batas waktu",
    ),
    (
        "a waiting state that waits for nobody",
        SAMBAT,
        "    kind: waiting\n    waits_for: citizen\n  assigned",
        "    kind: waiting\n  assigned",
        "  incomplete:\n",
        "tidak menyebut siapa",
    ),
    (
        "an applicant who approves",
        ROOM,
        "by: [head]\n    duty: approve",
        "by: [head, applicant]\n    duty: approve",
        "by: [head, applicant]",
        "sendiri",
    ),
    (
        "a role that verifies and approves",
        ROOM,
        "by: [head]\n    duty: approve",
        "by: [desk]\n    duty: approve",
        "by: [desk]\n    duty: approve",
        "juga memutus",
    ),
    (
        "an applicant who verifies",
        ROOM,
        "by: [desk], duty: verify",
        "by: [desk, applicant], duty: verify",
        "by: [desk, applicant]",
        "memeriksa permohonannya sendiri",
    ),
    (
        "a closed state without outcome",
        ROOM,
        ", kind: closed, outcome: void}",
        ", kind: closed}",
        "  withdrawn: {title",
        "tanpa hasil",
    ),
    (
        "a deadline without a law",
        ROOM,
        "{amount: 2, law: uu-25-2009}",
        "{amount: 2}",
        "{amount: 2}",
        "tanpa dasar hukum",
    ),
    (
        "a law nobody names",
        ROOM,
        "{amount: 2, law: uu-25-2009}",
        "{amount: 2, law: uu-26}",
        "law: uu-26",
        "Tidak ada dasar hukum",
    ),
    (
        "a clock that starts with nothing",
        ROOM,
        "stop: [enter booked, ",
        "stop: [enter bokked, ",
        "enter bokked",
        "Tidak ada status",
    ),
    (
        "a limit that may be missing",
        ROOM,
        "{amount: 2, law",
        "{when: \"form.room == 'studio'\", amount: 2, law",
        'when: "form.room',
        "tanpa batas waktu",
    ),
    (
        "a row that is not in the table",
        SAMBAT,
        "row: silence, column",
        "row: quiet, column",
        "row: quiet",
        "Tidak ada baris tabel",
    ),
    (
        "a column that is not in the table",
        SAMBAT,
        "row: silence, column: days",
        "row: silence, column: hours",
        "column: hours",
        "Tidak ada kolom tabel",
    ),
    (
        "a table nobody has",
        SAMBAT,
        "{table: sambat_limits, row: reopen}",
        "{table: sambat_limit, row: reopen}",
        "sambat_limit,",
        "Tidak ada tabel bertanggal",
    ),
    (
        "a condition over an unknown field",
        ROOM,
        "form.room == 'auditorium'",
        "form.rom == 'auditorium'",
        "form.rom ==",
        "“rom” tidak dikenal",
    ),
    (
        "a condition of the wrong kind",
        ROOM,
        "form.people <= 40",
        "form.people <= 'x'",
        "form.people <= 'x'",
        "tidak cocok",
    ),
    (
        "a condition without answer while empty",
        ROOM,
        "(has(form.people) && form.people <= 40)",
        "form.people <= 40",
        "form.people <= 40",
        "masih kosong",
    ),
    (
        "a condition that is no question",
        ROOM,
        "(has(form.people) && form.people <= 40)",
        "form.people",
        'form.people"',
        "tidak cocok",
    ),
    (
        "a guard that tells nothing",
        ROOM,
        "    because: {id: Ruang ini",
        "    law: uu-25-2009\n    ask: [] # {id: Ruang ini",
        "    guard:",
        "tanpa penjelasan",
    ),
    (
        "a template nobody wrote",
        ROOM,
        "{notify: head, notice: late}",
        "{notify: head, notice: lat}",
        "notice: lat}",
        "Tidak ada templat",
    ),
    (
        "a word nobody fills in",
        ROOM,
        'id: "Jatuh tempo {due}."',
        'id: "Jatuh tempo {when}."',
        "{when}",
        "Tidak ada isian templat",
    ),
    (
        "personal data in a message",
        ROOM,
        'id: "Jatuh tempo {due}.", en: "It was due {due}."',
        'id: "{form.applicant.name}", en: "{form.applicant.name}"',
        "{form.applicant.name}",
        "P2",
    ),
    (
        "personal data on the map",
        SAMBAT,
        "{value: form.category, name: category, meaning: {id: Kategori, en: Category}}\n"
        "      - {value: case.state, name: state, meaning: {id: Status, en: Status}}\n"
        "      - {value: case.filed_at, name: filed_on",
        "{value: form.reporter.name, name: category, meaning: {id: Nama, en: Name}}\n"
        "      - {value: case.state, name: state, meaning: {id: Status, en: Status}}\n"
        "      - {value: case.filed_at, name: filed_on",
        "form.reporter.name",
        "tanpa disamarkan",
    ),
    (
        "a story for everyone to read",
        SAMBAT,
        "en: Description}, transform: redact}",
        "en: Description}}",
        "value: form.description",
        "P1",
    ),
    (
        "a transform that does not fit",
        SAMBAT,
        "en: Description}, transform: redact}",
        "en: Description}, transform: grid_25m}",
        "transform: grid_25m}\n      - {value: case.filed_at",
        "tidak cocok",
    ),
    (
        "a right nobody has",
        ROOM,
        "verb: services.lead",
        "verb: services.rule",
        "services.rule",
        "Tidak ada hak",
    ),
    (
        "an office the city does not have",
        ROOM,
        "owner: diskopindag",
        "owner: disparbud",
        "owner: disparbud",
        "tidak ada di 35.73",
    ),
    (
        "a number that comes again",
        ROOM,
        "MCC-{yyyy}-{seq:04}",
        "MCC-{seq:04}",
        "MCC-{seq:04}",
        "dapat terulang",
    ),
    (
        "a field without privacy",
        ROOM,
        "required: true, max: 120, privacy: P1}",
        "required: true, max: 120}",
        "max: 120}",
        "privacy",
    ),
    (
        "a route after the last",
        SAMBAT,
        "  - when: \"form.class == 'oversight'\"\n    office: inspektorat",
        "  - office: inspektorat",
        "  - office: inspektorat",
        "tidak pernah dipakai",
    ),
    (
        "a silent yes without its article",
        ROOM,
        "{notify: head, notice: late}",
        "{fire: approve}",
        "{fire: approve}",
        "Sistem tidak boleh",
    ),
    (
        "a move of the system that nobody makes",
        SAMBAT,
        "      - {fire: auto_close}",
        "      - {notify: officer, notice: late}",
        "    by: [timer]\n  reopen",
        "tidak ada yang melakukannya",
    ),
    (
        "a test that expects another day",
        ROOM,
        'decide: "2026-08-20T16:00+07:00"',
        'decide: "2026-08-21T16:00+07:00"',
        'decide: "2026-08-21',
        "gagal",
    ),
    (
        "a test of another state",
        ROOM,
        "then: {state: booked,",
        "then: {state: refused,",
        "then: {state: refused,",
        "hasilnya booked",
    ),
    (
        "a test step one may not make",
        ROOM,
        "move: approve, by: head, person: Wati",
        "move: approve, by: desk, person: Wati",
        "by: desk, person: Wati",
        "ditolak",
    ),
    (
        "one person for both duties",
        ROOM,
        "move: approve, by: head, person: Wati",
        "move: approve, by: head, person: Budi",
        "by: head, person: Budi",
        "dua orang",
    ),
)


def test_there_are_at_least_forty() -> None:
    assert len(PLANTED) >= 40


@pytest.mark.parametrize("planted", PLANTED, ids=[one[0] for one in PLANTED])
def test_a_planted_mistake_is_named_with_its_line(planted: Planted) -> None:
    _words, service, before, after, place, told = planted
    text = (FOLDER / service / "1.yaml").read_text("utf-8")
    assert text.count(before) == 1, "the mistake is planted in one place"
    spoiled = text.replace(before, after)
    line = spoiled[: spoiled.index(place)].count("\n") + 1
    with pytest.raises(Invalid) as refused:
        check_text(spoiled.encode(), service, 1)
    faults = [fault for fault in refused.value.faults if isinstance(fault, FileFault)]
    assert [fault for fault in faults if fault.line == line and told in str(fault)], [str(f) for f in faults]
    assert all(fault.right for fault in faults if fault.line == line), "and what would be right"


@pytest.mark.parametrize("word", ["definisi", "daftar", "periksa", "webhooks"])
def test_no_service_is_called_like_a_page(word: str) -> None:
    text = (FOLDER / ROOM / "1.yaml").read_text("utf-8").replace(f"service: {ROOM}", f"service: {word}")
    with pytest.raises(Invalid, match=f"“{word}” adalah kata tetap"):
        check_text(text.encode(), word, 1)


def many(line: str, count: int) -> str:
    return "".join(line.format(n=number) + "\n" for number in range(count))


HOSTILE = (
    ("a series as long as the memory", "seq:04", "seq:0999999999", "pattern"),
    ("a number that breaks its address", "MCC-{yyyy}", "MCC/{yyyy}", "pattern"),
    ("a day that is not there", "T09:00+07:00", "T99:00+07:00", "kalender"),
    ("a year before all calendars", '"2026-', '"0001-', "tidak berbentuk benar"),
    (
        "thousands of states",
        "initial: asked",
        many("  s{n}: {{title: {{id: S, en: S}}, kind: open}}", 2000) + "initial: asked",
        "paling banyak 100",
    ),
    (
        "thousands of tests",
        "\ntests:\n",
        "\ntests:\n"
        + many("  - {{name: n{n}, at: '2026-08-18T09:00Z', by: desk, answers: {{}}, then: {{}}}}", 2000),
        "paling banyak 200",
    ),
    ("an endless list in lists", "icon: door", f"icon: {'[' * 50_000}{']' * 50_000}", "terlalu dalam"),
    ("a mountain of text", "icon: door", f"icon: {'d' * 2_000_000}", "terlalu besar"),
)
"""What it is, what stood there, what stands there now, and what is told."""


@pytest.mark.parametrize(("words", "before", "after", "told"), HOSTILE, ids=[one[0] for one in HOSTILE])
def test_a_file_that_means_harm_is_refused_and_costs_little(
    words: str, before: str, after: str, told: str
) -> None:
    text = (FOLDER / ROOM / "1.yaml").read_text("utf-8")
    assert before in text, words
    began = process_time()
    with pytest.raises(Invalid, match=told):
        check_text(text.replace(before, after, 1).encode(), ROOM, 1)
    assert process_time() - began < 10


def test_names_alike_but_for_an_underscore_are_two_names() -> None:
    text = (FOLDER / SAMBAT / "1.yaml").read_text("utf-8")
    field = "        - {{id: {name}, type: text, label: {{id: A, en: B}}, privacy: P1}}\n"
    place = "        - id: happened_on\n"
    fields = "".join(field.format(name=name) for name in ("lane_2", "lane2", "lane_2_b"))
    found = check_text(text.replace(place, fields + place, 1).encode(), SAMBAT, 1)
    assert {"lane_2", "lane2"} <= set(found.form.items)


@pytest.mark.parametrize("service", [ROOM, SAMBAT])
def test_the_shipped_services_are_whole(service: str) -> None:
    found = check_text((FOLDER / service / "1.yaml").read_bytes(), service, 1)
    assert found.key == f"{service}/1"
    assert len(found.tests) >= (12 if service == SAMBAT else 2)
