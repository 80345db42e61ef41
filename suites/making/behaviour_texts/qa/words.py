"""Fillers of the suite for question answering: people, jobs, things, towns and numbers."""

from __future__ import annotations

from behaviour_texts.drawing import Lists
from behaviour_texts.listed import listed

_WOMEN = listed("Maria, Aisha, Olga, Fatima, Ingrid, Priya, Chloe, Mei, Zanele, Elena, Leila, Hannah, Susan, Laura")
_MEN = listed("Daniel, Kenji, Thomas, Luis, Kwame, Ahmed, Mateo, Patrick, Yusuf, Oliver, Dmitri, Rafael, Peter, Victor")

WORDS: Lists = {
    "woman": _WOMEN,
    "man": _MEN,
    "name": (*_WOMEN, *_MEN),
    "job": listed("""
        nurse, farmer, teacher, lawyer, painter, sailor, tailor, butcher, driver, baker, dentist, carpenter, journalist, singer,
        pilot, gardener, librarian, plumber, engineer, architect
    """),
    "city": listed("""
        Lisbon, Nairobi, Toronto, Osaka, Cairo, Lima, Oslo, Mumbai, Dublin, Accra, Seoul, Warsaw, Bogota, Athens, Hanoi, Tunis,
        Denver, Zagreb, Vienna, Boston
    """),
    "number": listed("3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19, 21, 22, 23, 24"),
    "fruit": listed("apples, pears, lemons, plums, melons, oranges, peaches, mangoes, figs, bananas"),
    "thing": listed("book, bicycle, ladder, guitar, camera, hammer, lamp, coat, map, tent, suitcase, drum"),
    "colour": listed("red, blue, green, white, black, grey, yellow, brown, purple, orange"),
    "weekday": listed("Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday"),
    "month": listed("January, February, March, April, June, July, August, September, October, November, December"),
}
"""Tag -> fillers, for every test of the suite."""
