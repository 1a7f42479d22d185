"""The past over HTTP: events, time travel, reports, forks and replay."""
