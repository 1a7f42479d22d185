"""The game: values, commands, events, features, and what each viewer may know; pure."""
