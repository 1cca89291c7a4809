"""The small places that incidents are counted in."""
