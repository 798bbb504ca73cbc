"""A UDF written in Java, from a jar added to the session. Janino, which Spark carries, compiles it."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from workload import Expected, Workload

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from workload import Dataset

__all__ = ["WORKLOAD"]

_CLASS = "clusopfixture.Net"
_SOURCE = """
package clusopfixture;
public class Net implements org.apache.spark.sql.api.java.UDF1 {
    public Object call(Object price) { return Double.valueOf(((Double) price).doubleValue() * 0.81); }
}
"""


def _set_up(spark: SparkSession, data: Dataset) -> None:
    jar = Path(data.scratch_table("clusop_net.jar"))
    if not jar.exists():  # an open jar must not be written again
        compiler = spark._jvm.org.codehaus.janino.SimpleCompiler()
        compiler.cook(_SOURCE)
        jar.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(jar, "w") as packed:
            packed.writestr(f"{_CLASS.replace('.', '/')}.class", bytes(compiler.getBytecodes()[_CLASS]))
    spark.sql(f"ADD JAR '{jar}'")


def _run(spark: SparkSession, data: Dataset) -> DataFrame:
    # As a Java program does it; by the class's name it needs a generic signature, which Janino leaves out.
    session = spark._jsparkSession
    net = session.sharedState().jarClassLoader().loadClass(_CLASS).newInstance()
    session.udf().register("clusop_java_net", net, spark._jvm.org.apache.spark.sql.types.DataTypes.DoubleType)
    return spark.sql(f"SELECT store, max(clusop_java_net(price)) AS net FROM parquet.`{data['sales']}` GROUP BY store")


WORKLOAD = Workload(
    name="java-udf",
    shows="A UDF written in Java, from a jar added to the session.",
    expected=Expected("fallback", causes=("scala-udf",)),
    run=_run,
    set_up=_set_up,
)
