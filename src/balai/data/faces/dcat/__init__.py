"""DCAT-AP 3.0.1, schema.org, Data Package and site map: the catalogue for harvesters and search engines."""
