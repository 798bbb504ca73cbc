"""The workloads, one file each, in a folder per Spark application."""
