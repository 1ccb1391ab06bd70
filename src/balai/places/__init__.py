"""Regions of Indonesia through the years: codes as text, levels, outlines, "where is this point"."""
