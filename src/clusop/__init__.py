"""clusop: finds the money native Spark engines burn when a query falls back to the JVM.

This file runs inside every armed driver, so it holds the version and nothing that costs anything.
"""

__all__ = ["__version__"]

__version__ = "0.1.0"
