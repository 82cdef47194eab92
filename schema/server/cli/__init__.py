"""The command line `carnet`. `commands.py` registers the commands."""
