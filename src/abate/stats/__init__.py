"""Statistics that pillars share: arrays in, arrays out."""
