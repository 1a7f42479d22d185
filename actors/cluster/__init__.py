"""Many nodes as one: who owns which room, and rooms that live on another node."""
