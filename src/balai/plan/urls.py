"""Addresses of the plan."""

from django.urls import path

from balai.plan.pages import public

urlpatterns = [
    path("program/", public.programme, name="plan-programme"),
    path("program.json", public.programme_json, name="plan-programme-json"),
    path("program.csv", public.programme_csv, name="plan-programme-csv"),
    path("realisasi/", public.realisation, name="plan-realisation"),
    path("realisasi.json", public.realisation_json, name="plan-realisation-json"),
    path("realisasi.csv", public.realisation_csv, name="plan-realisation-csv"),
    path("aksi/<str:code>.json", public.action_json, name="plan-action-json"),
    path("aksi/<str:code>/", public.action, name="plan-action"),
    path("program-unggulan/", public.quick_wins, name="plan-quick-wins"),
    path("dana/", public.money, name="plan-money"),
    path("dana.json", public.money_json, name="plan-money-json"),
    path("dana.csv", public.money_csv, name="plan-money-csv"),
    path("rencana-induk/", public.masterplan, name="plan-masterplan"),
    path("angka-terbit/", public.published, name="plan-published"),
    path("angka-terbit.json", public.published_json, name="plan-published-json"),
    path("angka-terbit.csv", public.published_csv, name="plan-published-csv"),
    path("angka-terbit/<int:year>/", public.published_year, name="plan-published-year"),
    path("tahap/<str:key>/", public.stage, name="plan-stage"),
]
