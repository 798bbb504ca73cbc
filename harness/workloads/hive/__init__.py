"""Functions of Hive and tables with its SerDes. The metastore is a Derby database in the scratch folder."""

from __future__ import annotations

from workload import Application

__all__ = ["APPLICATION"]

APPLICATION = Application(
    area="Hive functions and tables", settings={"spark.sql.catalogImplementation": "hive"}, is_recorded=False
)
