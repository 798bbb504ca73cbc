"""Where the service keeps what it knows: SQLite (WAL) by default, PostgreSQL for several replicas."""
