# Databricks notebook source
# MAGIC %md
# MAGIC # Certify this runtime
# MAGIC
# MAGIC Runs clusop's fixtures on this cluster and writes down, for each, whether Photon ran it, what fell back and why. Needs a
# MAGIC cluster of its own in **Dedicated** access mode with Photon switched on, a Volume you may write, and a catalog in
# MAGIC which you may create a schema. What the fixtures write lies in one schema and one folder of its own, which are dropped at
# MAGIC the end; the matrix, the journal of the run and the tables the fixtures read stay in a folder of the Volume.
# MAGIC
# MAGIC Fill in the widgets at the top, then run all. Some 250 fixtures run, each as often as you say: try two of them first. If
# MAGIC the driver dies, attach again and run all: it goes on where it stood, and drops what the dead one left.

# COMMAND ----------

# MAGIC %md
# MAGIC ## 1. What to use
# MAGIC The wheel may also be an installed library; then leave its path empty.

# COMMAND ----------

dbutils.widgets.text("volume", "", "Volume folder, /Volumes/catalog/schema/volume")
dbutils.widgets.text("catalog", "", "Catalog for the schema (empty: the current one)")
dbutils.widgets.text("wheel", "", "clusop wheel (empty: already installed)")
dbutils.widgets.dropdown("engine", "photon", ["photon", "none"], "Engine")
dbutils.widgets.dropdown("repeats", "3", ["1", "3", "5", "9"], "Runs of each fixture")
dbutils.widgets.text("fixtures", "", "Only these fixtures, by comma (empty: all)")
dbutils.widgets.dropdown("fresh", "no", ["no", "yes"], "Begin anew")

# COMMAND ----------

# MAGIC %md
# MAGIC ## 2. Install
# MAGIC Only where a wheel is named. Nothing but the standard library is needed besides.

# COMMAND ----------

import subprocess
import sys

if wheel := dbutils.widgets.get("wheel"):
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", wheel], check=True)

# COMMAND ----------

# MAGIC %md
# MAGIC ## 3. Run

# COMMAND ----------

from clusop.certify.on_cluster import Settings, certify_here, kept_in
from clusop.errors import InputError

settings = Settings(
    volume=dbutils.widgets.get("volume").strip(),
    catalog=dbutils.widgets.get("catalog").strip(),
    engine=dbutils.widgets.get("engine"),
    repeats=int(dbutils.widgets.get("repeats")),
    fixtures=tuple(name.strip() for name in dbutils.widgets.get("fixtures").split(",") if name.strip()),
    is_fresh=dbutils.widgets.get("fresh") == "yes",
)
try:
    matrix = certify_here(spark, settings)
except InputError as error:
    dbutils.notebook.exit(str(error))

# COMMAND ----------

# MAGIC %md
# MAGIC ## 4. The matrix
# MAGIC `matrix.json` and `matrix.html` lie in the folder that is printed. `clusop certify diff A.json B.json` compares two.

# COMMAND ----------

from clusop.certify.render_html import matrix_html

print(f"Kept in {kept_in(spark, settings)}")
displayHTML(matrix_html(matrix))
