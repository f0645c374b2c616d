{{- if .Values.admissionWebhooks.enabled }}
{{- $name := include "k8ssandra-common.fullname" . }}
{{- if not (or .Values.disableCertManagerCheck (.Capabilities.APIVersions.Has "cert-manager.io/v1")) }}
{{- fail "cert-manager.io/v1 is not served: cass-operator's webhook needs cert-manager; install it first, or set disableCertManagerCheck" }}
{{- end }}
apiVersion: v1
kind: Service
metadata:
  {{- include "cass-operator.metadata" (list . "-webhook-service") | nindent 2 }}
spec:
  ports:
    - port: 443
      targetPort: 9443
  selector:
    {{- include "k8ssandra-common.selectorLabels" . | nindent 4 }}
---
apiVersion: cert-manager.io/v1
kind: Issuer
metadata:
  {{- include "cass-operator.metadata" (list . "-selfsigned-issuer") | nindent 2 }}
spec:
  selfSigned: {}
---
apiVersion: cert-manager.io/v1
kind: Certificate
metadata:
  {{- include "cass-operator.metadata" (list . "-serving-cert") | nindent 2 }}
spec:
  dnsNames:
    - {{ $name }}-webhook-service.{{ .Release.Namespace }}.svc
    - {{ $name }}-webhook-service.{{ .Release.Namespace }}.svc.cluster.local
  issuerRef:
    kind: Issuer
    name: {{ $name }}-selfsigned-issuer
  secretName: {{ $name }}-webhook-server-cert
{{- if .Values.global.clusterScopedResources }}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata:
  name: {{ $name }}-validating-webhook-configuration
  labels: {{ include "k8ssandra-common.labels" . | indent 4 }}
  annotations:
    cert-manager.io/inject-ca-from: {{ .Release.Namespace }}/{{ $name }}-serving-cert
    {{- with include "k8ssandra-common.annotations" . }}
    {{- . | nindent 4 }}
    {{- end }}
webhooks:
  - name: vcassandradatacenter.kb.io
    admissionReviewVersions: [v1]
    sideEffects: None
    failurePolicy: Fail
    clientConfig:
      service:
        name: {{ $name }}-webhook-service
        namespace: {{ .Release.Namespace }}
        path: /validate-cassandra-datastax-com-v1beta1-cassandradatacenter
    rules:
      - apiGroups: [cassandra.datastax.com]
        apiVersions: [v1beta1]
        operations: [CREATE, UPDATE]
        resources: [cassandradatacenters]
{{- end }}
{{- end }}
