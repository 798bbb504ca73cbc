"""Forks while armed: children exit, raise, and call clusop; the parent goes on using Spark."""

from __future__ import annotations

import json
import os
import sys
import threading

from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
clusop = sys.modules.get("clusop") or __import__("clusop")
pause = threading.Event()
for _ in range(600):
    if clusop.status().is_armed or pause.wait(0.1):
        break
print("TELL " + json.dumps(["armed", clusop.status().is_armed]))
sys.stdout.flush()
codes = []
for kind in ("exit", "hard", "call"):
    pid = os.fork()
    if pid == 0:
        if kind == "exit":
            sys.exit(0)
        if kind == "call":
            said = [clusop.arm(), clusop.status(), clusop.disarm()]
            os._exit(0 if all(one.reasons[0].id == "forked-child" for one in said) and not clusop.report().rows else 4)
        os._exit(0)
    codes.append(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    print(spark.range(10).count())
print("TELL " + json.dumps(["children", codes]))
print("TELL " + json.dumps(["still armed", clusop.status().is_armed]))
