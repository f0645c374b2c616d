#!/bin/sh
# Renders upstream's four installations into a folder, so that no run has to fetch them.
# Usage: render.sh FOLDER BASE [QUERY], e.g. /usr/share/x github.com/k8ssandra/k8ssandra-operator/config/deployments '?ref=v1.26.0'
set -eu
folder=$1 base=$2 query=${3:-}
for flavour in control-plane control-plane/cluster-scope data-plane data-plane/cluster-scope; do
  mkdir -p "$folder/$flavour"
  kubectl kustomize "$base/$flavour$query" > "$folder/$flavour/rendered.yaml"
  echo 'resources: [rendered.yaml]' > "$folder/$flavour/kustomization.yaml"
done
