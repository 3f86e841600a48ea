"""From a payload to texts that people read, in their language."""
