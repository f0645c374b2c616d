# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that speaks Ansible: argument specs, parameters to values, results, and the one place that fails.

Each module of the collection is one function here, from a `Call` (parameters, check mode, progress sink) to a result; the
module and the action plugin of its name only bring the parameters and take the result away.
"""
