"""What a programme of whole areas prevented: one panel in, one effect out, with what it assumes."""
