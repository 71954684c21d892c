"""The unit words the language knows; any other noun is a dimension of its own."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

#: ISO 4217 codes in use. Each currency is its own dimension: only an exchange rate turns one into another.
CURRENCIES: Final = frozenset(
    """AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF
    CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG
    HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA
    MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD
    RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX
    USD UYU UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG""".split()  # noqa: SIM905
)
CURRENCY_SIGNS: Final = {"£": "GBP", "€": "EUR", "$": "USD", "¥": "JPY", "₹": "INR"}

#: Words before or after a currency, or after a number: `GBP m`, `10k bed days`.
MULTIPLES: Final = {
    "k": 10**3,
    "K": 10**3,
    "thousand": 10**3,
    "thousands": 10**3,
    "m": 10**6,
    "M": 10**6,
    "mn": 10**6,
    "mio": 10**6,
    "million": 10**6,
    "millions": 10**6,
    "bn": 10**9,
    "billion": 10**9,
    "billions": 10**9,
}

#: Pure numbers, by what one of them is worth.
PURE: Final = {
    "%": Fraction(1, 100),
    "pct": Fraction(1, 100),
    "percent": Fraction(1, 100),
    "per cent": Fraction(1, 100),
    "pp": Fraction(1, 100),
    "percentage point": Fraction(1, 100),
    "‰": Fraction(1, 1000),
    "ppm": Fraction(1, 10**6),
    "bp": Fraction(1, 10**4),
    "basis point": Fraction(1, 10**4),
    "ratio": Fraction(1),
    "share": Fraction(1),
    "x": Fraction(1),
    "time": Fraction(1),
    "1": Fraction(1),
    "number": Fraction(1),
    "count": Fraction(1),
    "no.": Fraction(1),
    "#": Fraction(1),
}

#: Units that measure the same thing: symbol → (what it measures, how much of that in one); the brackets keep what is
#: measured apart from every noun.
MEASURES: Final = {
    "second": ("[time]", Fraction(1)),
    "minute": ("[time]", Fraction(60)),
    "hour": ("[time]", Fraction(3600)),
    "day": ("[time]", Fraction(86_400)),
    "week": ("[time]", Fraction(604_800)),
    "month": ("[calendar]", Fraction(1)),  # not a fixed number of days
    "quarter": ("[calendar]", Fraction(3)),
    "year": ("[calendar]", Fraction(12)),
    "Wh": ("[energy]", Fraction(1)),
    "kWh": ("[energy]", Fraction(10**3)),
    "MWh": ("[energy]", Fraction(10**6)),
    "GWh": ("[energy]", Fraction(10**9)),
    "g": ("[mass]", Fraction(1)),
    "kg": ("[mass]", Fraction(10**3)),
    "t": ("[mass]", Fraction(10**6)),
    "kgCO2e": ("[emissions]", Fraction(1)),
    "tCO2e": ("[emissions]", Fraction(10**3)),
    "ktCO2e": ("[emissions]", Fraction(10**6)),
    "m": ("[length]", Fraction(1)),
    "km": ("[length]", Fraction(10**3)),
    "m²": ("[area]", Fraction(1)),
    "ha": ("[area]", Fraction(10**4)),
    "km²": ("[area]", Fraction(10**6)),
    "l": ("[volume]", Fraction(1)),
    "m³": ("[volume]", Fraction(10**3)),
    "millisecond": ("[time]", Fraction(1, 1000)),
    "milligram": ("[mass]", Fraction(1, 1000)),
    "ounce": ("[mass]", Fraction("28.349523125")),
    "lb": ("[mass]", Fraction("453.59237")),
    "millimetre": ("[length]", Fraction(1, 1000)),
    "centimetre": ("[length]", Fraction(1, 100)),
    "inch": ("[length]", Fraction("0.0254")),
    "foot": ("[length]", Fraction("0.3048")),
    "yard": ("[length]", Fraction("0.9144")),
    "mile": ("[length]", Fraction("1609.344")),
    "nautical-mile": ("[length]", Fraction(1852)),
    "square-foot": ("[area]", Fraction("0.09290304")),
    "acre": ("[area]", Fraction("4046.8564224")),
    "millilitre": ("[volume]", Fraction(1, 1000)),
    "hectolitre": ("[volume]", Fraction(100)),
    "us-gallon": ("[volume]", Fraction("3.785411784")),
    "imperial-gallon": ("[volume]", Fraction("4.54609")),
    "oil-barrel": ("[volume]", Fraction("158.987294928")),
    "joule": ("[energy]", Fraction(1, 3600)),
    "kilojoule": ("[energy]", Fraction(1000, 3600)),
    "megajoule": ("[energy]", Fraction(10**6, 3600)),
    "gigajoule": ("[energy]", Fraction(10**9, 3600)),
    "terajoule": ("[energy]", Fraction(10**12, 3600)),
    "kilocalorie": ("[energy]", Fraction(4184, 3600)),
    "terawatt-hour": ("[energy]", Fraction(10**12)),
    "bit": ("[data]", Fraction(1)),
    "kilobit": ("[data]", Fraction(10**3)),
    "megabit": ("[data]", Fraction(10**6)),
    "gigabit": ("[data]", Fraction(10**9)),
    "byte": ("[data]", Fraction(8)),
    "kilobyte": ("[data]", Fraction(8 * 10**3)),
    "megabyte": ("[data]", Fraction(8 * 10**6)),
    "gigabyte": ("[data]", Fraction(8 * 10**9)),
    "terabyte": ("[data]", Fraction(8 * 10**12)),
    "petabyte": ("[data]", Fraction(8 * 10**15)),
    "kibibyte": ("[data]", Fraction(8 * 2**10)),
    "mebibyte": ("[data]", Fraction(8 * 2**20)),
    "gibibyte": ("[data]", Fraction(8 * 2**30)),
    "tebibyte": ("[data]", Fraction(8 * 2**40)),
}

#: Other spellings of the symbols above, exact in case: Mb are megabits, MB megabytes. Plurals in s are understood.
SPELLINGS: Final = {
    "s": "second", "sec": "second", "min": "minute", "mins": "minute", "h": "hour", "hr": "hour", "hrs": "hour",
    "d": "day", "m2": "m²", "sqm": "m²", "km2": "km²", "m3": "m³", "tonne": "t", "tonnes": "t",
    "hectare": "ha", "hectares": "ha", "litre": "l", "litres": "l", "kWH": "kWh", "kwh": "kWh", "mwh": "MWh",
    "tCO2": "tCO2e", "tco2e": "tCO2e", "tCO₂e": "tCO2e", "kgCO₂e": "kgCO2e",
    "ms": "millisecond", "mg": "milligram", "oz": "ounce", "lbs": "lb",
    "mm": "millimetre", "cm": "centimetre", "inches": "inch", "ft": "foot", "feet": "foot", "yd": "yard",
    "mi": "mile", "nmi": "nautical-mile", "sqft": "square-foot", "ft²": "square-foot", "ft2": "square-foot",
    "ac": "acre", "ml": "millilitre", "mL": "millilitre", "hl": "hectolitre", "bbl": "oil-barrel",
    "J": "joule", "kJ": "kilojoule", "MJ": "megajoule", "GJ": "gigajoule", "TJ": "terajoule",
    "kcal": "kilocalorie", "TWh": "terawatt-hour",
    "kbit": "kilobit", "kb": "kilobit", "Mbit": "megabit", "Mb": "megabit", "Gbit": "gigabit", "Gb": "gigabit",
    "kB": "kilobyte", "KB": "kilobyte", "MB": "megabyte", "GB": "gigabyte", "TB": "terabyte", "PB": "petabyte",
    "KiB": "kibibyte", "MiB": "mebibyte", "GiB": "gibibyte", "TiB": "tebibyte",
}  # fmt: skip
