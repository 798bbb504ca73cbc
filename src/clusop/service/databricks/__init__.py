"""Databricks, as far as clusop may touch it: reads, and the statements of its own schema. Everything else raises."""
