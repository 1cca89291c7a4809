"""How money is shared out among areas, by rules that stand side by side."""
