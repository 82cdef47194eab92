"""Threads, tasks, timers, time limits, and how many connections a process has."""
