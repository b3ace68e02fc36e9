"""Normal scores and their correlations."""
