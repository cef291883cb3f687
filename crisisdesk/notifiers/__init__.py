"""Ways to reach a contact; one file each, all behind ``base.py``."""
