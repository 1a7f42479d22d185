"""What every room of a process shares: clock, supervision, metrics and the group commit."""
