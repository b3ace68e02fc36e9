"""All Numba code: arrays in, arrays out, the GIL released."""
