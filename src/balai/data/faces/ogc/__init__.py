"""OGC API – Features, part 1 (core): rows of datasets for maps and GIS programs, at `/ogc/`.

Source: OGC 17-069r4, OGC API – Features – Part 1: Core, 1.0.1; requirements classes core, GeoJSON,
HTML and OpenAPI 3.0.
"""
