"""Keys of price entries: how clouds, tiers, products, node types and availabilities are spelled.

::

    node_dbu    CLOUD/NODE_TYPE                 AWS/i3.xlarge
    vm_usd      CLOUD/NODE_TYPE[/SPOT]          AWS/i3.xlarge
    dbu_usd     CLOUD/TIER/PRODUCT              AWS/PREMIUM/JOBS_COMPUTE
    multiplier  CLOUD/PRODUCT                   AWS/JOBS_COMPUTE
    spot_share  CLOUD                           AWS
    discount    PRODUCT                         JOBS_COMPUTE

Case never matters. The separator is a slash because node types hold dots, hyphens and underscores. Keys are ASCII: only
ASCII letters have a case here and only ASCII blanks are cut, so that every language compares keys alike.
"""

from __future__ import annotations

import re
import string

from clusop.pricing.entry import PriceKind

__all__ = [
    "CLOUDS",
    "ON_DEMAND",
    "PREMIUM_PRODUCTS",
    "PRODUCTS",
    "SPOT",
    "TIERS",
    "canonical_availability",
    "canonical_cloud",
    "canonical_product",
    "capitals",
    "entry_id",
    "folded",
    "has_no_separate_engine_price",
    "joined",
]

CLOUDS = ("AWS", "AZURE", "GCP")
TIERS = ("STANDARD", "PREMIUM", "ENTERPRISE")
# The engine's premium is known of these; it is in the number of DBUs, never in the price of one.
PREMIUM_PRODUCTS = (
    "JOBS_COMPUTE",
    "ALL_PURPOSE_COMPUTE",
    "DLT_CORE_COMPUTE",
    "DLT_PRO_COMPUTE",
    "DLT_ADVANCED_COMPUTE",
)
PRODUCTS = (
    *PREMIUM_PRODUCTS,
    "JOBS_LIGHT_COMPUTE",
    "SQL_COMPUTE",
    "SQL_PRO_COMPUTE",
    "SERVERLESS_SQL_COMPUTE",
    "JOBS_SERVERLESS_COMPUTE",
    "ALL_PURPOSE_SERVERLESS_COMPUTE",
)
ON_DEMAND = "ON_DEMAND"
SPOT = "SPOT"

# JOBS_COMPUTE_(PHOTON) costs the same per DBU as JOBS_COMPUTE; harness/build_price_table.py asserts it of every product.
_VARIANT = re.compile(r"_\([A-Z ]+\)\Z")
# Azure and GCP name the availability after the cloud; GCP's older word for spot is preemptible.
_CLOUD_SUFFIX = re.compile(r"_(AZURE|GCP)\Z")
_PREFIX_OF = {
    PriceKind.NODE_DBU: "dbu",
    PriceKind.DBU_USD: "usd",
    PriceKind.VM_USD: "vm",
    PriceKind.MULTIPLIER: "photon",
    PriceKind.SPOT_SHARE: "spot",
    PriceKind.DISCOUNT: "discount",
}
_KINDS_OF_NODES = (PriceKind.NODE_DBU, PriceKind.VM_USD)
_BLANKS = " \t\n\r\v\f"
_CAPITALS = str.maketrans(string.ascii_lowercase, string.ascii_uppercase)
_SMALL = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def canonical_cloud(cloud: str) -> str:
    """``AWS``, ``AZURE`` or ``GCP``; ``""`` for anything else."""
    upper = capitals(cloud)
    return upper if upper in CLOUDS else ""


def canonical_product(product: str) -> str:
    """The product in capitals without the variant of a SKU: ``jobs_compute_(photon)`` is ``JOBS_COMPUTE``."""
    return _VARIANT.sub("", capitals(product))


def canonical_availability(availability: str) -> str:
    """``ON_DEMAND``, ``SPOT`` or ``""`` where it may be either (a fallback to on-demand, an unknown word)."""
    word = _CLOUD_SUFFIX.sub("", capitals(availability)).replace("PREEMPTIBLE", SPOT)
    return word if word in (ON_DEMAND, SPOT) else ""


def has_no_separate_engine_price(product: str) -> bool:
    """Whether the engine is part of the product: SQL warehouses and serverless compute."""
    return "SERVERLESS" in product or product.startswith("SQL_")


def folded(key: str) -> str:
    """The form in which keys are compared."""
    return key.strip(_BLANKS).translate(_SMALL)


def capitals(word: str) -> str:
    """A cloud, tier, product or availability as price lists spell it."""
    return word.strip(_BLANKS).translate(_CAPITALS)


def joined(*parts: str) -> str:
    """A key from its parts."""
    return "/".join(parts)


def entry_id(kind: PriceKind, key: str) -> str:
    """The stable id of the entry for ``key``: ``dbu-aws-i3.xlarge``, ``usd-aws-premium-jobs-compute``."""
    parts = key.lower().split("/")
    if kind not in _KINDS_OF_NODES:
        parts = [part.replace("_", "-") for part in parts]
    return "-".join((_PREFIX_OF[kind], *parts))
