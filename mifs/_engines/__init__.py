"""Where the data lie: whoever counts asks an engine for integer tables."""
