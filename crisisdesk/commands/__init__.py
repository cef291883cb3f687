"""One file for each command without a window: ``declare`` its arguments, ``run`` it."""
