"""`config build`: write the configuration of this pod. Without arguments: serve the management API."""

import sys

from . import configuration, server

if sys.argv[1:3] == ["config", "build"]:
    configuration.build()
elif not sys.argv[1:]:
    server.serve()
else:
    sys.exit(f"unknown arguments {sys.argv[1:]}: give `config build`, or none to serve the management API")
