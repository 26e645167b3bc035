"""The commands: their options and help. What a command does lies in a module of its own, loaded when it is run."""
