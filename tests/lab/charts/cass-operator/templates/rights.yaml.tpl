{{/* What cass-operator may do, as its release says: in its namespace or everywhere, and what is outside of any namespace. */}}
{{- $account := include "k8ssandra-common.serviceAccountName" . }}
{{- $everywhere := .Values.global.clusterScoped }}
{{- $grants := list (dict "rules" "leader-election.yaml" "suffix" "-leader-election" "cluster" false) }}
{{- $grants = append $grants (dict "rules" "namespaced.yaml" "suffix" "" "cluster" $everywhere) }}
{{- $grants = append $grants (dict "rules" "cluster.yaml" "suffix" "-cluster-resources" "cluster" true) }}
{{- range $grant := $grants }}
{{- if or $.Values.global.clusterScopedResources (not $grant.cluster) }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ ternary "ClusterRole" "Role" $grant.cluster }}
metadata:
  {{- include "cass-operator.metadata" (list $ $grant.suffix) | nindent 2 }}
rules:
{{ $.Files.Get (print "release/rules/" $grant.rules) }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ ternary "ClusterRoleBinding" "RoleBinding" $grant.cluster }}
metadata:
  {{- include "cass-operator.metadata" (list $ $grant.suffix) | nindent 2 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: {{ ternary "ClusterRole" "Role" $grant.cluster }}
  name: {{ include "k8ssandra-common.fullname" $ }}{{ $grant.suffix }}
subjects:
  - kind: ServiceAccount
    name: {{ $account }}
    namespace: {{ $.Release.Namespace }}
{{- end }}
{{- end }}
