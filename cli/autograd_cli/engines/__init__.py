"""Distributed engines that run a command's parts: one table of them, an adapter for each."""
