"""The journal of rooms in PostgreSQL: one statement appends the commits of many rooms."""
