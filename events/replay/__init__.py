"""A stretch of the record as the live messages it was: timelines, captions and pacing."""
