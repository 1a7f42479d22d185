"""Stretches of the record played again as live messages: timelines, captions and pacing."""
