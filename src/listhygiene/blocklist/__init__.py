"""The blocklist: an append-only memory of bounces, complaints, unsubscribes and decisions."""
