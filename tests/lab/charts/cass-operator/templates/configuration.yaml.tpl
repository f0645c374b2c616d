{{/* The files of the release's own manager ConfigMap; older releases keep the images in it too. */}}
apiVersion: v1
kind: ConfigMap
metadata:
  {{- include "cass-operator.metadata" (list . "-manager-config") | nindent 2 }}
data:
  {{- range $path, $content := .Files.Glob "release/manager/*" }}
  {{- $settings := fromYaml (toString $content) }}
  {{- if hasKey $settings "disableWebhooks" }}
  {{- $settings = set $settings "disableWebhooks" (not $.Values.admissionWebhooks.enabled) }}
  {{- else if $.Values.image.registryOverride }}
  {{- $settings = set $settings "imageRegistry" $.Values.image.registryOverride }}
  {{- end }}
  {{ base $path }}: |
    {{- toYaml $settings | nindent 4 }}
  {{- end }}
{{- with .Files.Get "release/image_config.yaml" }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  {{- include "cass-operator.metadata" (list $ "-image-config") | replace "labels:" "labels:\n  k8ssandra.io/config: image" | nindent 2 }}
data:
  image_config.yaml: |
    {{- mergeOverwrite (fromYaml .) ($.Values.global.imageConfig | default dict) | toYaml | nindent 4 }}
{{- end }}
