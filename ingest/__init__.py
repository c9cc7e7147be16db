"""How documents come in: manifest, fetch, load, clean, split, plan, apply."""
