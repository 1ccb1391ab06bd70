"""A page that files a form, as a service has it; for tests alone."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import include, path
from django.utils import timezone

from balai.base.access import actor_of, public
from balai.forms import changes, reads
from balai.forms.changes import Outcome
from balai.forms.rules import Form, in_words, validate
from balai.forms.tests.writing import form

STEPS = """
- id: who
  title: {id: Pemohon, en: Applicant}
  fields:
    - {id: kind, type: choice, label: {id: Jenis, en: Kind}, required: true, privacy: P0,
       options: [{key: person, label: {id: Orang, en: Person}}, {key: firm, label: {id: Usaha, en: Firm}}]}
    - {use: identity/1, id: owner, without: [email]}
- id: firm
  title: {id: Usaha, en: Firm}
  visible_if: "form.kind == 'firm'"
  fields:
    - {id: nib, type: nib, label: {id: NIB, en: NIB}, required: true, privacy: P1}
- id: rest
  title: {id: Lainnya, en: The rest}
  fields:
    - id: family
      type: group
      label: {id: Keluarga, en: Family}
      row: {id: anggota, en: member}
      max_items: 3
      fields:
        - {id: name, type: text, label: {id: Nama, en: Name}, required: true, privacy: P2}
        - {id: card, type: image, label: {id: Kartu, en: Card}, privacy: P2}
    - {id: photos, type: image, label: {id: Foto, en: Photos}, max_items: 2, max_mb: 1, privacy: P2}
    - {id: fee, type: money, label: {id: Biaya, en: Fee}, privacy: P1, prefill: fee.amount, readonly: true}
"""
FACTS = {"fee.amount": 25_000}
TAKEN: list[changes.Taken] = []


def made() -> Form:
    return form(STEPS)


@public("a page of tests")
def file(request: HttpRequest) -> HttpResponse:
    actor, now, today, asked = actor_of(request), timezone.now(), timezone.localdate(), made()
    facts = {**FACTS, **reads.facts_about(actor, today)}
    if "draft" not in request.session:
        begun = changes.begin(actor, asked, now)
        request.session["draft"] = [str(begun.draft.pk), begun.key]
    held = reads.Held(*request.session["draft"])
    if request.method == "POST" and "_send" in request.POST:
        TAKEN.append(changes.take(actor, held, asked, now, today, facts=facts))
        del request.session["draft"]
        return HttpResponse("terkirim")
    if request.method == "POST":
        step = str(request.POST.get("_step", ""))
        done = changes.fill(actor, held, asked, step, request.POST, request.FILES, now, today, facts=facts)
        if done.outcome is Outcome.MOVE:
            return HttpResponseRedirect(f"/uji/?langkah={done.step}")
        if done.outcome is Outcome.COMPLETE:
            parts = in_words(asked, done.checked.plain(), done.context, personal=True)
            return render(request, "forms/answers.html", {"parts": parts})
        if done.outcome is Outcome.SAVED:
            return HttpResponse(" ".join(changes.hand_out_code(actor, held, now)))
        shown = reads.show(
            done.checked, done.step, done.answers, done.context,
            with_faults=done.with_faults, more_faults=done.refused,
        )  # fmt: skip
        status = 422 if done.with_faults or done.refused else 200
        return render(request, "forms/step.html", {"shown": shown, "action": "/uji/"}, status=status)
    row = reads.draft(actor, held, now)
    answers = reads.draft_answers(row)
    around = reads.context(row.tenant, today, facts=facts, files=reads.files_of(row))
    step = request.GET.get("langkah", row.step)
    shown = reads.show(validate(asked, answers, around), step, answers, around, with_faults=False)
    return render(request, "forms/step.html", {"shown": shown, "action": "/uji/", "can_save": True})


@public("a page of tests")
def resume(request: HttpRequest) -> HttpResponse:
    begun = changes.resume(
        actor_of(request), request.POST["code"], request.POST["pin"],
        request.META["REMOTE_ADDR"], timezone.now(),
    )  # fmt: skip
    request.session["draft"] = [str(begun.draft.pk), begun.key]
    return HttpResponseRedirect("/uji/")


urlpatterns = [path("uji/", file), path("uji/lanjut/", resume), path("", include("balai.site.urls"))]
