"""Reads the definition files of `definitions/`: strict YAML with positions, schema, hashes, overlay."""
