"""What pages show, read from the database in few queries that no number of stored signals makes slower."""
