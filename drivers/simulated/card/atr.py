"""Answers to reset. No program may tell a card by them; they only have to be what a reader would report."""

CONTACTLESS = bytes.fromhex("3B888001000005E0B381A1007F")
CONTACT = bytes.fromhex("3BE000FF8131FE4514")
JUKI = bytes.fromhex("3B888001000014E0B38191005E")
TRANSIT = bytes.fromhex("3B8F8001804F0CA00000030611003B0000000042")
