"""JSON Schema for each kind, so that an editor completes and checks a file while it is written."""

import json
from pathlib import Path

from balai.definitions.kinds import registered


def schema_texts() -> dict[str, str]:
    """Return the JSON Schema of each kind as text, by file name."""
    found = {}
    for code, kind in registered().items():
        content = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            **kind.model.model_json_schema(),
        }
        found[f"{code}.json"] = json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    return found


def schemas(folder: Path) -> tuple[Path, ...]:
    """Write the schema of each kind into `folder` and return the files; schemas of no kind are removed."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = schema_texts()
    for old in folder.glob("*.json"):
        if old.name not in texts:
            old.unlink()
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return tuple(folder / name for name in texts)
