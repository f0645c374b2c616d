#!/bin/sh
# Registers data planes with a control plane by upstream's own script, which takes one at a time.
# usage: register.sh CONTROL_PLANE DATA_PLANE ...
# Needs KUBECONFIG and REGISTER (upstream's create-clientconfig.sh).
set -eu
hub=$1
shift
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for context in "$@"; do
    bash "$REGISTER" --namespace k8ssandra-operator --output-dir "$folder" \
        --src-kubeconfig "$KUBECONFIG" --src-context "$context" --dest-kubeconfig "$KUBECONFIG" --dest-context "$hub"
done
