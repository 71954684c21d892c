"""KPI drawings as SVG, made on the server: plain values in, markup out.

One module per drawing. Nothing here knows about records, pages or the web; colour comes only from CSS classes, so
light, dark, print and forced colours all work from one markup, and a strict content security policy holds.
Import the function from its module: ``from fourfold.graphics.track import track``.
"""
