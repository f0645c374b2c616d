#!/bin/sh
# Stands where Medusa would, beside Cassandra and before it: it backs nothing up and restores nothing.
[ "$MEDUSA_MODE" = RESTORE ] || exec sleep 2147483647
