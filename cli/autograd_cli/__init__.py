"""The command line of autograd-cli."""
