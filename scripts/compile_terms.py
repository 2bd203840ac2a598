"""Write data/settlement/terms.json: the shipped terms in a form that is read at once.

    python scripts/compile_terms.py

Run it after a change to data/settlement/terms.yaml; until then the YAML is read, which takes
longer.
"""

from __future__ import annotations

import json
import sys
from hashlib import sha256
from pathlib import Path

import yaml

from stance.resources import shipped


def main() -> int:
    """Write the file."""
    source = shipped("data/settlement/terms.yaml")
    source.with_suffix(".json").write_text(compiled(source), encoding="utf-8")
    return 0


def compiled(source: Path) -> str:
    """The terms of a YAML file as JSON, one a line, with the file's digest."""
    content = source.read_bytes()
    terms = ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in yaml.safe_load(content))
    return f'{{"sha256": "{sha256(content).hexdigest()}", "terms": [\n{terms}\n]}}\n'


if __name__ == "__main__":
    sys.exit(main())
