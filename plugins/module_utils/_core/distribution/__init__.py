# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What upstream's control plane distributes to data planes, as pure functions of a definition and what was observed.

Here belong the rules of k8ssandra-operator v1.26.0: from one definition to the objects of every datacenter. What must not be here:
the order of a run over live clusters, and anything that asks a cluster.
"""
