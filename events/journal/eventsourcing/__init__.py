"""The `eventsourcing` library over the same rows, for readers that follow the log of all rooms."""
