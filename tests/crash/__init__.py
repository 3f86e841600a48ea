"""Killing the engine at every step and at random moments: nothing that was accepted may be lost."""
