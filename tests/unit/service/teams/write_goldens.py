"""Writes the messages that ``test_card_goldens`` compares with: look at the difference before committing it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import card_samples

from clusop.service.teams.digest_card import digest_card
from clusop.service.teams.problem_card import problem_card

FOLDER = Path(__file__).resolve().parents[3] / "golden" / "cards"


def messages() -> dict[str, str]:
    told = {name: problem_card(facts()) for name, facts in card_samples.CARDS.items()}
    told["digest"] = digest_card(card_samples.digest())
    return {
        name: json.dumps(message, ensure_ascii=False, indent=1, sort_keys=True) + "\n" for name, message in told.items()
    }


if __name__ == "__main__":
    for golden, text in messages().items():
        (FOLDER / f"{golden}.json").write_text(text, encoding="utf-8")
    sys.exit(0)
