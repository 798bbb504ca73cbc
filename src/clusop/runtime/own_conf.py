"""What a running context's conf says to clusop, and single allow-listed keys of it. Nothing else of the conf is fetched."""

from __future__ import annotations

from operator import attrgetter, methodcaller
from typing import TYPE_CHECKING, Any

from clusop.runtime.settings import PREFIX

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["conf_reader", "own_conf"]


_first, _second = methodcaller("_1"), methodcaller("_2")


def own_conf(context: Any) -> dict[str, str]:  # Any: a SparkContext of PySpark
    """All keys below ``spark.clusop.``, with their prefix. Raises what Py4J raises."""
    pairs = attrgetter("_jsc")(context).sc().conf().getAllWithPrefix(PREFIX)
    return {f"{PREFIX}{_first(pair)}": str(_second(pair)) for pair in pairs}


def conf_reader(context: Any) -> Callable[[str], str]:  # Any: as above
    """A function that reads one key, ``""`` where it is not set."""
    conf = attrgetter("_jsc")(context).sc().conf()
    return lambda key: str(conf.get(key, ""))
