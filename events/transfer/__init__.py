"""Campaigns copied or moved elsewhere: forks, archives and backups."""
