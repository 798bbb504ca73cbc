"""All tables, one module a subject. Times are UTC ms since 1970, money integer micro-USD, cluster-hours integer pico-hours."""
