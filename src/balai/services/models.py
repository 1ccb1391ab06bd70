"""Tables of services: cases, what happened to them, their clocks, and what was said about them.

Names, addresses and stories of residents are sealed. What a list of cases shows stands
in columns of the case, so that a page never opens its answers.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from balai.base.rows import TenantModel
from balai.base.sealing import SealedField


class Case(TenantModel):
    """The run of one service for one applicant (berkas layanan).

    Attributes:
        service, service_version, definition_hash: the definition it is pinned to.
        number: printed; unique for ever, of a series without gaps.
        state, kind: of the definition; `is_open` where the kind is not closed.
        owner: id of the applicant's account, "" where they have none here.
        contact: JSON of name, phone, e-mail and address of who is written to; sealed.
        pin_hash: lets whoever has number and PIN follow the case.
        filed_by: account that filed for somebody else; `for_whom` (sealed) whom.
        office: who works on it now; `officer` the account that took it.
        topic: key of what it is about, by which it is routed and counted; `subject` a line without
            personal data for lists.
        answers, personal: the form's two halves, as `forms.changes.sealed` gives them.
        facts: what later conditions need to know, without personal data.
        is_protected: officers and the journal do not name its applicant; more than secret ones are.
        is_public: it is counted and drawn for everybody, as the service's file says.
        point: the QR point it was filed at; None for all others.
        due_at: the earliest of its running clocks; None when none runs.
        version: counts every change; who changes it names the one they saw.
    """

    class Channel(models.TextChoices):
        """How it came in."""

        WEB = "web", _("situs")
        QR = "qr", _("kode QR di tempat")
        COUNTER = "counter", _("loket")
        HELPER = "helper", _("dibantu orang lain")
        API = "api", _("aplikasi lain")
        SMS = "sms", _("pesan teks")
        OPEN311 = "open311", "Open311"
        IMPORT = "import", _("impor")
        CHILD = "child", _("turunan berkas lain")

    service = models.CharField(max_length=60)
    service_version = models.PositiveIntegerField()
    definition_hash = models.CharField(max_length=64)
    number = models.CharField(_("nomor"), max_length=60)
    state = models.CharField(max_length=60)
    previous_state = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=10)
    is_open = models.BooleanField(default=True)
    owner = models.CharField(max_length=64, blank=True)
    contact = SealedField(purpose="services.contact", blank=True)
    pin_hash = models.CharField(max_length=200, blank=True)
    wrong_pins = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True, blank=True)
    channel = models.CharField(max_length=10, choices=Channel)
    source_key = models.CharField(max_length=64, blank=True)
    """what the sender calls this filing; the same key files once"""
    filed_by = models.CharField(max_length=64, blank=True)
    filed_by_name = models.CharField(max_length=200, blank=True)
    for_whom = SealedField(purpose="services.for_whom", blank=True)
    # Its own index would be the one SQLite takes, and then sort a hundred thousand rows for a page.
    office = models.ForeignKey(
        "people.Office", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    officer = models.CharField(max_length=64, blank=True)
    officer_name = models.CharField(max_length=200, blank=True)
    topic = models.CharField(max_length=60, blank=True)
    subject = models.CharField(_("perihal"), max_length=200, blank=True)
    region_code = models.CharField(max_length=13, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    latitude = models.DecimalField(max_digits=8, decimal_places=6, null=True, blank=True)
    answers = models.JSONField(default=dict)
    personal = SealedField(purpose="forms.answers", blank=True)
    facts = models.JSONField(default=dict)
    is_anonymous = models.BooleanField(default=False)
    is_secret = models.BooleanField(default=False)
    is_protected = models.BooleanField(default=False)
    is_public = models.BooleanField(default=False)
    # Nearly all are empty: an index of them all tells SQLite that one value has a million rows, and it
    # reads these instead. Those below hold what is not empty.
    point = models.ForeignKey(
        "Point", on_delete=models.PROTECT, null=True, blank=True, related_name="cases", db_index=False
    )
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", db_index=False
    )
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged", db_index=False
    )
    received_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    urgent_at = models.DateTimeField()
    """`due_at`, or the end of time where no clock runs, so that every list has one order"""
    is_late = models.BooleanField(default=False)
    """a clock of it has run out at least once"""
    days_taken = models.PositiveIntegerField(null=True, blank=True)
    """working days from receipt to the last closing"""
    reopens = models.PositiveSmallIntegerField(default=0)
    reroutes = models.PositiveSmallIntegerField(default=0)
    score = models.PositiveSmallIntegerField(null=True, blank=True)
    is_demo = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="case_number"),
            models.UniqueConstraint(
                fields=["tenant", "service", "owner", "filed_by", "source_key"],
                condition=~Q(source_key=""),
                name="case_filed_once",
            ),
            models.CheckConstraint(
                condition=Q(is_open=True, closed_at__isnull=True)
                | Q(is_open=False, closed_at__isnull=False, kind="closed"),
                name="case_closed_when",
            ),
            models.CheckConstraint(
                condition=~Q(is_anonymous=True) | Q(owner="", filed_by=""), name="case_anonymous_is_nobodys"
            ),
        ]
        # A page of a list reads these alone: scattered whole rows are what makes lists slow.
        # `is_open` stands in them although they are partial: SQLite would else read the row for it.
        indexes = [
            models.Index(
                fields=[
                    "tenant",
                    "office",
                    "urgent_at",
                    "id",
                    "number",
                    "state",
                    "service",
                    "subject",
                    "topic",
                    "officer_name",
                    "region_code",
                    "received_at",
                    "is_late",
                    "is_secret",
                    "is_open",
                ],
                condition=Q(is_open=True),
                name="case_office_list",
            ),
            models.Index(
                fields=[
                    "tenant",
                    "urgent_at",
                    "id",
                    "number",
                    "state",
                    "service",
                    "office",
                    "subject",
                    "topic",
                    "officer_name",
                    "region_code",
                    "received_at",
                    "is_late",
                    "is_secret",
                    "is_open",
                ],
                condition=Q(is_open=True),
                name="case_tenant_list",
            ),
            models.Index(
                fields=["tenant", "officer", "urgent_at", "id"], condition=Q(is_open=True), name="case_mine"
            ),
            models.Index(
                fields=[
                    "tenant",
                    "service",
                    "state",
                    "urgent_at",
                    "id",
                    "office",
                    "is_secret",
                    "is_open",
                    "service_version",
                ],
                condition=Q(is_open=True),
                name="case_state_list",
            ),
            models.Index(
                fields=[
                    "tenant",
                    "closed_at",
                    "id",
                    "office",
                    "service",
                    "state",
                    "days_taken",
                    "reopens",
                    "score",
                    "is_secret",
                    "is_open",
                ],
                condition=Q(is_open=False),
                name="case_closed_since",
            ),
            models.Index(
                fields=["tenant", "owner", "-received_at"], condition=~Q(owner=""), name="case_owner"
            ),
            models.Index(
                fields=[
                    "tenant",
                    "office",
                    "closed_at",
                    "id",
                    "service",
                    "reopens",
                    "is_secret",
                    "is_open",
                ],
                condition=Q(is_open=False),
                name="case_office_closed",
            ),
            models.Index(fields=["tenant", "point"], condition=Q(point__isnull=False), name="case_at_point"),
            models.Index(
                fields=["tenant", "parent"], condition=Q(parent__isnull=False), name="case_children"
            ),
            models.Index(
                fields=["tenant", "merged_into"], condition=Q(merged_into__isnull=False), name="case_merged"
            ),
            # Not partial as the constraint on it is: whoever files asks whether they have already.
            models.Index(fields=["tenant", "source_key"], name="case_source"),
            models.Index(fields=["tenant", "region_code", "received_at"], name="case_region"),
            models.Index(
                fields=[
                    "tenant",
                    "service",
                    "received_at",
                    "is_public",
                    "topic",
                    "region_code",
                    "state",
                    "office",
                    "is_late",
                    "days_taken",
                    "score",
                ],
                name="case_public",
            ),
            models.Index(fields=["tenant", "service", "topic", "received_at"], name="case_topic"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def hides_applicant(self) -> bool:
        """Whether neither officers nor the journal are told who the applicant is."""
        return self.is_protected or self.is_secret or self.is_anonymous

    @property
    def owner_account(self) -> str:
        """Id of the applicant's account, as `Actor.may` asks for it."""
        return self.owner

    @property
    def owner_offices(self) -> tuple[str, ...]:
        """The office that works on it; of a secret case none, so that no office reaches it."""
        return (str(self.office_id),) if self.office_id and not self.is_secret else ()


