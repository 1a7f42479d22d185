"""Recaps, and the webhooks that they are posted to."""
