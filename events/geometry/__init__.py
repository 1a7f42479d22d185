"""Hexes, where they lie on a page, and persistent maps keyed by them; pure."""
