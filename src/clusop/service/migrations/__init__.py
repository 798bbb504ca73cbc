"""Alembic's revisions. ``clusop.service.store.migrate`` runs them; nobody needs an ini file."""
