"""Makes the samples importable, and finds the schema of Adaptive Cards, which is not part of this repository."""

from __future__ import annotations

import copy
import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

SCHEMA = Path(__file__).resolve().parents[5] / "shared" / "data" / "teams" / "adaptive-card-1.5.0.json"


@pytest.fixture(scope="session")
def faults_by_schema():
    """Asks the schema what is wrong with a message's card. Teams' own key is none of the schema's."""
    if not SCHEMA.is_file():
        pytest.skip("the schema of Adaptive Cards is not beside the checkout (../shared/data/teams)")
    jsonschema = pytest.importorskip("jsonschema")
    validator = jsonschema.Draft6Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))

    def ask(message):
        card = copy.deepcopy(message["attachments"][0]["content"])
        card.pop("msteams", None)
        return [error.message[:200] for error in validator.iter_errors(card)]

    return ask
