"""Readers of the record: what a viewer saw, when, in words; for replay, audit, recap and time travel."""
