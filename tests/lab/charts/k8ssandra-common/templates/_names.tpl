{{/* Names. A release that already carries the chart's name is not named twice. */}}
{{- define "k8ssandra-common.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "k8ssandra-common.fullname" -}}
{{- $short := include "k8ssandra-common.name" . -}}
{{- $long := ternary .Release.Name (print .Release.Name "-" $short) (contains $short .Release.Name) -}}
{{- .Values.fullnameOverride | default $long | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "k8ssandra-common.serviceAccountName" -}}
{{- .Values.serviceAccount.name | default (include "k8ssandra-common.fullname" .) -}}
{{- end -}}

{{/* An image: registry, repository and tag as one reference. */}}
{{- define "k8ssandra-common.flattenedImage" -}}
{{- printf "%s/%s:%s" (.registry | default "docker.io") (required "an image needs its repository" .repository) (.tag | default "latest") -}}
{{- end -}}
