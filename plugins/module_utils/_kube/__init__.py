# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that touches a cluster: reading, writing, waiting.

What belongs here: the `Api` protocol, its one real form over the `kubernetes` library, observation, application of plans and
waiting; contexts side by side in threads. What must not: Ansible, module parameters, decisions about what is wanted.
"""
