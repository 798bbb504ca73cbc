"""What nodes, DBUs, machines and engines cost: a dated, sourced table and the book that reads it."""
