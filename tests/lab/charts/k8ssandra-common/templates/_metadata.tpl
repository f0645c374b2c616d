{{/* Labels that select the pods of one chart of one release. */}}
{{- define "k8ssandra-common.selectorLabels" -}}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/name: {{ include "k8ssandra-common.name" . }}
app.kubernetes.io/part-of: {{ printf "k8ssandra-%s-%s" .Release.Name .Release.Namespace }}
{{- end -}}

{{/* Labels of every object. Callers write them behind `labels:`, so they begin on a line of their own. */}}
{{- define "k8ssandra-common.labels" }}
{{ include "k8ssandra-common.selectorLabels" . }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- range $labels := list .Values.commonLabels .Values.global.commonLabels }}
{{- with $labels }}
{{ toYaml . }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Annotations of every object, or none: of the scope, or of `context` joined with `annotations`. */}}
{{- define "k8ssandra-common.annotations" -}}
{{- $scope := .context | default . -}}
{{- with merge (dict) (.annotations | default dict) ($scope.Values.global.commonAnnotations | default dict) -}}
{{- toYaml . -}}
{{- end -}}
{{- end -}}

{{/* The account of the chart's operator, with the token that the chart makes for it. */}}
{{- define "k8ssandra-common.serviceAccount" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ include "k8ssandra-common.serviceAccountName" . }}
  labels: {{ include "k8ssandra-common.labels" . | indent 4 }}
  {{- with include "k8ssandra-common.annotations" (dict "context" . "annotations" .Values.serviceAccount.annotations) }}
  annotations:
    {{- . | nindent 4 }}
  {{- end }}
secrets:
  - name: {{ include "k8ssandra-common.serviceAccountName" . }}-token
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
