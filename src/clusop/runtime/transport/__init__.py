"""Where records go from the driver: an aggregator over HTTP, or immutable files. One module each."""
