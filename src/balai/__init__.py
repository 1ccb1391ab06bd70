"""Balai: the platform on which a city or regency runs its smart-city programme."""
