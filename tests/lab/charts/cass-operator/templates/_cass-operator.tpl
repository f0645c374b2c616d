{{/* The watched namespaces as the operators read them; nothing is all of them. */}}
{{- define "cass-operator.watchNamespaces" -}}
{{- .Values.global.watchNamespaces | default list | join "," | quote -}}
{{- end -}}

{{/* The metadata of one object: the scope, and what follows the chart's name in the object's. */}}
{{- define "cass-operator.metadata" -}}
{{- $scope := index . 0 -}}
name: {{ include "k8ssandra-common.fullname" $scope }}{{ index . 1 }}
labels: {{ include "k8ssandra-common.labels" $scope | indent 2 }}
{{- with include "k8ssandra-common.annotations" $scope }}
annotations:
  {{- . | nindent 2 }}
{{- end }}
{{- end -}}
