"""The command line: `hexroom`."""
