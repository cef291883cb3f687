"""Alembic's revisions; run by ``crisisdesk/store/migrate.py`` on the desk's own connection."""
