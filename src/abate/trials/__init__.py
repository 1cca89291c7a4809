"""Trials of patrols: how places and days are drawn, and what the draw says about the effect."""
