"""Which rows a resample has, and what the selections of many of them say together."""
