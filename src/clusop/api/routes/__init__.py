"""Routes for programs; those for people are ``clusop.api.pages``."""
