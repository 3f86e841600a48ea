"""What touches MCDReforged."""
