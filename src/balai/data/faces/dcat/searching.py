"""For search engines: what they may walk through, every dataset, and what a dataset's page is about."""

import json
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from balai.base.access import actor_of
from balai.data import reads
from balai.data.faces.answering import face, marked
from balai.data.rules.dcat import days_of, licence_address
from balai.data.rules.metadata import Classification
from balai.people import reads as people

_MOST_PAGES = 50_000
"""What a site map may hold."""
_ROBOTS = """User-agent: *
Disallow: /meja/
Disallow: /akun/
Disallow: /saya/
Disallow: /data/tanya/
Sitemap: {sitemap}
"""
_FILES = (("csv", "text/csv"), ("json", "application/json"), ("parquet", "application/vnd.apache.parquet"))


@face
def robots(request: HttpRequest) -> HttpResponse:
    """What machines that walk through the web leave alone: desks, accounts, questions that cost work."""
    text = _ROBOTS.format(sitemap=request.build_absolute_uri(reverse("sitemap")))
    return marked(request, text, "text/plain; charset=utf-8")


@face
def sitemap(request: HttpRequest) -> HttpResponse:
    """The page of every dataset and when it changed."""
    found = reads.listed(actor_of(request), only_own=True, limit=_MOST_PAGES - 1)
    home = request.build_absolute_uri("/")[:-1]
    pages = [(f"{home}{reverse('data')}", "")]
    pages += [
        (f"{home}{reverse('dataset', args=[one.code])}", one.changed_at.date().isoformat())
        for one in found.rows
    ]
    lines = "".join(
        f"<url><loc>{escape(page)}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</url>\n"
        for page, day in pages
    )
    whole = (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{lines}</urlset>\n'
    )
    return marked(request, whole, "application/xml; charset=utf-8")


def schema_org(request: HttpRequest, row: reads.VersionRow) -> Mapping[str, Any]:
    """Return a version of a dataset as schema.org's Dataset, as search engines for data read it."""
    own = row.declaration
    government = people.government(row.tenant)

    def whole(name: str, *args: object) -> str:
        return request.build_absolute_uri(reverse(name, args=args))

    said: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": whole("dcat-dataset-thing", row.dataset),
        "name": own.title.id,
        "alternateName": own.title.en,
        "description": own.description.id,
        "url": whole("dataset", row.dataset),
        "identifier": f"{row.tenant}/{row.dataset}",
        "keywords": list(own.keywords),
        "license": licence_address(own.licence) or own.licence,
        "version": str(row.number),
        "dateModified": row.published_at.isoformat(),
        "isAccessibleForFree": True,
        "inLanguage": ["id", "en"],
        "creator": {
            "@type": "GovernmentOrganization",
            "name": government.name if government else row.tenant,
        },
        "includedInDataCatalog": {"@type": "DataCatalog", "url": whole("data")},
        "variableMeasured": [column.meaning.id for column in own.leaving],
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": kind,
                "contentUrl": whole("dataset-file", row.dataset, form),
            }
            for form, kind in _FILES
        ],
    }
    if days := days_of(row.period):
        said["temporalCoverage"] = f"{days[0]}/{days[1]}"
    return said


def markup(request: HttpRequest, row: reads.VersionRow) -> SafeString:
    """Return `schema_org` as the element that stands in the head of a page; "" for what is not open."""
    if _is_for_some(row):
        return mark_safe("")
    text = json.dumps(schema_org(request, row), ensure_ascii=False)
    # Within an element of a page, no text may look as its end.
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308  escaped above


def _is_for_some(row: reads.VersionRow) -> bool:
    """Tell whether others than everybody read a dataset."""
    return row.declaration.classification is not Classification.OPEN
