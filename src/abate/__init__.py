"""Find the places where serious violence concentrates, patrol them, and know whether it worked."""

__version__ = "0.1.0"
