"""Readers of the record, for replay, audit, recaps and time travel."""