class CaseKey(TenantModel):
    """One thing a case is found by: a searchable answer, or the blind index of a number of a person."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="keys")
    field = models.CharField(max_length=80)
    value = models.CharField(max_length=120)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "case", "field", "value"], name="case_key")]
        indexes = [models.Index(fields=["tenant", "field", "value"], name="case_key_value")]


class CaseMove(TenantModel):
    """One move of a case, as it happened. What was typed with it is in `CaseInput`."""

    append_only = True

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="moves")
    move = models.CharField(max_length=60)
    from_state = models.CharField(max_length=60, blank=True)
    to_state = models.CharField(max_length=60)
    at = models.DateTimeField()
    actor_id_text = models.CharField(max_length=64, blank=True)
    actor_name = models.CharField(max_length=200)
    role = models.CharField(max_length=60, blank=True)
    """role of the definition in which the actor moved it"""
    office = models.ForeignKey(
        "people.Office", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    legal_article = models.CharField(max_length=200, blank=True)
    """the article by which a silent office decides"""
    case_version = models.PositiveIntegerField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "case", "case_version"], name="case_move_version")
        ]


class CaseInput(TenantModel):
    """What was typed with a move, divided by privacy as answers of the form are."""

    move = models.OneToOneField(CaseMove, on_delete=models.CASCADE, related_name="given")
    answers = models.JSONField(default=dict)
    personal = SealedField(purpose="forms.answers", blank=True)


class CaseTask(TenantModel):
    """The part of one office in a state that several work in at once."""

    class State(models.TextChoices):
        """How far it is."""

        OPEN = "open", _("dikerjakan")
        DONE = "done", _("selesai")
        REFUSED = "refused", _("ditolak")
        DROPPED = "dropped", _("tidak perlu lagi")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="tasks")
    task = models.CharField(max_length=60)
    in_state = models.CharField(max_length=60)
    round = models.PositiveSmallIntegerField(default=1)
    """the same state may be entered again"""
    office = models.ForeignKey(
        "people.Office", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    result = models.CharField(max_length=60, blank=True)
    note = SealedField(purpose="services.task", blank=True)
    opened_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.CharField(max_length=64, blank=True)
    done_by_name = models.CharField(max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "case", "in_state", "round", "task"], name="case_task")
        ]
        indexes = [
            models.Index(
                fields=["tenant", "office", "opened_at"], condition=Q(state="open"), name="task_open"
            )
        ]

    @property
    def owner_offices(self) -> tuple[str, ...]:
        return (str(self.office_id),) if self.office_id else ()


class CaseClock(TenantModel):
    """A promise of a case with its time: what it was started by, where it rested, when it is due.

    Attributes:
        events: what the clock saw, in order, as the rules read it: its whole truth. The other
            columns are counted from it and from the calendar.
        due_at: None while it rests or after it ended.
        next_at: when somebody is to be warned next, or the clock runs out.
        effects_done: marks of the effects that were set off, each once.
        calendar: hash of the holidays it was last counted with.
    """

    class State(models.TextChoices):
        """How it stands."""

        RUNNING = "running", _("berjalan")
        PAUSED = "paused", _("berhenti sementara")
        MET = "met", _("tepat waktu")
        MISSED = "missed", _("terlambat")
        VOID = "void", _("tidak dihitung")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="clocks")
    clock = models.CharField(max_length=60)
    state = models.CharField(max_length=8, choices=State)
    events = models.JSONField(default=list)
    limit = models.PositiveIntegerField()
    unit = models.CharField(max_length=16)
    started_at = models.DateTimeField()
    used = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    breached_at = models.DateTimeField(null=True, blank=True)
    explanation = models.TextField(blank=True)
    effects_done = models.JSONField(default=list)
    calendar = models.CharField(max_length=64, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "case", "clock"], name="case_clock")]
        indexes = [
            models.Index(fields=["tenant", "next_at"], condition=Q(next_at__isnull=False), name="clock_next"),
            models.Index(
                fields=["tenant", "calendar"],
                condition=Q(state__in=["running", "paused"]),
                name="clock_calendar",
            ),
        ]


class DueChange(TenantModel):
    """A due date that was told and is another one now, with the reason."""

    append_only = True

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="due_changes")
    clock = models.CharField(max_length=60)
    at = models.DateTimeField()
    before = models.DateTimeField(null=True)
    after = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "case", "at"], name="due_change_case")]


class Route(TenantModel):
    """To which office a case went, and why."""

    append_only = True

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="routes")
    from_office = models.ForeignKey("people.Office", on_delete=models.PROTECT, null=True, related_name="+")
    to_office = models.ForeignKey("people.Office", on_delete=models.PROTECT, null=True, related_name="+")
    rule = models.CharField(max_length=120, blank=True)
    """the rule of the definition that chose it; "" where a person did"""
    reason = models.CharField(max_length=500)
    at = models.DateTimeField()
    actor_id_text = models.CharField(max_length=64, blank=True)
    actor_name = models.CharField(max_length=200)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "case", "at"], name="route_case")]


class Comment(TenantModel):
    """Something said about a case: among officers, or to the applicant and by them."""

    class Audience(models.TextChoices):
        """Who reads it."""

        INTERNAL = "internal", _("hanya petugas")
        APPLICANT = "applicant", _("petugas dan pemohon")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="comments")
    audience = models.CharField(max_length=9, choices=Audience)
    text = SealedField(purpose="services.comment")
    by_applicant = models.BooleanField(default=False)
    author_id_text = models.CharField(max_length=64, blank=True)
    author_name = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "case", "at"], name="comment_case")]


class CaseFile(TenantModel):
    """A file of a case: an answer of the form or of a move, or added later."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="files")
    file = models.ForeignKey("base.StoredFile", on_delete=models.PROTECT, related_name="+")
    field = models.CharField(max_length=120, blank=True)
    audience = models.CharField(max_length=9, choices=Comment.Audience)
    added_by = models.CharField(max_length=64, blank=True)
    added_by_name = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "case", "file"], name="case_file")]
        indexes = [models.Index(fields=["tenant", "file"], name="case_of_file")]


