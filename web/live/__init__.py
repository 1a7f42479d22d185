"""The websocket of a table: handshake, session, frames and rate limits."""
