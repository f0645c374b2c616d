"""Charts to install from: the operators' own chart with small dependencies of ours, packed, and served as a repository and a registry."""

from . import cert_manager
from .making import make_charts, sources
from .serving import Served, serve

__all__ = ["Served", "cert_manager", "make_charts", "serve", "sources"]
