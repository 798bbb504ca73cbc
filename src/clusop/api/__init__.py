"""HTTP: routes and pages over the service."""
