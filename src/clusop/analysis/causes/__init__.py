"""Why operators left the engine: by structure, by the engine's own words."""
