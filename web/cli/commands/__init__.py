"""One module per command. Each defines a click command called `command`, and is found by its place."""
