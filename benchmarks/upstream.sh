#!/bin/sh
# What upstream's documentation has people type, https://docs.k8ssandra.io/install/local/multi-cluster-helm/, so that it can run again:
# Helm in each context, upstream's own script for each data plane, kubectl for the cluster.
# usage: upstream.sh CONTROL_PLANE DATA_PLANE ...
# Needs KUBECONFIG, CHART, CLUSTER (a file) and REGISTER (upstream's create-clientconfig.sh).
set -eu
namespace=k8ssandra-operator

install() {
    context=$1
    shift
    helm upgrade --install k8ssandra-operator "$CHART" --kube-context "$context" --namespace "$namespace" --create-namespace \
        --set disableCrdUpgraderJob=true "$@"
    kubectl --context "$context" --namespace "$namespace" wait deployment --all --for=condition=Available --timeout=300s
}

hub=$1
shift
install "$hub"
for context in "$@"; do
    install "$context" --set controlPlane=false
done

sh "${0%/*}/register.sh" "$hub" "$@"

# Each registration ends the operator, and with it the webhook that has to answer here.
tries=0
until kubectl --context "$hub" apply --filename "$CLUSTER"; do
    tries=$((tries + 1))
    [ "$tries" -lt 100 ]
    sleep 2
done
kubectl --context "$hub" --namespace "$namespace" wait k8ssandracluster --all --for=condition=CassandraInitialized --timeout=600s
kubectl --context "$hub" --namespace "$namespace" get k8ssandraclusters
