"""Patrols: walks through sites, timetables, what was done, and what is told of it."""
