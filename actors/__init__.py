"""Rooms as actors: mailbox, writer, streams, supervision; asyncio, no HTTP."""
