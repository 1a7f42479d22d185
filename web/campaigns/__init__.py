"""Campaigns, their members and invites, and the demo campaign."""
