"""`carnet import`: imports files, and lists and undoes imports."""
