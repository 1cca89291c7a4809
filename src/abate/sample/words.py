"""Invented words of the sample town: its names, and the words from which its street names are made."""

from __future__ import annotations

TOWN = "Quillmouth"
QUIET_TOWN = "Hushwold"
COUNTRYSIDE = "Quillmouth Rural"
FORCE = "sample"
FORCE_NAME = "Sample Police"

STREET_BEGINNINGS = (
    *("Anchor", "Amber", "Barley", "Beacon", "Bellows", "Bramble", "Candle", "Capstan", "Cobbler", "Copper"),
    *("Coral", "Cutlass", "Damson", "Dovecote", "Ember", "Falcon", "Farthing", "Ferryman", "Fiddler", "Gannet"),
    *("Garland", "Gorse", "Hazel", "Heron", "Hopfield", "Inkwell", "Ivory", "Juniper", "Kestrel", "Lantern"),
    *("Larkspur", "Lobster", "Mallard", "Marigold", "Millrace", "Mussel", "Nettle", "Nutmeg", "Oakum", "Otter"),
    *("Parchment", "Pebble", "Plover", "Poppy", "Quill", "Rigging", "Rosemary", "Saddler", "Samphire", "Sandpiper"),
    *("Saffron", "Shingle", "Sorrel", "Tallow", "Teasel", "Thimble", "Tiller", "Vellum", "Whelk", "Yarrow"),
)
STREET_ENDINGS = (
    *("Street", "Road", "Lane", "Avenue", "Close", "Row", "Way", "Drive", "Terrace", "Gardens", "Crescent", "Place"),
)
