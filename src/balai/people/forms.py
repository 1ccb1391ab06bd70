"""What people fill in about people; each field says in its help what is expected."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from balai.base.actor import Actor
from balai.people import reads
from balai.people.models import DataRequest, Membership, Office, Partner
from balai.people.rules import Given


class DayField(forms.DateField):
    """A local day, with the browser's own calendar."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(**options)


def role_choices(tenant: str) -> Iterable[tuple[str, str]]:
    """Return code and name of each role that can be given with a seat in the tenant."""
    return [
        (role.code, str(role.name))
        for role in reads.roles().values()
        if role.given is Given.SEAT and role.is_held_in(tenant)
    ]


class SearchForm(forms.Form):
    """Which people to list."""

    q = forms.CharField(label=_("Nama, surel, atau jabatan"), required=False, max_length=100)
    office = forms.ChoiceField(label=_("Perangkat daerah"), required=False)
    role = forms.ChoiceField(label=_("Peran"), required=False)

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        offices = reads.offices_visible_to(actor).values_list("pk", "name")
        everyone = ("", _("Semua"))
        self.fields["office"].choices = [everyone, *((str(key), name) for key, name in offices)]  # type: ignore[attr-defined]
        self.fields["role"].choices = [everyone, *role_choices(actor.tenant)]  # type: ignore[attr-defined]


class SeatForm(forms.Form):
    """A seat to give."""

    name = forms.CharField(label=_("Nama lengkap"), max_length=200)
    email = forms.EmailField(
        label=_("Alamat surel"),
        help_text=_(
            "Bila belum ada akun dengan surel ini, akun dibuat; pemiliknya mengisi kata sandi sendiri."
        ),
    )
    office: "forms.ModelChoiceField[Office]" = forms.ModelChoiceField(
        label=_("Perangkat daerah"), queryset=None, required=False, empty_label=_("Tidak ada")
    )
    partner: "forms.ModelChoiceField[Partner]" = forms.ModelChoiceField(
        label=_("Wakil mitra"), queryset=None, required=False, empty_label=_("Tidak ada")
    )
    position = forms.CharField(label=_("Jabatan"), max_length=200, required=False)
    roles = forms.MultipleChoiceField(
        label=_("Peran"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Peran yang berkuasa baru berlaku setelah disetujui orang kedua."),
    )
    from_on = DayField(label=_("Mulai"))
    to_on = DayField(label=_("Sampai"), required=False, help_text=_("Kosongkan bila belum diketahui."))

    def __init__(self, *args: Any, actor: Actor, today: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["office"].queryset = reads.offices(today)  # type: ignore[attr-defined]
        self.fields["partner"].queryset = reads.partners(today)  # type: ignore[attr-defined]
        self.fields["roles"].choices = role_choices(actor.tenant)  # type: ignore[attr-defined]


class TransferForm(forms.Form):
    """Where a person goes, and from which day."""

    to: "forms.ModelChoiceField[Office]" = forms.ModelChoiceField(
        label=_("Perangkat daerah baru"), queryset=None, empty_label=_("Pilih salah satu")
    )
    position = forms.CharField(label=_("Jabatan baru"), max_length=200, required=False)
    on = DayField(label=_("Mulai"), help_text=_("Jabatan lama berakhir sehari sebelumnya."))

    def __init__(self, *args: Any, today: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["to"].queryset = reads.offices(today)  # type: ignore[attr-defined]


class ActingForm(forms.Form):
    """Who acts for the holder of a position."""

    name = forms.CharField(label=_("Nama lengkap"), max_length=200)
    email = forms.EmailField(label=_("Alamat surel"))
    acting = forms.ChoiceField(
        label=_("Status"), choices=[c for c in Membership.Acting.choices if c[0]], widget=forms.RadioSelect
    )
    from_on = DayField(label=_("Mulai"))
    to_on = DayField(label=_("Sampai"), help_text=_("Hari terakhir menurut surat perintah."))


class EndForm(forms.Form):
    """The last day of something, and why."""

    last_day = DayField(label=_("Hari terakhir"))
    reason = forms.CharField(label=_("Alasan"), max_length=500)


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Alasan"), max_length=500)


class RoleForm(forms.Form):
    """A role to give to a seat."""

    role = forms.ChoiceField(label=_("Peran"))
    reason = forms.CharField(label=_("Alasan"), max_length=500)

    def __init__(self, *args: Any, codes: Iterable[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["role"].choices = codes  # type: ignore[attr-defined]


class DecisionForm(forms.Form):
    """Yes or no, and why."""

    decision = forms.ChoiceField(
        label=_("Keputusan"),
        choices=[("approve", _("Setujui")), ("refuse", _("Tolak"))],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(label=_("Alasan"), max_length=500)


class AnswerForm(DecisionForm):
    """The answer to somebody's request about their own data."""

    answer = forms.CharField(
        label=_("Jawaban untuk pemohon"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )


class OfficeForm(forms.Form):
    """A new office."""

    code = forms.SlugField(
        label=_("Kode"), max_length=40, help_text=_("Huruf kecil, angka, dan tanda hubung.")
    )
    name = forms.CharField(label=_("Nama"), max_length=200)
    short_name = forms.CharField(label=_("Singkatan"), max_length=60, required=False)
    parent: "forms.ModelChoiceField[Office]" = forms.ModelChoiceField(
        label=_("Di bawah"), queryset=None, required=False, empty_label=_("Tidak ada")
    )
    active_from = DayField(label=_("Berlaku sejak"))

    def __init__(self, *args: Any, today: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["parent"].queryset = reads.offices(today)  # type: ignore[attr-defined]


class RenameForm(forms.Form):
    """A new name of an office."""

    name = forms.CharField(label=_("Nama baru"), max_length=200)
    short_name = forms.CharField(label=_("Singkatan baru"), max_length=60, required=False)
    from_on = DayField(label=_("Berlaku sejak"))


class PartnerForm(forms.ModelForm):
    """A partner of the programme."""

    class Meta:
        model = Partner
        fields = ["name", "helix", "contact", "mandate", "is_vendor"]
        help_texts = {
            "contact": _("Hanya terlihat oleh pengelola mitra."),
            "mandate": _("Apa yang dikerjakan mitra dalam program."),
        }


class ImportForm(forms.Form):
    """The workbook to look through."""

    file = forms.FileField(
        label=_("Buku kerja Excel"), widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"})
    )


class ProfileForm(forms.Form):
    """What a resident may add about themselves."""

    nik = forms.CharField(
        label="NIK",
        max_length=24,
        required=False,
        help_text=_("16 angka. Disimpan tersandi; kosongkan bila tidak ingin mengubahnya."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    remove_nik = forms.BooleanField(label=_("Hapus NIK yang tersimpan"), required=False)
    phone = forms.CharField(
        label=_("Nomor telepon"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )


class DataRequestForm(forms.Form):
    """What a person asks about their own data."""

    kind = forms.ChoiceField(
        label=_("Permintaan"), choices=DataRequest.Kind.choices, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=_("Penjelasan"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Data mana yang dimaksud, dan apa yang seharusnya."),
    )
