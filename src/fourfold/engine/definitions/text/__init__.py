"""How definitions look as text: nodes with places, files joined to one document, and complaints in plain words."""
