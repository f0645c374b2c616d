"""The program inside the lab's Cassandra image: it builds the configuration, and serves the management API in front of a real Cassandra.

Standard library and PyYAML only. JMX is reached through the Jolokia agent inside Cassandra; `LabAgent.java` runs CQL there.
"""