class Notice(TenantModel):
    """Something told to somebody about a case, by one way. `key` makes each of them once.

    Attributes:
        account: whose inbox it lies in; "" for somebody without an account here.
        by_applicant: it is for the applicant, not for an officer.
        address: sealed; e-mail address or phone number, "" for the inbox.
        message_id: by which the receiving side knows a repetition.
    """

    class Way(models.TextChoices):
        """How it goes."""

        INBOX = "inbox", _("kotak masuk")
        EMAIL = "email", _("surel")
        WHATSAPP = "whatsapp", "WhatsApp"
        SMS = "sms", "SMS"

    class State(models.TextChoices):
        """How far it came."""

        WAITING = "waiting", _("menunggu dikirim")
        SENT = "sent", _("terkirim")
        REFUSED = "refused", _("ditolak penerima")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notices")
    key = models.CharField(max_length=160)
    way = models.CharField(max_length=8, choices=Way)
    template = models.CharField(max_length=60)
    for_applicant = models.BooleanField(default=False)
    account = models.CharField(max_length=64, blank=True)
    address = SealedField(purpose="services.address", blank=True)
    subject = models.CharField(max_length=200)
    text = SealedField(purpose="services.notice")
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    message_id = models.CharField(max_length=64, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "key", "way"], name="notice_once")]
        indexes = [
            models.Index(fields=["tenant", "account", "-at"], condition=Q(way="inbox"), name="notice_inbox"),
            models.Index(fields=["tenant", "case", "at"], name="notice_case"),
            models.Index(fields=["tenant", "at"], condition=Q(state="waiting"), name="notice_waiting"),
        ]

    @property
    def owner_account(self) -> str:
        return self.account


