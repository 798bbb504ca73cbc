"""Plans: one tree for every source, its readers, and the names engines use in it. Pure."""
