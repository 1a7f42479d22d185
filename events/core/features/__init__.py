"""One module per feature: its commands, its events, its part of the view."""
