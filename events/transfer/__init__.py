"""Campaigns carried elsewhere: forks and archives."""
