"""How files and services of the world come in."""
