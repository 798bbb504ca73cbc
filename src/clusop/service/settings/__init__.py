"""The service's settings: declared once, read from options, environment and a YAML file."""
