"""What goes out: maps, charts, pages, files."""
