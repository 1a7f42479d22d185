"""The database itself: connections, schema, migrations, and an embedded server."""
