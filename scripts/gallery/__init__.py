"""Pictures of what each channel sends, drawn from its real requests: ``python -m scripts.gallery``."""
