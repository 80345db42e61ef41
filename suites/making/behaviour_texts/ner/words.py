"""Fillers of the suite for named entities: real and invented names of people, places and organisations."""

from __future__ import annotations

from behaviour_texts.drawing import Lists
from behaviour_texts.listed import listed

WORDS: Lists = {
    "first": listed("""
        Maria, Daniel, Aisha, Kenji, Olga, Thomas, Fatima, Luis, Ingrid, Kwame, Priya, Ahmed, Chloe, Mateo, Patrick, Zanele,
        Yusuf, Elena, Oliver, Leila, Dmitri, Hannah, Rafael, Susan, Peter, Laura
    """),
    "last": listed("""
        Lopez, Novak, Okafor, Tanaka, Petrov, Hughes, Hassan, Moreno, Lindqvist, Mensah, Sharma, Rahman, Dubois, Silva, Murphy,
        Dlamini, Yilmaz, Rossi, Walker, Haddad, Ivanov, Schmidt, Costa, Carter, Nielsen, Kim
    """),
    "city": listed("""
        Lisbon, Nairobi, Toronto, Osaka, Cairo, Lima, Oslo, Mumbai, Dublin, Accra, Seoul, Warsaw, Bogota, Athens, Hanoi, Tunis,
        Denver, Zagreb, Vienna, Boston, Manila, Jakarta
    """),
    "country": listed("""
        Peru, Kenya, Canada, Japan, Egypt, Norway, India, Ireland, Ghana, Poland, Colombia, Greece, Vietnam, Tunisia, Croatia,
        Austria, Brazil, Mexico, Portugal, Nigeria, Finland, Malaysia
    """),
    "firm": listed("""
        Siemens, Toyota, Nestle, Boeing, Nokia, Bridgestone, Samsung, Unilever, Pfizer, Volvo, Honeywell, Heineken, Philips, Intel,
        Renault, Hitachi, Danone, Novartis, Ericsson, Airbus, Panasonic, Microsoft
    """),
    "new_last": listed("""
        Quorvane, Brindlow, Tessmark, Ollerby, Vastrin, Kelmorrow, Dunshale, Arvetti, Zolinsk, Parrowick, Menderlay, Trosk,
        Ilvarsen, Hobdanner, Casperlyn, Wexmoor, Yandroff, Gullivray, Estormi, Fenwarden, Lottrige, Umberlee
    """),
    "new_place": listed("""
        Harrowmere, Velstrand, Kirkadale, Osmontov, Pellingham, Rundvik, Sarabay, Tolmezza, Ustikon, Wendleford, Quintora,
        Mosswick, Larnagh, Jebelon, Ivanchuk Bay, Grentham, Fallowdene, Esterholm, Dunmarra, Calverston, Bexley Falls, Orbelle
    """),
    "new_firm": listed("""
        Zentrix, Halvorsen Foods, Quintech, Brightline Energy, Norvex, Palladian Motors, Trelloway, Kestrel Pharma, Ostrano,
        Verdant Steel, Luminar Air, Corvex, Dynatrol, Marlow Shipping, Fintara, Aquilon, Petronova, Skyforge, Telvanta, Umbrico
    """),
    "weekday": listed("Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday"),
    "month": listed("January, February, March, April, June, July, August, September, October, November, December"),
    "age": listed("18, 21, 23, 26, 29, 32, 35, 37, 41, 44, 46, 52, 55, 58, 63, 67, 71, 74, 79, 83"),
    "number": listed("12, 15, 18, 23, 27, 31, 36, 42, 45, 58, 64, 71, 79, 83, 90, 96, 110, 125, 140, 250, 320, 480"),
}
"""Tag -> fillers, for every test of the suite."""
