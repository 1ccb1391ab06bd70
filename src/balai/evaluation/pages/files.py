"""Evidence and photos, handed out to those who may open them; a region's evidence as one archive."""

from collections.abc import Iterator
from uuid import UUID

from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from balai.base import tenancy, zipping
from balai.base.access import actor_of, needs
from balai.base.errors import NotFound
from balai.base.files import clean_name, open_file
from balai.base.handing_out import hand_out
from balai.evaluation import reads


@require_safe
@needs("evaluation.read")
def evidence(request: HttpRequest, key: UUID, region: str, paper: UUID) -> FileResponse:
    """One file of the evidence of a region."""
    actor = actor_of(request)
    stored = reads.paper_file(actor, key, paper, region)
    with tenancy.widened(region):
        return hand_out(stored)


@require_safe
@needs("evaluation.read")
def photo(request: HttpRequest, key: UUID, picture: UUID) -> FileResponse:
    """A photo of a visit, for those who may see the visit."""
    for visit in reads.visits(actor_of(request), key):
        for each in visit.photos.all():
            if each.pk == picture:
                with tenancy.widened(tenancy.NATIONAL):
                    return hand_out(each.file)
    raise NotFound(_("Foto itu tidak ada."))


@require_safe
@needs("evaluation.read")
def archive(request: HttpRequest, key: UUID, region: str) -> StreamingHttpResponse:
    """The evidence of a region as one zip, made while it is sent; links stand in a list inside."""
    actor = actor_of(request)
    papers = reads.whole_papers(actor, key, region)
    row = reads.sheet(actor, key, region).invitation
    name = f"bukti-{slugify(row.region_name)}-{row.round.year}.zip"
    answer = StreamingHttpResponse(zipping.zipped(_laid(papers, region)), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _laid(papers: tuple[reads.Paper, ...], region: str) -> Iterator[zipping.Entry]:
    lines = []
    for paper in papers:
        stored = paper.evidence.file
        if stored is None:
            lines.append(f"{paper.name}\t{paper.evidence.link}\n")
            continue
        try:
            with tenancy.widened(region):
                content = open_file(stored)
        except FileNotFoundError:
            lines.append(f"{paper.name}\t{_('berkasnya tidak ada lagi')}\n")
            continue
        lines.append(f"{paper.name}\t{paper.evidence.title}\n")
        yield zipping.of_file(clean_name(paper.name), content)
    yield zipping.Entry("daftar.txt", [line.encode() for line in lines])


@require_safe
@needs("evaluation.read")
def proof(request: HttpRequest, key: UUID, paper: UUID) -> FileResponse:
    """A file that proves what was done about a recommendation to the actor's region."""
    for row in reads.recommendations(actor_of(request)):
        if row.id != key or row.follow_up is None:
            continue
        for each in reads.follow_up_evidence(row.follow_up):
            if each.pk == paper and each.file is not None:
                return hand_out(each.file)
    raise NotFound(_("Bukti itu tidak ada, atau bukan untuk Anda."))
