"""Tells what clusop's threads load outside of their lock, from the first look at a JVM to a delivery and the exit's flush."""

from __future__ import annotations

import inspect
import json
import sys
import threading
from operator import attrgetter

found: list[str] = []
this_thread = threading.get_ident()


def note(event: str, arguments: tuple[object, ...]) -> None:
    if event != "import" or threading.get_ident() == this_thread:
        return
    frame, files = inspect.currentframe(), []
    while frame is not None:
        files.append(frame.f_code.co_filename)
        frame = frame.f_back
    ours = [file for file in files if "/clusop/" in file]
    loading = sys.modules.get("clusop.runtime.loading")
    if ours and (loading is None or not loading.loading().is_mine):
        found.append(f"{arguments[0]} by {ours[0]}")


def carrier_of_clusop() -> object:
    known = sys.modules.get("clusop.runtime.driver")
    return attrgetter("_DRIVER.carrier")(known) if known is not None else None


def run_spark() -> None:
    # Not at the top: somebody is to listen by then.
    from pyspark.sql import SparkSession

    # A wrong name is looked up among the right ones, by a module that is loaded for it.
    builder = SparkSession.builder.config("spark.clusop.endpont", "x")
    print(builder.getOrCreate().range(10).count())


sys.addaudithook(note)
run_spark()
pause = threading.Event()
for _ in range(1200):
    carrier = carrier_of_clusop()
    if carrier is not None and (carrier.batcher.sent_count or carrier.batcher.trouble is not None):
        carrier.finish(20)
        print("TELL " + json.dumps(["sent", carrier.batcher.sent_count]))
        break
    pause.wait(0.1)
print("TELL " + json.dumps(["outside", found]))
