"""For operators: health, metrics, logs, API documents, and the cluster."""
