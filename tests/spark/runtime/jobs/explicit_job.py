"""The plain job, whose author arms: before there is a session, and once it is up."""

from __future__ import annotations

import runpy
from pathlib import Path

from pyspark.sql import SparkSession

import clusop

clusop.arm()
SparkSession.builder.getOrCreate()
clusop.arm()
runpy.run_path(str(Path(__file__).with_name("plain_job.py")), run_name="__main__")
