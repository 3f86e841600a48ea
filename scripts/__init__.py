"""Scripts for developers and newcomers, with the standard library only. They are not part of the packed plugin."""
