"""What learned models share: batches, networks, critics, and the loop that trains."""
