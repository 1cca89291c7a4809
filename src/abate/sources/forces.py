"""The police forces whose records are published at data.police.uk, by the names that its files use."""

from __future__ import annotations

import re

FORCES: dict[str, tuple[str, ...]] = {
    "avon-and-somerset": ("Avon and Somerset Constabulary", "Avon and Somerset Police"),
    "bedfordshire": ("Bedfordshire Police",),
    "btp": ("British Transport Police",),
    "cambridgeshire": ("Cambridgeshire Constabulary",),
    "cheshire": ("Cheshire Constabulary",),
    "city-of-london": ("City of London Police",),
    "cleveland": ("Cleveland Police",),
    "cumbria": ("Cumbria Constabulary", "Cumbria Police"),
    "derbyshire": ("Derbyshire Constabulary",),
    "devon-and-cornwall": ("Devon & Cornwall Police", "Devon and Cornwall Police"),
    "dorset": ("Dorset Police",),
    "durham": ("Durham Constabulary",),
    "dyfed-powys": ("Dyfed-Powys Police",),
    "essex": ("Essex Police",),
    "gloucestershire": ("Gloucestershire Constabulary",),
    "greater-manchester": ("Greater Manchester Police",),
    "gwent": ("Gwent Police",),
    "hampshire": ("Hampshire Constabulary", "Hampshire and Isle of Wight Constabulary"),
    "hertfordshire": ("Hertfordshire Constabulary",),
    "humberside": ("Humberside Police",),
    "kent": ("Kent Police",),
    "lancashire": ("Lancashire Constabulary",),
    "leicestershire": ("Leicestershire Police", "Leicestershire Constabulary"),
    "lincolnshire": ("Lincolnshire Police",),
    "merseyside": ("Merseyside Police",),
    "metropolitan": ("Metropolitan Police Service", "Metropolitan Police"),
    "norfolk": ("Norfolk Constabulary",),
    "north-wales": ("North Wales Police",),
    "north-yorkshire": ("North Yorkshire Police",),
    "northamptonshire": ("Northamptonshire Police",),
    "northern-ireland": ("Police Service of Northern Ireland",),
    "northumbria": ("Northumbria Police",),
    "nottinghamshire": ("Nottinghamshire Police",),
    "sample": ("Sample Police",),  # the made-up force of the sample town
    "south-wales": ("South Wales Police",),
    "south-yorkshire": ("South Yorkshire Police",),
    "staffordshire": ("Staffordshire Police",),
    "suffolk": ("Suffolk Constabulary",),
    "surrey": ("Surrey Police",),
    "sussex": ("Sussex Police",),
    "thames-valley": ("Thames Valley Police",),
    "warwickshire": ("Warwickshire Police",),
    "west-mercia": ("West Mercia Police", "West Mercia Constabulary"),
    "west-midlands": ("West Midlands Police",),
    "west-yorkshire": ("West Yorkshire Police",),
    "wiltshire": ("Wiltshire Police",),
}

NAMES: dict[str, str] = {name: force for force, names in FORCES.items() for name in names}


def named_in(text: str) -> str | None:
    """Give the force whose id stands as a word in a file's published name; None when none or several do.

    >>> named_in("2023-01/2023-01-south-yorkshire-stop-and-search.csv")
    'south-yorkshire'
    >>> named_in("searches.csv") is None
    True
    """
    name = text.replace("\\", "/").rsplit("!", 1)[-1].rsplit("/", 1)[-1].lower()
    found = [force for force in FORCES if re.search(rf"(?<![a-z]){re.escape(force)}(?![a-z])", name)]
    return found[0] if len(found) == 1 else None
