"""``python -m autograd_cli``: the same as the ``autograd`` command."""

from autograd_cli.app import main

main()