class Rating(TenantModel):
    """What the applicant thinks of how the case was handled; once each time it was answered."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="ratings")
    round = models.PositiveSmallIntegerField()
    score = models.PositiveSmallIntegerField()
    text = SealedField(purpose="services.rating", blank=True)
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "case", "round"], name="rating_once"),
            models.CheckConstraint(condition=Q(score__gte=1, score__lte=5), name="rating_scale"),
        ]


class Follower(TenantModel):
    """Somebody who wants to hear of a case that is not theirs: its second reporter, for instance."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="followers")
    account = models.CharField(max_length=64)
    since = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "case", "account"], name="follower")]
        indexes = [models.Index(fields=["tenant", "account"], name="follower_account")]

    @property
    def owner_account(self) -> str:
        return self.account


class SavedList(TenantModel):
    """A list of cases as an officer likes to see it: queue and filters under a name, for them alone.

    Attributes:
        query: the part of the address after "?", as the list reads it.
    """

    account = models.CharField(max_length=64)
    name = models.CharField(_("nama saringan"), max_length=80)
    query = models.CharField(max_length=1000)
    saved_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "account", "name"], name="saved_list_name")]

    @property
    def owner_account(self) -> str:
        return self.account


class Point(TenantModel):
    """A place with a QR code, at which people report what is wrong there.

    Attributes:
        code: stands in the address of the QR code; short and not to be guessed.
        label: what people call the place, such as "Halte Alun-alun".
        region_code: its village, "" where no village is known to hold the point.
        is_shut: nothing is filed here any more; a point that was printed is never deleted.
    """

    service = models.CharField(max_length=60)
    code = models.CharField(max_length=12)
    label = models.CharField(_("nama tempat"), max_length=120)
    address = models.CharField(_("alamat atau patokan"), max_length=300, blank=True)
    region_code = models.CharField(max_length=13, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6)
    latitude = models.DecimalField(max_digits=8, decimal_places=6)
    is_shut = models.BooleanField(default=False)
    made_by = models.CharField(max_length=64)
    made_by_name = models.CharField(max_length=200)
    made_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "code"], name="point_code")]
        indexes = [models.Index(fields=["tenant", "service", "label"], name="point_list")]

    def __str__(self) -> str:
        return self.label


