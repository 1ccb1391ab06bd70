"""The verbs of `people`, and those of the floors below, which know no roles."""

from django.utils.translation import gettext_lazy as _

from balai.people.rules import verb

PEOPLE_READ = verb("people.read", _("melihat akun, jabatan, dan perangkat daerah"))
PEOPLE_MANAGE = verb("people.manage", _("mengelola akun, jabatan, dan perangkat daerah"))
PEOPLE_ROLES = verb("people.roles", _("meminta dan menyetujui pemberian peran"))
PARTNERS_MANAGE = verb("partners.manage", _("mengelola daftar mitra"))
SELF_READ = verb("self.read", _("melihat data diri sendiri"))
SELF_REQUEST = verb("self.request", _("meminta perbaikan atau penghapusan data diri"))
TABLES_PROPOSE = verb("tables.propose", _("mengusulkan perubahan tabel bertanggal"))
TABLES_APPROVE = verb("tables.approve", _("menyetujui perubahan tabel bertanggal"))
JOURNAL_READ = verb("journal.read", _("membaca jejak audit"))
FILES_READ = verb("files.read", _("membuka berkas yang tidak terbuka untuk umum"))
