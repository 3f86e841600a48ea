"""The crash suite kills the engine at every crash point and at random moments. No accepted notification may be lost."""
