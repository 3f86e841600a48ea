"""What channels have in common. Every other module and package beside this one is a channel."""
