"""Pictures of the messages of each channel, drawn from its real requests: ``python -m scripts.gallery``."""
