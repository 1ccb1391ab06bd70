"""Addresses of people."""

from django.urls import path

from balai.people.pages import desk, imports, offices, own, partners, program_keys, roles

urlpatterns = [
    path("saya", own.own, name="self"),
    path("saya/lengkapi", own.profile, name="self-profile"),
    path("saya/nik", own.show_nik, name="self-nik"),
    path("saya/salinan.json", own.copy, name="self-copy"),
    path("saya/permintaan", own.ask, name="self-request"),
    path("saya/permintaan/<uuid:key>/batal", own.cancel, name="self-request-cancel"),
    path("saya/kunci", program_keys.keys, name="program-keys"),
    path("saya/kunci/baru", program_keys.new_key, name="program-key-new"),
    path("saya/kunci/<uuid:key>/cabut", program_keys.revoke, name="program-key-revoke"),
    path("mitra", partners.partners, name="partners"),
    path("meja/mitra/baru", partners.new_partner, name="partner-new"),
    path("meja/mitra/<uuid:key>", partners.change_partner, name="partner-change"),
    path("meja/mitra/<uuid:key>/akhiri", partners.end_partner, name="partner-end"),
    path("meja/orang", desk.people, name="people"),
    path("meja/orang/baru", desk.new_seat, name="seat-new"),
    path("meja/orang/impor", imports.import_people, name="people-import"),
    path("meja/orang/impor/akun.xlsx", imports.sheet, name="people-sheet"),
    path("meja/orang/<uuid:key>", desk.person, name="person"),
    path("meja/orang/<uuid:key>/keluar", desk.leave, name="person-leave"),
    path("meja/jabatan/<uuid:key>/pindah", desk.transfer, name="seat-transfer"),
    path("meja/jabatan/<uuid:key>/pejabat-sementara", desk.act_for, name="seat-acting"),
    path("meja/jabatan/<uuid:key>/akhiri", desk.end_seat, name="seat-end"),
    path("meja/jabatan/<uuid:key>/peran", roles.give_role, name="role-give"),
    path("meja/jabatan/<uuid:key>/peran/<slug:role>/cabut", roles.take_role, name="role-take"),
    path("meja/peran", roles.roles, name="roles"),
    path("meja/permintaan-peran", roles.requests, name="role-requests"),
    path("meja/permintaan-peran/<uuid:key>", roles.decide, name="role-decide"),
    path("meja/perangkat-daerah", offices.offices, name="offices"),
    path("meja/perangkat-daerah/baru", offices.new_office, name="office-new"),
    path("meja/perangkat-daerah/<uuid:key>/nama", offices.rename_office, name="office-rename"),
    path("meja/perangkat-daerah/<uuid:key>/tutup", offices.close_office, name="office-close"),
    path("meja/permintaan-data", own.requests, name="data-requests"),
    path("meja/permintaan-data/<uuid:key>", own.answer, name="data-request-answer"),
]
