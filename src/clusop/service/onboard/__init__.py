"""Onboarding: clusop's schema and tables in the customer's catalog, and the grants it needs. Nothing else is written."""
