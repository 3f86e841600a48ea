"""The parts that channels share. Every other module and package beside this one is a channel."""
