# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decisions: frozen dataclasses and functions from values to values.

What belongs here: parsing, names, validation, differences, plans, roll-up. What must not: input, output, clocks, threads,
Ansible, YAML or the Kubernetes library. The same input gives the same output.
"""
