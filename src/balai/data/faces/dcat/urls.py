"""Addresses of the catalogue for harvesters and search engines."""

from django.urls import path, register_converter

from balai.data.faces.dcat import packages, pages, searching


class FormConverter:
    """A form in which linked data is written."""

    regex = "ttl|jsonld|rdf"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(FormConverter, "rdf_form")

urlpatterns = [
    path("catalog", pages.catalogue_thing, name="dcat-catalogue-thing"),
    path("catalog.<rdf_form:form>", pages.catalogue, name="dcat-catalogue"),
    path("dataset/<slug:code>", pages.dataset_thing, name="dcat-dataset-thing"),
    path("dataset/<slug:code>.<rdf_form:form>", pages.dataset, name="dcat-dataset"),
    path("data/<slug:code>/datapackage.json", packages.package, name="data-package"),
    path("robots.txt", searching.robots, name="robots"),
    path("sitemap.xml", searching.sitemap, name="sitemap"),
]
