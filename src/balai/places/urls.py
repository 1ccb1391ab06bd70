"""Addresses of the regions and of the maps; they stand at the root."""

from django.urls import path, register_converter

from balai.places import pages, rules


class RegionCode:
    """A region code in an address."""

    regex = rules.CODE.pattern

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(RegionCode, "region_code")

urlpatterns = [
    path("wilayah/", pages.regions, name="regions"),
    path("wilayah/titik/", pages.at_point, name="region_at"),
    path("wilayah/titik.json", pages.at_point_json, name="region_at_json"),
    path("wilayah/<region_code:code>/", pages.one_region, name="region"),
    path("wilayah/<region_code:code>.json", pages.region_json, name="region_json"),
    path("wilayah/<region_code:code>.csv", pages.region_csv, name="region_csv"),
    path("peta/<str:name>.json", pages.map_file, name="map_file"),
]
