"""What viewers are sent: numbered streams, initial states, and the log of deliveries."""
