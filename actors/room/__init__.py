"""One campaign room: the actor, its mailbox, presence, idempotency and snapshots."""
