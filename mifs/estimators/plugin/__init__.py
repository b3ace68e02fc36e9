"""Entropies of observed frequencies."""
