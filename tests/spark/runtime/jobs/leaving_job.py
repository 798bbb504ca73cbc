"""A job that goes on until the files it is given are there. It tells when its last line is done."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path

from pyspark.sql import SparkSession

print(SparkSession.builder.getOrCreate().range(2).collect())
signs = [*sys.argv[1:], *([os.environ["SIGN"]] if "SIGN" in os.environ else [])]
pause = threading.Event()
signed = any(all(Path(one).exists() for one in signs) or pause.wait(0.1) for _ in range(1200))
print("TELL " + json.dumps(["signed", signed]))
print("TELL " + json.dumps(["end_at_s", time.time()]), flush=True)
