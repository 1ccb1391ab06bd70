"""The verbs of `services`, declared for the role files and for the roles of services."""

from django.utils.translation import gettext_lazy as _

from balai.people.rules import verb

SERVICES_FOLLOW = verb("services.follow", _("mengikuti berkas layanan miliknya"))
SERVICES_READ = verb("services.read", _("membuka meja layanan dan berkas di dalamnya"))
SERVICES_FIGURES = verb("services.figures", _("melihat angka layanan setiap perangkat daerah"))
SERVICES_HANDLE = verb("services.handle", _("mengerjakan berkas layanan"))
SERVICES_LEAD = verb("services.lead", _("memimpin pekerjaan layanan di perangkat daerahnya"))
SERVICES_VERIFY = verb("services.verify", _("memeriksa dan membagi berkas layanan yang masuk"))
SERVICES_SUPERVISE = verb("services.supervise", _("mengawasi semua berkas layanan"))
SERVICES_INSPECT = verb("services.inspect", _("menangani laporan rahasia"))
SERVICES_IMPORT = verb("services.import", _("memasukkan berkas layanan dari sistem lain"))
SERVICES_POINTS = verb("services.points", _("memasang titik QR untuk laporan"))
SERVICES_UPGRADE = verb("services.upgrade", _("memindahkan berkas berjalan ke versi layanan yang baru"))
SERVICES_RELAY = verb("services.relay", _("meneruskan laporan orang lain dari aplikasi"))
SERVICES_CONNECT = verb("services.connect", _("menyambungkan layanan dengan sistem lain"))
