"""``python -m autograd_cli``: the same as the ``autograd`` command."""

from autograd_cli.start import main

main()
