"""Makes the samples importable, and finds the schema of Adaptive Cards."""

from __future__ import annotations

import copy
import json
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from jsonschema import Draft6Validator

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def faults_by_schema():
    """Asks the schema what is wrong with a message's card. Teams' own key is none of the schema's."""
    # Microsoft's file comes with a package, which is not imported: only its data is wanted.
    (package,) = find_spec("adaptive_cards").submodule_search_locations
    schema = json.loads((Path(package) / "schemas" / "schema-1.5.json").read_text(encoding="utf-8"))
    validator = Draft6Validator(schema)

    def ask(message):
        card = copy.deepcopy(message["attachments"][0]["content"])
        card.pop("msteams", None)
        return [error.message[:200] for error in validator.iter_errors(card)]

    return ask