class PublicCount(TenantModel):
    """What everybody is shown of the cases of a service, counted every few minutes; one row a service."""

    service = models.CharField(max_length=60)
    counted_at = models.DateTimeField()
    figures = models.JSONField()

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "service"], name="public_count_once")]


class Webhook(TenantModel):
    """A program elsewhere that is told what happens to cases.

    Attributes:
        events: kinds it wants, of `rules.webhooks.EVENTS`.
        services: codes of the services it wants; empty for all.
        secret: what its messages are signed with; sealed, told once.
        stopped_because: "" where a person stopped it.
    """

    name = models.CharField(_("nama program"), max_length=80)
    url = models.CharField(_("alamat"), max_length=500)
    events = models.JSONField(default=list)
    services = models.JSONField(default=list)
    secret = SealedField(purpose="services.webhook")
    made_by = models.CharField(max_length=64)
    made_by_name = models.CharField(max_length=200)
    made_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True, blank=True)
    stopped_because = models.CharField(max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "-made_at"], name="webhook_made")]

    def __str__(self) -> str:
        return self.name


class WebhookDelivery(TenantModel):
    """One message to a webhook, from when it is due to when it was taken.

    Attributes:
        key: of the event; each is told to a webhook once.
        body: what is sent, letter for letter, however often.
        tries: in this round; a person who sends it again begins the next one.
        last_status: HTTP status of the last answer, None where none came.
    """

    class State(models.TextChoices):
        """How far it came."""

        WAITING = "waiting", _("menunggu dikirim")
        SENT = "sent", _("terkirim")
        DEAD = "dead", _("gagal")

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    event = models.CharField(max_length=40)
    key = models.CharField(max_length=120)
    body = models.TextField()
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    round = models.PositiveSmallIntegerField(default=1)
    tries = models.PositiveSmallIntegerField(default=0)
    last_status = models.PositiveSmallIntegerField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "webhook", "key"], name="webhook_delivery_once")
        ]
        indexes = [
            models.Index(fields=["tenant", "webhook", "-at"], name="webhook_deliveries"),
            models.Index(fields=["tenant", "at"], condition=~Q(state="sent"), name="webhook_not_sent"),
        ]
