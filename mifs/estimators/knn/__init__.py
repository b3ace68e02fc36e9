"""Distances to nearest neighbours."""
