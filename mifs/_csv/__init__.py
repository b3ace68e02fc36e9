"""CSV files: one strict pass over the bytes, then columns."""
