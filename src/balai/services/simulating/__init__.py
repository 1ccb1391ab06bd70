"""A service played with invented cases, through the same changes as real ones, on a clock of its own."""

from balai.services.simulating.bulk import multiply
from balai.services.simulating.play import Play, play_of, played_services
from balai.services.simulating.player import Played, simulate

__all__ = ["Play", "Played", "multiply", "play_of", "played_services", "simulate"]
