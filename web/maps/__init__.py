"""The map of a campaign over HTTP: read, import, export, generate."""
