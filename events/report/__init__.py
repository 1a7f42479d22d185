"""Audit reports, recaps and tables, built from the record."""
